package velotest

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

// APIClient gives a user's api_client file, valid for a year; the server knows the user from now on, who may everything.
func (s *Server) APIClient(name string) ([]byte, error) {
	s.mu.Lock()
	s.users[name] = true
	s.mu.Unlock()
	s.p.journal.write(change{Op: opUser, ID: name, On: true})
	now := s.p.Clock.Now()
	return s.authority.apiClient(name, s.Address(), now.Add(-time.Hour), now.AddDate(1, 0, 0))
}

// ExpiringAPIClient gives a file whose certificate ends at a moment.
func (s *Server) ExpiringAPIClient(name string, until time.Time) ([]byte, error) {
	if _, err := s.APIClient(name); err != nil {
		return nil, err
	}
	return s.authority.apiClient(name, s.Address(), until.AddDate(-1, 0, 0), until)
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

// Refuse takes permissions from a user, in the words of the server's access lists: COLLECT_CLIENT, START_HUNT, LABEL_CLIENT,
// READ_RESULTS, EXECVE, NETWORK, SERVER_ARTIFACT_WRITER, COLLECT_SERVER, SERVER_ADMIN, ANY_QUERY. None: he may everything.
func (s *Server) Refuse(name string, permissions ...string) {
	lacks := map[string]bool{}
	for _, p := range permissions {
		lacks[p] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied[name] = lacks
}

// deniedTo gives what a user lacks; it is never changed.
func (s *Server) deniedTo(name string) map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.denied[name]
}

// admit says what goes wrong for this caller, if anything, and which org he is in.
func (s *Server) admit(ctx context.Context, orgID string) (*org, error) {
	s.mu.Lock()
	trouble, known := s.trouble, s.users[callerOf(ctx)]
	s.mu.Unlock()
	if trouble.Slow > 0 {
		if err := clock.Sleep(ctx, trouble.Slow); err != nil {
			return nil, status.FromContextError(err).Err()
		}
	}
	o := s.org(orgID)
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
