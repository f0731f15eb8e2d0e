package velotest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

// Version is what the server calls itself.
const Version = "0.77.2-simulated"

// rootOrg is the org that an empty org_id means.
const rootOrg = "root"

// Params say what to simulate.
type Params struct {
	Address   string   // empty: a free port of loopback
	Endpoints int      // of each org
	Orgs      []string // besides root
	Clock     clock.Clock
	Seed      uint64        // the same seed, the same fleet
	Pace      time.Duration // how long an endpoint takes for a collection; 2 s when zero
	RowsEach  int           // rows of a process list; 30 when zero
}

// Trouble is what goes wrong; the zero value is nothing.
type Trouble struct {
	Down      bool              // every call ends with Unavailable
	Slow      time.Duration     // before every answer
	Garbage   bool              // answers that are no JSON
	CutAfter  int               // streams end with Unavailable after so many messages; 0: never
	NoQueries bool              // our user lost ANY_QUERY
	Deny      map[string]string // statement's name → log line instead of an answer
}

// Server is a simulated server. It is safe for many goroutines.
type Server struct {
	velopb.UnimplementedAPIServer

	p         Params
	authority *authority
	listener  net.Listener
	grpc      *grpc.Server
	ended     chan struct{}

	mu      sync.Mutex
	orgs    map[string]*org
	users   map[string]bool
	trouble Trouble
	seen    []string // statements' names, in order
}

// Start makes a server that answers at once.
func Start(p Params) (*Server, error) {
	if p.Address == "" {
		p.Address = "127.0.0.1:0"
	}
	if p.Pace == 0 {
		p.Pace = 2 * time.Second
	}
	if p.RowsEach == 0 {
		p.RowsEach = 30
	}
	ca, err := newAuthority(p.Clock.Now())
	if err != nil {
		return nil, err
	}
	conf, err := ca.tls(p.Clock.Now)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", p.Address)
	if err != nil {
		return nil, err
	}
	s := &Server{p: p, authority: ca, listener: listener, ended: make(chan struct{}), orgs: map[string]*org{}, users: map[string]bool{}}
	for _, id := range append([]string{rootOrg}, p.Orgs...) {
		s.orgs[id] = newOrg(id, p)
	}
	s.serve(conf)
	return s, nil
}

func (s *Server) serve(conf *tls.Config) {
	s.grpc = grpc.NewServer(grpc.Creds(credentials.NewTLS(conf)))
	velopb.RegisterAPIServer(s.grpc, s)
	go func() {
		defer close(s.ended)
		_ = s.grpc.Serve(s.listener) // ends with Close
	}()
}

// Close ends the server and all streams.
func (s *Server) Close() {
	s.grpc.Stop()
	<-s.ended
}

// Address is where it listens.
func (s *Server) Address() string { return s.listener.Addr().String() }

// APIClient gives a user's api_client file, valid for a year; the server knows the user from now on.
func (s *Server) APIClient(name string) ([]byte, error) {
	s.mu.Lock()
	s.users[name] = true
	s.mu.Unlock()
	now := s.p.Clock.Now()
	return s.authority.apiClient(name, s.Address(), now.Add(-time.Hour), now.AddDate(1, 0, 0))
}

// ExpiredAPIClient gives a file whose certificate ended yesterday.
func (s *Server) ExpiredAPIClient(name string) ([]byte, error) {
	now := s.p.Clock.Now()
	return s.authority.apiClient(name, s.Address(), now.AddDate(-1, 0, 0), now.AddDate(0, 0, -1))
}

// Forget makes a user unknown, whose file stays as it is.
func (s *Server) Forget(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.users, name)
}

// Trouble sets what goes wrong from now on.
func (s *Server) Trouble(t Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = t
}

// Statements are the names of what was asked so far.
func (s *Server) Statements() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.seen...)
}

// Check says SERVING.
func (s *Server) Check(ctx context.Context, _ *velopb.HealthCheckRequest) (*velopb.HealthCheckResponse, error) {
	if _, err := s.admit(ctx, ""); err != nil {
		return nil, err
	}
	return &velopb.HealthCheckResponse{Status: velopb.HealthCheckResponse_SERVING}, nil
}

// admit says what goes wrong for this caller, if anything, and which org he is in.
func (s *Server) admit(ctx context.Context, orgID string) (*org, error) {
	s.mu.Lock()
	trouble, o := s.trouble, s.orgs[orgOf(orgID)]
	known := s.users[callerOf(ctx)]
	s.mu.Unlock()
	if trouble.Slow > 0 {
		if err := clock.Sleep(ctx, trouble.Slow); err != nil {
			return nil, status.FromContextError(err).Err()
		}
	}
	switch {
	case trouble.Down:
		return nil, status.Error(codes.Unavailable, "the server is going down")
	case !known:
		return nil, status.Error(codes.Unknown, "User not found")
	case o == nil:
		return nil, status.Error(codes.Unknown, "Org not found")
	}
	return o, nil
}

func orgOf(id string) string {
	if id == "" {
		return rootOrg
	}
	return id
}

// callerOf is the common name of the caller's certificate.
func callerOf(ctx context.Context) string {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return ""
	}
	info, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok || len(info.State.PeerCertificates) == 0 {
		return ""
	}
	return info.State.PeerCertificates[0].Subject.CommonName
}

// VFSGetBuffer reads a piece of an uploaded file. With a client id it looks elsewhere and finds nothing.
func (s *Server) VFSGetBuffer(ctx context.Context, q *velopb.VFSFileBuffer) (*velopb.VFSFileBuffer, error) {
	if _, err := s.admit(ctx, q.GetOrgId()); err != nil {
		return nil, err
	}
	out := &velopb.VFSFileBuffer{Components: q.GetComponents(), Offset: q.GetOffset()}
	if q.GetClientId() != "" {
		return out, nil
	}
	file := fileOf(q.GetComponents())
	from := min(q.GetOffset(), uint64(len(file)))
	to := min(from+uint64(q.GetLength()), uint64(len(file)))
	out.Data = file[from:to]
	return out, nil
}

// fileOf is what an uploaded file holds: the same for the same path.
func fileOf(components []string) []byte {
	if len(components) == 0 {
		return nil
	}
	return fmt.Appendf(nil, "simulated file %v\n", components)
}
