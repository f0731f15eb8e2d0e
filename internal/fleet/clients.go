package fleet

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

// OnlineWithin is how long ago an endpoint that is online was seen at most.
const OnlineWithin = 10 * time.Minute

// ClientQuery says which of the server's clients are wanted.
type ClientQuery struct {
	Search string // host:, label:, ip:, mac:, a client's id, or a name; empty: all, in the order of their ids
	After  string // the id that the page before ended with; without Search only
	Limit  int
}

// Clients reads clients from the tenant's server. Faults: those of Servers.Server, Unavailable.
func (s *Service) Clients(ctx context.Context, t *store.Tenant, q ClientQuery) ([]velociraptor.Endpoint, error) {
	server, err := s.p.Servers.Server(ctx, t)
	if err != nil {
		return nil, err
	}
	if q.Search == "" {
		return server.Clients(ctx, q.After, q.Limit)
	}
	return server.SearchClients(ctx, searchOf(q.Search), q.Limit)
}

// searchOf is a search in the server's language: what has none of its prefixes is the beginning of a name.
func searchOf(text string) string {
	text = strings.TrimSpace(text)
	low := strings.ToLower(text)
	prefixed := slices.ContainsFunc([]string{"host:", "label:", "ip:", "mac:", "c."}, func(p string) bool { return strings.HasPrefix(low, p) })
	if prefixed || low == "all" {
		return text
	}
	return "host:" + strings.TrimSuffix(text, "*") + "*"
}

// Client reads one client from the tenant's server. Faults: NotFound, those of Servers.Server, Unavailable.
func (s *Service) Client(ctx context.Context, t *store.Tenant, clientID string) (velociraptor.Endpoint, error) {
	server, err := s.p.Servers.Server(ctx, t)
	if err != nil {
		return velociraptor.Endpoint{}, err
	}
	if !IsClientID(clientID) {
		return velociraptor.Endpoint{}, noSuchClient()
	}
	return server.ClientInfo(ctx, clientID)
}

// Flows reads a client's collections from the tenant's server, the newest first. Faults: NotFound, those of Servers.Server,
// Unavailable.
func (s *Service) Flows(ctx context.Context, t *store.Tenant, clientID string, limit int) ([]velociraptor.Flow, error) {
	server, err := s.p.Servers.Server(ctx, t)
	if err != nil {
		return nil, err
	}
	if !IsClientID(clientID) {
		return nil, noSuchClient()
	}
	if _, err := server.ClientInfo(ctx, clientID); err != nil { // the server lists nothing, silently, for one that it doesn't know
		return nil, err
	}
	return server.Flows(ctx, clientID, limit)
}

// IsClientID says whether a text can be a client's id: C. and hexadecimal digits, with the org behind it where that isn't root.
func IsClientID(id string) bool { return len(id) <= 100 && clientID.MatchString(id) }

var clientID = regexp.MustCompile(`^C\.[0-9A-Za-z]+(-[0-9A-Za-z]+)?$`)

func noSuchClient() error {
	return fault.New(fault.NotFound, "the Velociraptor server knows no such client")
}
