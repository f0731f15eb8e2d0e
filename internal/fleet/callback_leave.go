package fleet

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// leaveWithin is how long a server that is given up is waited for: one that is away must not hold the change up.
const leaveWithin = 10 * time.Second

// Leaving is what became of our callbacks on a server that is given up.
type Leaving struct {
	Artifact string
	OrgID    string  // that they were in; root for the root org
	Checks   []Check // what was tried
	Steps    []string
}

// Removed says whether the server has nothing of ours any more.
func (l *Leaving) Removed() bool { return len(l.Steps) == 0 }

// Failed names the checks that did not come out well.
func Failed(checks []Check) []string {
	failed := []string{}
	for _, c := range checks {
		if !c.OK {
			failed = append(failed, c.Name)
		}
	}
	return failed
}

// LeaveServer takes our callbacks away from the tenant's server before it is given up, as far as that goes within ten seconds;
// Steps say how a person does what is left. nil: none were set up. It changes no rows (that is RemoveCallbacks), and is not to
// be called inside a transaction.
func (s *Service) LeaveServer(ctx context.Context, t *store.Tenant) (*Leaving, error) {
	setup, err := t.CallbackSetup(ctx)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // there is nothing to leave
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, leaveWithin)
	defer cancel()
	left := &Leaving{Artifact: velociraptor.CallbackPrefix + setup.Suffix, OrgID: setup.OrgID, Steps: []string{}}
	left.Checks = s.RemoveFromServer(ctx, t, setup)
	if failed := Failed(left.Checks); len(failed) > 0 {
		left.Steps = ManualRemoval(setup)
		s.p.Log.WarnContext(ctx, "callbacks stay on a server that is given up", slog.Int64("tenant_id", t.ID()),
			slog.String("artifact", left.Artifact), slog.Any("failed", failed))
	}
	return left, nil
}

// LeaveFor is LeaveServer for a tenant that is removed, whose rows about callbacks go as well. left is what stays on the
// server: the artifact's name, empty where nothing does.
func (s *Service) LeaveFor(ctx context.Context, t *store.Tenant) (left string, err error) {
	leaving, err := s.LeaveServer(ctx, t)
	if leaving == nil || err != nil {
		return "", err
	}
	if _, err := t.RemoveCallbacks(ctx); err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	if leaving.Removed() {
		return "", nil
	}
	return leaving.Artifact, nil
}

// Moves says whether a connection that somebody proposes is to another server, or another org, than the one that is saved.
// The same server may have another address: it is told by the authority that made its certificates. false where none is saved.
func (s *Service) Moves(ctx context.Context, t *store.Tenant, q *Candidate) (bool, error) {
	row, err := t.VelociraptorConfig(ctx)
	if isCode(err, store.CodeNotConfigured) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	switch {
	case row.OrgID != q.OrgID:
		return true, nil
	case row.Transport == models.TransportREST || q.Transport == models.TransportREST:
		return hostOf(row.Address) != hostOf(q.address()), nil
	}
	return !s.sameAuthority(ctx, t, row, q), nil
}

// address is where a candidate's server is, empty where its file says nothing of it.
func (q Candidate) address() string {
	if q.Transport == models.TransportREST {
		return q.Address
	}
	file, err := velociraptor.ParseAPIClient(q.Secret)
	if err != nil {
		return ""
	}
	return file.Address
}

// hostOf is the host of a gateway's address, or of host:port.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return strings.ToLower(u.Hostname())
	}
	host, _, _ := net.SplitHostPort(address) // what is neither has no host
	return strings.ToLower(host)
}

// sameAuthority compares two api_client files. Where the saved one can't be opened the addresses decide.
func (s *Service) sameAuthority(ctx context.Context, t *store.Tenant, row *models.VelociraptorConfig, q *Candidate) bool {
	next, err := velociraptor.ParseAPIClient(q.Secret)
	if err != nil || s.p.Connections == nil {
		return true // it won't be saved
	}
	secret, err := s.p.Connections.unseal(ctx, t, row)
	if err != nil {
		return next.Address == row.Address
	}
	saved, err := velociraptor.ParseAPIClient(secret)
	if err != nil {
		return next.Address == row.Address
	}
	return saved.SameServer(next)
}
