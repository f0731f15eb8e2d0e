package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

// clientBody is one of the server's clients on the wire.
type clientBody struct {
	ClientID  string     `json:"client_id"`
	HostID    *int64     `json:"host_id" doc:"the host that it is; null: not in step yet"`
	Hostname  string     `json:"hostname" doc:"empty for some seconds after enrolment"`
	FQDN      string     `json:"fqdn"`
	OS        string     `json:"os" doc:"windows, linux or darwin"`
	Release   string     `json:"release"`
	Machine   string     `json:"architecture"`
	MACs      []string   `json:"mac_addresses" nullable:"false"`
	LastIP    string     `json:"last_ip"`
	Labels    []string   `json:"labels" nullable:"false"`
	Agent     string     `json:"agent"`
	Online    bool       `json:"online" doc:"seen within ten minutes"`
	FirstSeen *time.Time `json:"first_seen_at"`
	LastSeen  *time.Time `json:"last_seen_at"`
}

func (a *API) shapeClient(e *velociraptor.Endpoint, hosts map[string]int64) clientBody {
	body := clientBody{
		ClientID: e.ClientID, Hostname: e.Hostname, FQDN: e.FQDN, OS: e.System, Release: e.Release, Machine: e.Machine, MACs: notNil(e.MACs),
		LastIP: e.LastIP, Labels: notNil(e.Labels), Agent: e.Agent, FirstSeen: moment(e.FirstSeen), LastSeen: moment(e.LastSeen),
		Online: !e.LastSeen.IsZero() && a.clock.Now().Sub(e.LastSeen) < fleet.OnlineWithin,
	}
	if id, ok := hosts[e.ClientID]; ok {
		body.HostID = &id
	}
	return body
}

// moment is nil for a time that nobody said.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return utc(&t)
}

type listClientsIn struct {
	Search string `query:"search" maxLength:"200" doc:"host:, label:, ip:, mac: or an id as Velociraptor knows them; anything else is the beginning of a host's name"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	After  string `query:"after" maxLength:"100" doc:"the client_id that the page before ended with; not with search"`
}

type clientsOut struct {
	Link string       `header:"Link" doc:"rel=next: the following page"`
	Body []clientBody `nullable:"false"`
}

func (a *API) listClients(ctx context.Context, in *listClientsIn) (*clientsOut, error) {
	t := a.tenant(ctx)
	list, err := a.fleet.Clients(ctx, t, fleet.ClientQuery{Search: in.Search, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	hosts, err := hostsOf(ctx, t, list)
	if err != nil {
		return nil, err
	}
	out := &clientsOut{Body: make([]clientBody, len(list))}
	for i := range list {
		out.Body[i] = a.shapeClient(&list[i], hosts)
	}
	if n := len(list); in.Search == "" && n == in.Limit {
		out.Link = "<" + nextAfter(requestFrom(ctx).url, list[n-1].ClientID) + `>; rel="next"`
	}
	return out, nil
}

func hostsOf(ctx context.Context, t *store.Tenant, list []velociraptor.Endpoint) (map[string]int64, error) {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ClientID
	}
	return t.HostsOfClients(ctx, ids)
}

// ClientInput is the path parameter of an operation on one client; embed it.
type ClientInput struct {
	ClientID string `path:"client_id" maxLength:"100" doc:"C. and hexadecimal digits"`
}

type clientOut struct{ Body clientBody }

func (a *API) getClient(ctx context.Context, in *ClientInput) (*clientOut, error) {
	t := a.tenant(ctx)
	e, err := a.fleet.Client(ctx, t, in.ClientID)
	if err != nil {
		return nil, notConfigured(err)
	}
	hosts, err := hostsOf(ctx, t, []velociraptor.Endpoint{e})
	if err != nil {
		return nil, err
	}
	return &clientOut{a.shapeClient(&e, hosts)}, nil
}

// flowBody is a collection as the server has it, on the wire.
type flowBody struct {
	ClientID    string     `json:"client_id"`
	FlowID      string     `json:"flow_id"`
	State       string     `json:"state" doc:"WAITING, IN_PROGRESS, RUNNING, FINISHED, ERROR or UNRESPONSIVE"`
	Error       string     `json:"error" doc:"the endpoint's words"`
	Artifacts   []string   `json:"artifacts" nullable:"false"`
	WithResults []string   `json:"artifacts_with_results" nullable:"false"`
	Rows        int64      `json:"rows"`
	Files       int64      `json:"files"`
	Bytes       int64      `json:"bytes" doc:"of the files"`
	CreatedAt   *time.Time `json:"created_at"`
	ActiveAt    *time.Time `json:"active_at" doc:"its last sign of life"`
}

func shapeFlow(f *velociraptor.Flow) flowBody {
	return flowBody{
		ClientID: f.ClientID, FlowID: f.FlowID, State: string(f.State), Error: f.Status, Artifacts: notNil(f.Artifacts), WithResults: notNil(f.WithResults),
		Rows: f.Rows, Files: f.Files, Bytes: f.Bytes, CreatedAt: moment(f.Started), ActiveAt: moment(f.Active),
	}
}

type listFlowsIn struct {
	ClientInput

	Limit int `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type flowsOut struct {
	Body []flowBody `nullable:"false"`
}

func (a *API) listFlows(ctx context.Context, in *listFlowsIn) (*flowsOut, error) {
	list, err := a.fleet.Flows(ctx, a.tenant(ctx), in.ClientID, in.Limit)
	if err != nil {
		return nil, notConfigured(err)
	}
	out := &flowsOut{Body: make([]flowBody, len(list))}
	for i := range list {
		out.Body[i] = shapeFlow(&list[i])
	}
	return out, nil
}
