package api

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// VelociraptorConnection is a connection on the wire; its keys never are.
type VelociraptorConnection struct {
	ID             int64             `json:"id"`
	Transport      string            `json:"transport" enum:"grpc,rest" doc:"grpc: mutual TLS, everything; rest: a token at the gateway, reduced"`
	Address        string            `json:"address" doc:"host:port, or the gateway's address"`
	Username       string            `json:"username" doc:"whom the server takes us for"`
	OrgID          string            `json:"org_id" doc:"empty: the root org"`
	Version        int               `json:"version" doc:"grows with each rotation"`
	ServerVersion  string            `json:"server_version"`
	Simulated      bool              `json:"simulated" doc:"the server is a simulated one: its endpoints are not real"`
	Status         string            `json:"status" enum:"connected,unreachable,refused,expired" doc:"what the last calls showed"`
	StatusSince    *time.Time        `json:"status_since"`
	LastError      string            `json:"last_error" doc:"why it is not connected"`
	LastOKAt       *time.Time        `json:"last_ok_at" doc:"within a minute"`
	ExpiresAt      *time.Time        `json:"expires_at" doc:"when our certificate ends; null: there is none"`
	ExpiresInDays  *int              `json:"expires_in_days" doc:"whole days, negative once it ended"`
	Quarantine     map[string]string `json:"quarantine" doc:"the artifact that isolates, for windows, linux and darwin; empty: hosts of that system can't be isolated"`
	AllowArtifacts []string          `json:"allow_artifacts" nullable:"false" doc:"what may be collected; empty: everything"`
	Reduced        []string          `json:"reduced" nullable:"false" doc:"what this transport can't do"`
	CreatedAt      time.Time         `json:"created_at"`
	UpdatedAt      time.Time         `json:"updated_at"`
	Sync           *SyncBody         `json:"sync,omitempty" doc:"how far hosts are in step with the server's clients; only where the connection is read"`
}

func (a *API) shapeVelociraptor(row *models.VelociraptorConfig) VelociraptorConnection {
	body := VelociraptorConnection{
		ID: row.ID, Transport: row.Transport, Address: row.Address, Username: row.Username, OrgID: row.OrgID, Version: row.Version,
		ServerVersion: row.ServerVersion, Simulated: strings.Contains(row.ServerVersion, "simulated"), Status: row.Status, StatusSince: utc(row.StatusAt),
		LastError: row.LastError, LastOKAt: utc(row.LastOKAt), ExpiresAt: utc(row.ExpiresAt), Quarantine: map[string]string{},
		AllowArtifacts: notNil(row.AllowArtifacts), Reduced: fleet.Reduced(row.Transport), CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(),
	}
	for system := range models.QuarantineArtifacts() {
		body.Quarantine[system] = row.QuarantineFor(system)
	}
	if row.ExpiresAt != nil {
		left := row.ExpiresAt.Sub(a.clock.Now())
		days := int(left / (24 * time.Hour))
		if left < 0 {
			days--
			body.Status = models.VelociraptorExpired
		}
		body.ExpiresInDays = &days
	}
	return body
}

type velociraptorOut struct{ Body VelociraptorConnection }

// getVelociraptor shows the connection. Faults: NotFound (velociraptor_not_configured).
func (a *API) getVelociraptor(ctx context.Context, _ *struct{}) (*velociraptorOut, error) {
	row, err := a.tenant(ctx).VelociraptorConfig(ctx)
	if err != nil {
		return nil, notConfigured(err)
	}
	out := &velociraptorOut{a.shapeVelociraptor(row)}
	sync, err := a.tenant(ctx).HostSync(ctx)
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Body.Sync = new(shapeSync(sync))
	return out, nil
}

// notConfigured says of the connection itself, and of what is named by its path, that it isn't there; to what else needs a
// connection that is a conflict.
func notConfigured(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.StableCode() != store.CodeNotConfigured {
		return err
	}
	return fault.New(fault.NotFound, "%s", f.Message).WithCode(store.CodeNotConfigured)
}

// ConnectionKeys are how a server is reached and how it knows us: in one of two forms.
type ConnectionKeys struct {
	APIClient string  `json:"api_client,omitempty" maxLength:"262144" doc:"the file that velociraptor config api_client wrote, as YAML: gRPC with mutual TLS"`
	BaseURL   string  `json:"base_url,omitempty" maxLength:"500" doc:"the reduced form: the https address of a proxy in front of the server's gateway"`
	APIKey    string  `json:"api_key,omitempty" maxLength:"4096" doc:"with base_url: the bearer token that the proxy takes"`
	OrgID     *string `json:"org_id,omitempty" maxLength:"100" pattern:"^[A-Za-z0-9_-]*$" patternDescription:"the id of an org: letters, digits, - and _" doc:"empty or root: the root org; left out: the one of the connection that is there, else the root org"`
}

