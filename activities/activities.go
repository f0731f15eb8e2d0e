package activities

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/velocicompanion/velocicompanion/internal/bulk"
	"github.com/velocicompanion/velocicompanion/internal/egress"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Checker checks rendered parameters against an action's schema; *playbooks.Catalog is one. Faults: Invalid with a field
// for each complaint.
type Checker interface {
	CheckParams(action string, params map[string]any) error
}

// Params are what the activities need.
type Params struct {
	Store   *store.Store
	Checker Checker
	Egress  *egress.Dialer
	Ingest  Ingester
	Bulk    *bulk.Service  // works on bulk jobs
	Fleet   *fleet.Service // works with Velociraptor servers
	Log     *slog.Logger
}

// Activities carries out steps.
type Activities struct {
	store   *store.Store
	checker Checker
	ingest  Ingester
	log     *slog.Logger
	bulk    *bulk.Service
	fleet   *fleet.Service
	actions []Action
}

// New makes the activities.
func New(p Params) *Activities {
	d := deps{egress: p.Egress, http: p.Egress.Client(egress.ClientParams{Timeout: outsideTimeout, MaxResponse: maxWebhookAnswer}), fleet: p.Fleet}
	return &Activities{store: p.Store, checker: p.Checker, ingest: p.Ingest, log: p.Log, bulk: p.Bulk, fleet: p.Fleet, actions: catalog(d)}
}

// Actions lists the catalog for the worker, which registers each under its spec's name with Step.
func (a *Activities) Actions() []Action { return a.actions }

func (a *Activities) tenant(r contract.Run) *store.Tenant {
	return a.store.Tenant(r.TenantID).WithCausation(r.Causation)
}

// deps are what actions are made of.
type deps struct {
	egress urlChecker
	http   doer
	fleet  *fleet.Service
}

// labeller puts labels on hosts, here and at the Velociraptor server; *fleet.Service is one.
type labeller interface {
	LabelHost(ctx context.Context, t *store.Tenant, w fleet.LabelWish) (fleet.Labelled, error)
}

// doer sends a request by the one way out.
type doer interface {
	Do(req *http.Request) (*http.Response, error)
}

// urlChecker refuses addresses that may not be reached, before anything is sent.
type urlChecker interface {
	CheckURL(raw string) (*url.URL, error)
}
