package velotest

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

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
	Churn     time.Duration // every tenth endpoint comes and goes, so long each; zero: none does
	State     string        // folder that keeps the authority, the users and all that was done; empty: nothing outlives the server

	// Asked, where set, hears of each statement before it is answered. It is called by many goroutines, and holds them up.
	Asked func(statement string, env map[string]string)

	journal *journal
	catalog map[string]definition
	attacks *attacks
}

// Trouble is what goes wrong; the zero value is nothing.
type Trouble struct {
	Down       bool              `json:"down"`        // every call ends with Unavailable
	Slow       time.Duration     `json:"slow"`        // before every answer
	Garbage    bool              `json:"garbage"`     // answers that are no JSON
	CutAfter   int               `json:"cut_after"`   // streams end with Unavailable after so many messages; 0: never
	NoQueries  bool              `json:"no_queries"`  // our user lost ANY_QUERY
	Deny       map[string]string `json:"deny"`        // statement's name → log line instead of an answer
	LoseAnswer map[string]bool   `json:"lose_answer"` // statement's name: it is done, then the stream breaks

	CallbackTimes     int  `json:"callback_times"`     // how often each callback is posted; 0: once
	CallbacksReversed bool `json:"callbacks_reversed"` // those of one moment come backwards
	CallbacksLost     bool `json:"callbacks_lost"`     // none comes
}

// Server is a simulated server. It is safe for many goroutines.
type Server struct {
	velopb.UnimplementedAPIServer

	p         Params
	authority *authority
	tls       *tls.Config
	poster    *poster
	orgs      map[string]*org
	cancel    context.CancelFunc
	live      sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener
	grpc     *grpc.Server
	ended    chan struct{}
	users    map[string]bool
	denied   map[string]map[string]bool // user → permissions that he lacks
	trouble  Trouble
	seen     []string // statements' names, in order
	called   []string // unary calls' names, in order
}

var errUnknown = errors.New("no such org or endpoint")

// tick is how often the fleet's own life goes on: callbacks are posted, endpoints come and go.
const tick = 25 * time.Millisecond

// Start makes a server that answers at once. With a State that an earlier one left it goes on where that stood, under the
// same authority; give it the same Address, Seed and Endpoints.
func Start(p Params) (*Server, error) {
	if p.Pace == 0 {
		p.Pace = 2 * time.Second
	}
	if p.RowsEach == 0 {
		p.RowsEach = 30
	}
	var err error
	if p.attacks, err = readAttacks(); err != nil {
		return nil, err
	}
	p.catalog = map[string]definition{}
	for _, d := range definitions() {
		p.catalog[d.name] = d
	}
	s := &Server{p: p, orgs: map[string]*org{}, users: map[string]bool{}, denied: map[string]map[string]bool{}}
	if err := s.remember(); err != nil {
		return nil, err
	}
	conf, err := s.authority.tls(p.Clock.Now)
	if err != nil {
		return nil, errors.Join(err, s.p.journal.close())
	}
	s.tls = conf
	if err := s.listen(p.Address); err != nil {
		return nil, errors.Join(err, s.p.journal.close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.live.Go(func() { s.goOn(ctx) })
	s.live.Go(func() { s.call(ctx) })
	return s, nil
}

func (s *Server) listen(address string) error {
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return err
	}
	server, ended := grpc.NewServer(grpc.Creds(credentials.NewTLS(s.tls)), grpc.MaxRecvMsgSize(maxReceived)), make(chan struct{})
	velopb.RegisterAPIServer(server, s)
	s.mu.Lock()
	s.listener, s.grpc, s.ended = listener, server, ended
	s.mu.Unlock()
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // ends with Stop
	}()
	return nil
}

const maxReceived = 16 << 20

// goOn lets the fleet live while nobody asks.
func (s *Server) goOn(ctx context.Context) {
	for clock.Sleep(ctx, tick) == nil {
		for _, o := range s.orgs {
			o.mu.Lock()
			o.settle(s.p.Clock.Now())
			o.mu.Unlock()
		}
	}
}

// call posts the callbacks that are due.
func (s *Server) call(ctx context.Context) {
	for clock.Sleep(ctx, tick) == nil {
		s.poster.flush(ctx)
	}
}

// Stop ends the server's service and all streams within milliseconds, as stopping the real one does; its endpoints go on.
// Resume brings it back.
func (s *Server) Stop() {
	s.mu.Lock()
	server, ended := s.grpc, s.ended
	s.mu.Unlock()
	server.Stop()
	<-ended
}

// Resume serves again at the same address after Stop.
func (s *Server) Resume() error { return s.listen(s.Address()) }

// Close ends the server and its fleet.
func (s *Server) Close() {
	s.Stop()
	s.cancel()
	s.live.Wait()
	s.poster.close()
	s.p.journal.write(change{Op: opEnd, At: s.p.Clock.Now().UnixMicro()})
	_ = s.p.journal.close() // each line was written when it came
}

// Address is where it listens.
func (s *Server) Address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listener.Addr().String()
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

// Calls are the names of the unary calls so far: CreateHunt, EstimateHunt, SetClientMetadata.
func (s *Server) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.called...)
}

// Callbacks is how many callbacks were taken by whom they were posted to.
func (s *Server) Callbacks() int {
	s.poster.mu.Lock()
	defer s.poster.mu.Unlock()
	return s.poster.made
}

func (s *Server) troubles() Trouble {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trouble
}

const mostSeen = 100_000 // statements that are remembered: a load run asks for weeks

func (s *Server) note(statement string) Trouble {
	s.mu.Lock()
	defer s.mu.Unlock()
	if statement != "" && len(s.seen) < mostSeen { // a unary call is none
		s.seen = append(s.seen, statement)
	}
	return s.trouble
}

func (s *Server) org(id string) *org { return s.orgs[orgOf(id)] }

func orgOf(id string) string {
	if id == "" {
		return rootOrg
	}
	return id
}