// org is the org that was named, nil where none was.
func (k *ConnectionKeys) org() *string {
	if k.OrgID == nil || *k.OrgID != "root" {
		return k.OrgID
	}
	return new("")
}

// candidate is the connection that a body proposes; nil: its keys are left out. Faults: Invalid.
func (k *ConnectionKeys) candidate() (*fleet.Candidate, error) {
	q := &fleet.Candidate{}
	if org := k.org(); org != nil {
		q.OrgID = *org
	}
	switch {
	case k.APIClient != "" && (k.BaseURL != "" || k.APIKey != ""):
		return nil, fault.InvalidField("body.api_client", "send either api_client or base_url with api_key, not both")
	case k.APIClient != "":
		q.Transport, q.Secret = models.TransportGRPC, []byte(k.APIClient)
	case k.BaseURL == "" && k.APIKey == "":
		return nil, nil //nolint:nilnil // none was sent
	case k.BaseURL == "":
		return nil, fault.InvalidField("body.base_url", "is needed with api_key: the https address of the proxy in front of the gateway")
	case k.APIKey == "":
		return nil, fault.InvalidField("body.api_key", "is needed with base_url: the bearer token that the proxy takes")
	default:
		q.Transport, q.Address, q.Secret = models.TransportREST, k.BaseURL, []byte(k.APIKey)
	}
	return q, nil
}

// ConnectionChoices are what a tenant chooses about its connection.
type ConnectionChoices struct {
	Quarantine     *map[string]string `json:"quarantine,omitempty" maxProperties:"3" doc:"the artifact that isolates, for windows, linux and darwin; what is left out has Velociraptor's own, an empty one: can't be isolated"`
	AllowArtifacts *[]string          `json:"allow_artifacts,omitempty" maxItems:"1000" doc:"what may be collected; empty: everything"`
}

// change is what the choices mean for the row. Faults: Invalid.
func (c *ConnectionChoices) change() (out store.VelociraptorChange, err error) {
	if c.Quarantine != nil {
		trimmed := make(map[string]string, len(*c.Quarantine))
		for system, name := range *c.Quarantine {
			trimmed[strings.ToLower(strings.TrimSpace(system))] = strings.TrimSpace(name)
		}
		out.Quarantine = &trimmed
	}
	if c.AllowArtifacts == nil {
		return out, nil
	}
	list := make([]string, 0, len(*c.AllowArtifacts))
	for _, name := range *c.AllowArtifacts {
		name = strings.TrimSpace(name)
		if p := models.TextProblem(name, maxArtifactName); name == "" || p != "" {
			return out, fault.InvalidField("body.allow_artifacts", "holds a name that can't be an artifact's")
		}
		list = append(list, name)
	}
	slices.Sort(list)
	out.AllowArtifacts = new(slices.Compact(list))
	return out, nil
}

const maxArtifactName = 200

type saveVelociraptorIn struct {
	Body struct {
		ConnectionKeys
		ConnectionChoices
	}
}

type savedVelociraptorOut struct {
	Body struct {
		VelociraptorConnection

		Checks          []checkBody      `json:"checks" nullable:"false" doc:"what the test found; permissions can be granted later"`
		FormerCallbacks *FormerCallbacks `json:"former_callbacks" doc:"what became of our callbacks on the server, or in the org, that was left; null: none were there, or it is the same one"`
	}
}

// saveVelociraptor tests a connection and keeps it; the one that was there serves until then. Faults: Invalid, at the field
// that won't do, for one that reaches no server, or none that knows us.
func (a *API) saveVelociraptor(ctx context.Context, in *saveVelociraptorIn) (*savedVelociraptorOut, error) {
	q, err := in.Body.candidate()
	if err != nil {
		return nil, err
	}
	if q == nil {
		return nil, fault.InvalidField("body.api_client", "paste the file that `velociraptor config api_client` wrote; or send base_url with api_key, for the reduced transport")
	}
	choices, err := in.Body.change()
	if err != nil {
		return nil, err
	}
	if err := a.keepOrg(ctx, in.Body.ConnectionKeys, q); err != nil {
		return nil, err
	}
	report, err := a.fleet.Test(ctx, a.tenant(ctx), q, chosen(choices))
	if err != nil {
		return nil, belowBody(err)
	}
	if err := report.Usable(); err != nil {
		return nil, belowBody(err)
	}
	leaving, err := a.leaveIfMoved(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &savedVelociraptorOut{}
	out.Body.FormerCallbacks = shapeLeaving(leaving)
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		before, err := t.LockVelociraptorConfig(ctx)
		first := fault.Is(notConfigured(err), fault.NotFound)
		if err != nil && !first {
			return e, err
		}
		row, err := a.fleet.Keep(ctx, t, *q, report, choices)
		if err != nil {
			return e, belowBody(err)
		}
		if err := forgetCallbacks(ctx, t, leaving); err != nil {
			return e, err
		}
		out.Body.VelociraptorConnection = a.shapeVelociraptor(row)
		if first {
			return entry("velociraptor.connect", row.ID, nil, out.Body.VelociraptorConnection), nil
		}
		return entry("velociraptor.rotate", row.ID, a.shapeVelociraptor(before), out.Body.VelociraptorConnection), nil
	})
	out.Body.Checks = shapeChecks(report)
	return out, err
}

