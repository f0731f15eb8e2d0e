package api

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// HostBody is a host on the wire.
type HostBody struct {
	ID           int64      `json:"id"`
	Hostname     string     `json:"hostname"`
	IPAddress    string     `json:"ip_address"`
	OS           string     `json:"os"`
	ClientID     *string    `json:"client_id" doc:"Velociraptor's; null: not enrolled"`
	Labels       []string   `json:"labels" nullable:"false"`
	HostMetadata freeObject `json:"host_metadata"`
	ThreatScore  float64    `json:"threat_score" doc:"0 to 1"`
	Online       bool       `json:"online"`
	Isolation    string     `json:"isolation" enum:"none,pending,isolated,unverified,releasing,failed"`
	CreatedAt    time.Time  `json:"created_at"`
	UpdatedAt    time.Time  `json:"updated_at"`
	LastSeen     *time.Time `json:"last_seen"`
	FirstSeen    *time.Time `json:"first_seen" doc:"null: nothing reported it yet"`
	Criticality  string     `json:"criticality" enum:"low,medium,high,critical"`
	Owner        string     `json:"owner" doc:"whose it is; empty: nobody's"`
	Notes        string     `json:"notes" doc:"Markdown"`
	CustomFields freeObject `json:"custom_fields" doc:"the tenant's own fields, GET /api/hosts/fields; those without a value are not in it"`
}

type hostOut struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     HostBody
}

func shapeHost(row *models.Host) HostBody {
	return HostBody{
		ID: row.ID, Hostname: row.Hostname, IPAddress: row.IPAddress, OS: row.OS, ClientID: row.ClientID, Labels: notNil(row.Labels),
		HostMetadata: freeObject(row.HostMetadata), ThreatScore: row.ThreatScore, Online: row.Online, Isolation: row.Isolation,
		CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(), LastSeen: utc(row.LastSeen),
		FirstSeen: utc(row.FirstSeen), Criticality: row.Criticality, Owner: row.Owner, Notes: row.Notes, CustomFields: freeObject(row.CustomFields),
	}
}

func oneHost(row *models.Host) *hostOut {
	return &hostOut{ETag: etag(row.UpdatedAt), Body: shapeHost(row)}
}

// HostFilter is which hosts are asked for; embed it.
type HostFilter struct {
	Hostname    string  `query:"hostname" maxLength:"255" doc:"the whole name in any case; * stands for any run of characters"`
	IPAddress   string  `query:"ip_address" maxLength:"100" doc:"the whole address; * stands for any run of characters"`
	OS          string  `query:"os" maxLength:"200" doc:"windows, linux or darwin: what begins with that family (darwin: macOS as well); any other text: the whole of it. In any case"`
	Label       string  `query:"label" maxLength:"100" doc:"exactly this label"`
	ScoreMin    float64 `query:"score_min" minimum:"0" maximum:"1" doc:"this threat score or more"`
	Online      string  `query:"online" enum:"true,false"`
	Q           string  `query:"q" maxLength:"255" doc:"part of the hostname or the address"`
	Criticality string  `query:"criticality" enum:"low,medium,high,critical"`
	Owner       string  `query:"owner" maxLength:"200" doc:"the whole text in any case"`
	Isolation   string  `query:"isolation" enum:"none,pending,isolated,unverified,releasing,failed"`
	CaseID      int64   `query:"case_id" minimum:"1" doc:"hosts of this case"`
	Field       string  `query:"field" maxLength:"300" pattern:"^[a-z][a-z0-9_]{0,62}:" patternDescription:"key:value" doc:"one of the tenant's own fields and its value, in any case: department:Finance"`
}

// query is the filter as the store takes it.
func (f *HostFilter) query() store.HostQuery {
	q := store.HostQuery{
		Hostname: f.Hostname, IPAddress: f.IPAddress, OS: f.OS, Label: f.Label, Q: f.Q, Online: flag(f.Online), Criticality: f.Criticality,
		Owner: f.Owner, Isolation: f.Isolation, CaseID: f.CaseID,
	}
	q.Field, q.FieldValue, _ = strings.Cut(f.Field, ":")
	if f.ScoreMin > 0 {
		q.ScoreMin = &f.ScoreMin
	}
	return q
}

type listHostsIn struct {
	PageInput
	HostFilter
}

// filter is the input as the store takes it.
func (in *listHostsIn) filter() store.HostQuery {
	q := in.HostFilter.query()
	q.PageQuery = in.PageInput.query()
	return q
}

func (a *API) listHosts(ctx context.Context, in *listHostsIn) (*listOut[HostBody], error) {
	return listed(ctx, shapeHost)(a.tenant(ctx).ListHosts(ctx, in.filter()))
}

