package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/blob"
	"github.com/velocicompanion/velocicompanion/internal/bulk"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/codec"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// Params are the parts the edge stands on.
type Params struct {
	Store   *store.Store
	Config  *config.Config
	Log     *slog.Logger
	Clock   clock.Clock // nil: the machine's
	Keys    *auth.Keys
	Hasher  *auth.Hasher
	Metrics *telemetry.Metrics // nil: numbers of its own
	Version string
	Ready   map[string]func(context.Context) error // what /ready asks beside the database, by name
	Web     fs.FS                                  // the built screen; nil: none
	Catalog *playbooks.Catalog                     // the actions that playbooks may use
	Hub     *notify.Hub                            // nil: no live notifications
	Bus     *notify.Bus                            // tells of changed accounts; not running yet. nil: each request asks the database for its caller
	Codec   *codec.Codec                           // nil: no proxy for the Temporal Web UI

	Workflows tenancy.Workflows // ends the workflows of a tenant that is removed; nil: nobody does
	Sealer    *seal.Sealer      // for the secrets of second factors; nil: none can be set up or used
	Files     blob.Store        // nil: nothing can be kept or given out as a file
	Trail     *audit.Verifier   // nil: trails can't be verified
	Ingest    *ingest.Service   // nil: one of its own
	Fleet     *fleet.Service    // nil: no Velociraptor server can be used
	Mailer    *notify.Mailer    // nil: no mail
	Letters   *notify.Letters   // the mails about accounts; nil: those of PUBLIC_URL

	// Authenticator says who the bearer of a token is; nil: (*API).Authenticate. Another one can let in whom it likes: only
	// measurements have one.
	Authenticator func(ctx context.Context, token string) (auth.Principal, error)
}

// API is the edge. Make one with New.
type API struct {
	store        *store.Store
	cfg          *config.Config
	log          *slog.Logger
	clock        clock.Clock
	keys         *auth.Keys
	hasher       *auth.Hasher
	accounts     *accountCache
	tenancy      *tenancy.Service
	metrics      *metrics
	catalog      *playbooks.Catalog
	hub          *notify.Hub
	codec        *codec.Codec
	sealer       *seal.Sealer
	files        blob.Store
	trail        *audit.Verifier
	flood        *audit.Flood
	verifying    chan struct{} // holds one for each verification at work
	post         *post
	intake       *ingest.Service
	fleet        *fleet.Service
	uploads      uploads
	version      string
	ready        map[string]func(context.Context) error
	screen       *screen
	temporal     *temporalProxy // nil: no Web UI to show
	codecHandler http.Handler   // nil: no codec
	https        bool           // people come over https: cookies are Secure, HSTS is sent

	authenticator func(ctx context.Context, token string) (auth.Principal, error)

	engine  *gin.Engine
	huma    huma.API
	ops     map[string]op // by operation id
	problem huma.Schema   // reference to the Problem schema
	errs    []error       // what register found wrong

	bulk        *bulk.Service
	bulkSchemas map[string]*huma.Schema // of what each action takes, by resource.action

	late sync.WaitGroup // what requests left to be done beside their answer
}

// New builds the edge. It fails on missing parts, on settings that can't work and on an operation that doesn't declare
// who may call it.
func New(p Params) (*API, error) {
	if p.Store == nil || p.Config == nil || p.Log == nil || p.Keys == nil || p.Hasher == nil {
		return nil, errors.New("api: Store, Config, Log, Keys and Hasher are needed")
	}
	if p.Clock == nil {
		p.Clock = clock.System{}
	}
	return build(p)
}

// Describe is the document of all operations, made without a database or keys.
func Describe(p Params) (*huma.OpenAPI, error) {
	cfg, err := config.FromMap(map[string]string{})
	if err != nil {
		return nil, err
	}
	p.Config, p.Clock = cfg, clock.System{}
	a, err := build(p)
	if err != nil {
		return nil, err
	}
	return a.OpenAPI(), nil
}

