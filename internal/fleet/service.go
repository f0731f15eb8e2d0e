package fleet

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/blob"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

// Server is a tenant's Velociraptor server, in its org; *velociraptor.Client is one. A reduced one answers Invalid
// (velociraptor_reduced) to what its transport can't do.
type Server interface {
	Check(ctx context.Context) error
	Whoami(ctx context.Context) (velociraptor.Identity, error)
	Orgs(ctx context.Context) ([]velociraptor.Org, error)
	Artifacts(ctx context.Context) ([]velociraptor.Artifact, error)

	Clients(ctx context.Context, after string, limit int) ([]velociraptor.Endpoint, error)
	SearchClients(ctx context.Context, search string, limit int) ([]velociraptor.Endpoint, error)
	ClientInfo(ctx context.Context, clientID string) (velociraptor.Endpoint, error)
	SetLabel(ctx context.Context, clientID, label string, on bool) error

	Collect(ctx context.Context, q velociraptor.Collection) (flowID string, err error)
	Flow(ctx context.Context, clientID, flowID string) (velociraptor.Flow, error)
	Flows(ctx context.Context, clientID string, limit int) ([]velociraptor.Flow, error)
	Rows(ctx context.Context, clientID, flowID, artifact string, start, count int64, each func(velociraptor.Row) error) error
	CancelFlow(ctx context.Context, clientID, flowID string) (velociraptor.Flow, error)
	Uploads(ctx context.Context, clientID, flowID string) ([]velociraptor.Upload, error)
	ReadFile(ctx context.Context, components []string, w io.Writer) (int64, error)

	CreateHunt(ctx context.Context, q velociraptor.HuntRequest) (huntID string, err error)
	Hunt(ctx context.Context, huntID string) (velociraptor.Hunt, error)
	FindHunt(ctx context.Context, key string) (huntID string, err error)
	Hunts(ctx context.Context, limit int) ([]velociraptor.Hunt, error)
	HuntFlows(ctx context.Context, huntID string, start, count int64, each func(velociraptor.HuntFlow) error) error
	StopHunt(ctx context.Context, huntID string) (velociraptor.Hunt, error)

	Query(ctx context.Context, s velociraptor.Statement, each func(row velociraptor.Row) error) error
	Expires() time.Time
}

var _ Server = (*velociraptor.Client)(nil)

// Servers finds a tenant's server.
type Servers interface {
	// Server gives the tenant's server. Faults: Conflict (velociraptor_not_configured), Unavailable.
	Server(ctx context.Context, t *store.Tenant) (Server, error)
}

// Params are what the service needs.
type Params struct {
	Store   *store.Store
	Servers Servers         // nil: Connections
	Ingest  *ingest.Service // brings rows in
	Files   blob.Store      // nil: uploaded files are named, not kept
	Clock   clock.Clock
	Log     *slog.Logger

	Sealer    *seal.Sealer // for the keys of callbacks; nil: none can be set up
	PublicURL string       // how a Velociraptor server reaches us, unless its tenant says otherwise

	HuntIdle    time.Duration // after which a hunt is over whose endpoints have all answered; 15 s when zero
	Connections *Connections  // where connections are tested, kept and given up
}

// Service works with the tenants' servers. Make one with New; it is safe for many goroutines.
type Service struct {
	p Params

	definitions sync.Map // tenant → *definitions
}

// New makes the service.
func New(p Params) *Service {
	if p.Servers == nil && p.Connections != nil {
		p.Servers = p.Connections
	}
	if p.Servers == nil {
		p.Servers = noServers{}
	}
	return &Service{p: p}
}

// noServers is an installation that was given no way to any server.
type noServers struct{}

// Server refuses. Fault: Unavailable.
func (noServers) Server(context.Context, *store.Tenant) (Server, error) { return nil, noSealer() }

// Step is what came of one slice of a job.
type Step struct {
	Status string        // of the job
	Wait   time.Duration // until there is something to do; 0: at once
}