// keepOrg leaves the tenant in its org where none was named: keys are rotated each year, and a move to another org by that would
// take all its hosts away.
func (a *API) keepOrg(ctx context.Context, k ConnectionKeys, q *fleet.Candidate) error {
	if k.OrgID != nil {
		return nil
	}
	row, err := a.tenant(ctx).VelociraptorConfig(ctx)
	if fault.Is(notConfigured(err), fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	q.OrgID = row.OrgID
	return nil
}

// chosen is what a connection would have, for its test.
func chosen(c store.VelociraptorChange) *models.VelociraptorConfig {
	row := &models.VelociraptorConfig{}
	if c.Quarantine != nil {
		row.Quarantine = *c.Quarantine
	}
	return row
}

// belowBody says of all fields of a fault that they came in the body.
func belowBody(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	for i := range f.Fields {
		if !strings.HasPrefix(f.Fields[i].Location, "body.") {
			f.Fields[i].Location = "body." + f.Fields[i].Location
		}
	}
	return err
}

type updateVelociraptorIn struct {
	Body struct {
		ConnectionChoices

		OrgID *string `json:"org_id,omitempty" maxLength:"100" pattern:"^[A-Za-z0-9_-]*$" patternDescription:"the id of an org: letters, digits, - and _" doc:"another org of the same server, with the same keys; it is tested first"`
	}
}

type updatedVelociraptorOut struct {
	Body struct {
		VelociraptorConnection

		FormerCallbacks *FormerCallbacks `json:"former_callbacks" doc:"what became of our callbacks in the org that was left; null: none were there, or it is the same one"`
	}
}

// updateVelociraptor changes what was chosen. Faults: Invalid for an org that our user has no access to, NotFound
// (velociraptor_not_configured).
func (a *API) updateVelociraptor(ctx context.Context, in *updateVelociraptorIn) (*updatedVelociraptorOut, error) {
	change, err := in.Body.change()
	if err != nil {
		return nil, err
	}
	t := a.tenant(ctx)
	if change.OrgID = (&ConnectionKeys{OrgID: in.Body.OrgID}).org(); change.OrgID != nil {
		report, err := a.fleet.TestStored(ctx, t, change.OrgID)
		if err != nil {
			return nil, notConfigured(belowBody(err))
		}
		if err := report.Usable(); err != nil {
			return nil, belowBody(err)
		}
	}
	if err := a.fleet.CheckChoices(ctx, t, change); err != nil {
		return nil, belowBody(err)
	}
	leaving, err := a.leaveOrg(ctx, change.OrgID)
	if err != nil {
		return nil, notConfigured(err)
	}
	out := &updatedVelociraptorOut{}
	out.Body.FormerCallbacks = shapeLeaving(leaving)
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		before, err := t.LockVelociraptorConfig(ctx)
		if err != nil {
			return e, notConfigured(err)
		}
		if err := forgetCallbacks(ctx, t, leaving); err != nil {
			return e, err
		}
		was := a.shapeVelociraptor(before)
		row, err := a.fleet.Choose(ctx, t, change)
		if err != nil {
			return e, err
		}
		out.Body.VelociraptorConnection = a.shapeVelociraptor(row)
		return entry("velociraptor.update", row.ID, was, out.Body.VelociraptorConnection), nil
	})
	return out, err
}

// deleteVelociraptor forgets the connection, and before that takes our callbacks away from the server as far as that goes; what
// stays there the caller is told by a notification. Faults: NotFound (velociraptor_not_configured).
func (a *API) deleteVelociraptor(ctx context.Context, _ *struct{}) (*struct{}, error) {
	if _, err := a.tenant(ctx).VelociraptorConfig(ctx); err != nil {
		return nil, notConfigured(err)
	}
	leaving, err := a.fleet.LeaveServer(ctx, a.tenant(ctx))
	if err != nil {
		return nil, err
	}
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if err := forgetCallbacks(ctx, t, leaving); err != nil {
			return e, err
		}
		row, err := a.fleet.Disconnect(ctx, t)
		if err != nil {
			return e, notConfigured(err)
		}
		return entry("velociraptor.disconnect", row.ID, a.shapeVelociraptor(row), nil), tellLeft(ctx, t, leaving)
	})
}