func build(p Params) (*API, error) {
	if p.Catalog == nil {
		return nil, errors.New("api: a Catalog is needed")
	}
	if p.Files == nil {
		p.Files, _ = blob.Open("") // the storage of an installation without one never fails to open
	}
	if p.Metrics == nil {
		p.Metrics = telemetry.NewMetrics(telemetry.MetricsParams{Version: p.Version})
	}
	if p.Fleet == nil {
		p.Fleet = fleet.New(fleet.Params{Store: p.Store, Clock: p.Clock, Log: p.Log})
	}
	a := &API{
		store: p.Store, cfg: p.Config, log: p.Log, clock: p.Clock, keys: p.Keys, hasher: p.Hasher, version: p.Version,
		tenancy: tenancy.New(tenancy.Params{
			Store: p.Store, Hasher: p.Hasher, MaxPerAdmin: p.Config.MaxTenantsPerAdmin, Workflows: p.Workflows, Servers: p.Fleet, Log: p.Log, Version: p.Version,
			Grace: time.Duration(p.Config.TenantDeleteGraceDays * float64(24*time.Hour)),
		}),
		metrics: newMetrics(p.Metrics, p.Clock), catalog: p.Catalog, hub: p.Hub, codec: p.Codec, sealer: p.Sealer,
		trail: p.Trail, flood: audit.NewFlood(p.Clock), verifying: make(chan struct{}, verifying),
		files: p.Files, ready: p.Ready, ops: map[string]op{}, fleet: p.Fleet,
	}
	if a.intake = p.Ingest; a.intake == nil {
		a.intake = ingest.New(ingest.Params{Clock: p.Clock})
	}
	a.knowCallers(p)
	u, err := url.Parse(p.Config.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("PUBLIC_URL: %w", err)
	}
	a.https = u.Scheme == "https"
	if err := a.openPost(p); err != nil {
		return nil, err
	}
	if a.screen, err = newScreen(p.Web); err != nil {
		return nil, err
	}
	if a.engine, err = a.newEngine(); err != nil {
		return nil, err
	}
	a.huma = humagin.New(a.engine, a.humaConfig())
	a.problemSchema()
	a.bulk = bulk.New(bulk.Params{Store: p.Store, Files: a.files, Clock: p.Clock, Log: p.Log})
	a.describeBulk()
	if err := a.newTemporal(); err != nil {
		return nil, err
	}
	a.routes()
	a.finishDocument()
	return a, errors.Join(a.errs...)
}

// openPost gives the edge its mails; parts that nobody handed in are made.
func (a *API) openPost(p Params) (err error) {
	if p.Mailer == nil {
		if p.Mailer, err = notify.NewMailer(notify.MailerParams{}); err != nil {
			return err
		}
	}
	if p.Letters == nil {
		if p.Letters, err = notify.NewLetters(p.Config.PublicURL); err != nil {
			return err
		}
	}
	a.post = newPost(p.Mailer, p.Letters, p.Log, &a.late)
	return nil
}

// newEngine is Gin with the middleware that every request passes, in order.
func (a *API) newEngine() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false // a path is what it is: a redirect would lose bodies and hide mistakes
	e.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := e.SetTrustedProxies(a.cfg.TrustedProxies); err != nil {
		return nil, fmt.Errorf("TRUSTED_PROXIES: %w", err)
	}
	e.Use(a.identify, a.observe, a.recoverPanic, a.secure, a.cors(), a.refuseBadText)
	e.NoMethod(func(c *gin.Context) { a.plainProblem(c, notAllowed()) })
	e.NoRoute(a.noRoute)
	return e, nil
}

// strictCasing guards the one setting of ours that huma keeps in a package variable: field names are case-sensitive, so
// that {"role": …, "ROLE": …} is an unknown field instead of a second answer to the same question.
var strictCasing sync.Once //nolint:gochecknoglobals // it guards another package's variable

// humaConfig is huma without its defaults that we don't want: no $schema links, no CDN documentation, JSON only.
func (a *API) humaConfig() huma.Config {
	strictCasing.Do(func() { huma.ValidateStrictCasing = true })
	cfg := huma.DefaultConfig("VelociCompanion", a.version)
	cfg.CreateHooks = nil
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", ""
	cfg.Formats = map[string]huma.Format{jsonType: huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	cfg.DefaultFormat = "application/json"
	cfg.RejectUnknownQueryParameters = true
	cfg.Info.Description = "Multi-tenant threat hunting beside Velociraptor. Errors are RFC 9457 problems; lists page by `cursor`."
	cfg.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "The access token of POST /api/auth/login, or a service key (vc_…) of POST /api/auth/api-keys."},
	}
	cfg.Transformers = []huma.Transformer{a.transformProblem}
	return cfg
}

// Handler serves everything. HEAD is answered wherever GET is (net/http drops the body).
func (a *API) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			get := *r
			get.Method = http.MethodGet
			r = &get
		}
		a.engine.ServeHTTP(w, r)
	})
}

// OpenAPI is the document of all operations; it must not be changed.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }

// tenant is the handle on the caller's tenant. Only operations with a role may ask: a public one has no tenant, and its
// handle refuses every statement.
func (a *API) tenant(ctx context.Context) *store.Tenant {
	p, _ := auth.PrincipalFrom(ctx)
	return a.store.Tenant(p.TenantID).As(store.Actor{UserID: p.UserID, Name: p.Username})
}

// actor is the caller of an operation with a role.
func actor(ctx context.Context) auth.Principal {
	p, _ := auth.PrincipalFrom(ctx)
	return p
}

// apiPath says whether a path belongs to programs, so that a browser's screen never answers for it.
func apiPath(path string) bool {
	for _, prefix := range []string{"/api", "/ws", "/temporal", "/docs", "/redoc", "/openapi", "/health", "/ready", "/metrics"} {
		if path == prefix || strings.HasPrefix(path, prefix+"/") || strings.HasPrefix(path, prefix+".") {
			return true
		}
	}
	return false
}