func (a *API) getHost(ctx context.Context, in *IDInput) (*hostOut, error) {
	return found(oneHost)(a.tenant(ctx).Host(ctx, in.ID))
}

type createHostIn struct {
	Body struct {
		Hostname     string     `json:"hostname" minLength:"1" maxLength:"256"`
		IPAddress    string     `json:"ip_address,omitempty" maxLength:"100"`
		OS           string     `json:"os,omitempty" maxLength:"200"`
		ClientID     *string    `json:"client_id,omitempty" maxLength:"200"`
		Labels       []string   `json:"labels,omitempty" nullable:"false" maxItems:"100"`
		HostMetadata freeObject `json:"host_metadata,omitempty"`
		ThreatScore  float64    `json:"threat_score,omitempty" minimum:"0" maximum:"1"`
		Online       bool       `json:"online,omitempty"`
		Criticality  string     `json:"criticality,omitempty" enum:"low,medium,high,critical" default:"medium"`
		Owner        string     `json:"owner,omitempty" maxLength:"200"`
		Notes        string     `json:"notes,omitempty" maxLength:"20000"`
		CustomFields freeObject `json:"custom_fields,omitempty" doc:"values of the tenant's own fields by key"`
	}
}

func (a *API) createHost(ctx context.Context, in *createHostIn) (*hostOut, error) {
	b := &in.Body
	row := &models.Host{
		Hostname: b.Hostname, IPAddress: b.IPAddress, OS: b.OS, ClientID: b.ClientID, Labels: b.Labels,
		HostMetadata: json.RawMessage(b.HostMetadata), ThreatScore: b.ThreatScore, Online: b.Online,
		Criticality: b.Criticality, Owner: b.Owner, Notes: b.Notes, CustomFields: json.RawMessage(b.CustomFields),
	}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		if err := t.CreateHost(ctx, row); err != nil {
			return audit.Entry{}, inBody(err)
		}
		return entry("host.create", row.ID, nil, shapeHost(row)), nil
	})
	if err != nil {
		return nil, err
	}
	out := oneHost(row)
	out.Location = location("/api/hosts/", row.ID)
	return out, nil
}

type updateHostIn struct {
	IDInput
	IfMatchInput

	Body struct {
		Hostname     *string          `json:"hostname,omitempty" minLength:"1" maxLength:"256"`
		IPAddress    *string          `json:"ip_address,omitempty" maxLength:"100"`
		OS           *string          `json:"os,omitempty" maxLength:"200"`
		ClientID     nullable[string] `json:"client_id,omitzero"`
		Labels       *[]string        `json:"labels,omitempty" nullable:"false" maxItems:"100" doc:"replaces all labels"`
		HostMetadata freeObject       `json:"host_metadata,omitempty" doc:"replaces the whole object"`
		ThreatScore  *float64         `json:"threat_score,omitempty" minimum:"0" maximum:"1"`
		Online       *bool            `json:"online,omitempty"`
		Criticality  *string          `json:"criticality,omitempty" enum:"low,medium,high,critical"`
		Owner        *string          `json:"owner,omitempty" maxLength:"200"`
		Notes        *string          `json:"notes,omitempty" maxLength:"20000"`
		CustomFields freeObject       `json:"custom_fields,omitempty" doc:"values by key, laid over the host's; null takes a value away"`
	}
}

func (a *API) updateHost(ctx context.Context, in *updateHostIn) (*hostOut, error) {
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	b := &in.Body
	change := store.HostChange{
		Hostname: b.Hostname, IPAddress: b.IPAddress, OS: b.OS, ClientID: b.ClientID.orZero(), Labels: b.Labels,
		HostMetadata: json.RawMessage(b.HostMetadata), ThreatScore: b.ThreatScore, Online: b.Online, Seen: seen,
		Criticality: b.Criticality, Owner: b.Owner, Notes: b.Notes, CustomFields: json.RawMessage(b.CustomFields),
	}
	var row *models.Host
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Host(ctx, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		if row, err = t.UpdateHost(ctx, in.ID, change); err != nil {
			return audit.Entry{}, inBody(err)
		}
		return entry("host.update", in.ID, shapeHost(before), shapeHost(row)), nil
	})
	if err != nil {
		return nil, err
	}
	return oneHost(row), nil
}

type deleteIn struct {
	IDInput
	IfMatchInput
}

func (a *API) deleteHost(ctx context.Context, in *deleteIn) (*struct{}, error) {
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Host(ctx, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		return entry("host.delete", in.ID, shapeHost(before), nil), t.DeleteHost(ctx, in.ID, seen)
	})
}
