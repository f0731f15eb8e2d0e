package velociraptor

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Endpoint is what the server calls a client: one machine with an agent.
type Endpoint struct {
	ClientID  string
	Hostname  string // empty for some seconds after enrolment
	FQDN      string
	System    string // windows, linux, darwin
	Release   string
	Machine   string // architecture
	MACs      []string
	LastIP    string // without port
	Labels    []string
	FirstSeen time.Time
	LastSeen  time.Time
	Agent     string // name and version of the agent
}

// endpointRow is an endpoint as the server gives it: first_seen_at in seconds, last_seen_at in microseconds.
type endpointRow struct {
	ClientID string `json:"client_id"`
	OS       struct {
		System   string   `json:"system"`
		Hostname string   `json:"hostname"`
		FQDN     string   `json:"fqdn"`
		Release  string   `json:"release"`
		Machine  string   `json:"machine"`
		MACs     []string `json:"mac_addresses"`
	} `json:"os_info"`
	LastIP string   `json:"last_ip"`
	Labels []string `json:"labels"`
	First  number   `json:"first_seen_at"`
	Last   number   `json:"last_seen_at"`
	Agent  struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"agent_information"`
}

func (r *endpointRow) endpoint() Endpoint {
	return Endpoint{
		ClientID: r.ClientID, Hostname: r.OS.Hostname, FQDN: r.OS.FQDN, System: strings.ToLower(r.OS.System), Release: r.OS.Release,
		Machine: r.OS.Machine, MACs: r.OS.MACs, LastIP: withoutPort(r.LastIP), Labels: r.Labels,
		FirstSeen: r.First.seconds(), LastSeen: r.Last.micros(), Agent: strings.TrimSpace(r.Agent.Name + " " + r.Agent.Version),
	}
}

const endpointColumns = `client_id, os_info, last_ip, labels, first_seen_at, last_seen_at, agent_information`

// Clients pages through the org's endpoints in the order of their ids: those after the given id, at most limit.
func (c *Client) Clients(ctx context.Context, after string, limit int) ([]Endpoint, error) {
	rows, err := list[endpointRow](ctx, c, Statement{
		Name: "clients",
		VQL:  `SELECT ` + endpointColumns + ` FROM clients() WHERE client_id > After ORDER BY client_id LIMIT ` + strconv.Itoa(limit),
		Env:  map[string]string{"After": after},
	})
	return endpoints(rows), err
}

// SearchClients finds endpoints as the server's own search does: host:, label:, ip:, mac:, all, or an id.
func (c *Client) SearchClients(ctx context.Context, search string, limit int) ([]Endpoint, error) {
	rows, err := list[endpointRow](ctx, c, Statement{
		Name: "search_clients",
		VQL:  `SELECT ` + endpointColumns + ` FROM clients(search=Search) LIMIT ` + strconv.Itoa(limit),
		Env:  map[string]string{"Search": search},
	})
	return endpoints(rows), err
}

func endpoints(rows []endpointRow) []Endpoint {
	out := make([]Endpoint, len(rows))
	for i := range rows {
		out[i] = rows[i].endpoint()
	}
	return out
}

// ClientInfo reads one endpoint. Faults: NotFound.
func (c *Client) ClientInfo(ctx context.Context, clientID string) (Endpoint, error) {
	row, err := one[endpointRow](ctx, c, Statement{
		Name: "client_info", VQL: `SELECT client_info(client_id=ClientId) AS V FROM scope()`, Env: map[string]string{"ClientId": clientID},
	}, "the Velociraptor server knows no such client")
	if err = missing(err, "the Velociraptor server knows no such client"); err != nil {
		return Endpoint{}, err
	}
	return row.endpoint(), nil
}

// SetLabel adds a label to an endpoint, or takes it away.
func (c *Client) SetLabel(ctx context.Context, clientID, label string, on bool) error {
	op := "set"
	if !on {
		op = "remove"
	}
	return c.Query(ctx, Statement{
		Name: "label", VQL: `SELECT label(client_id=ClientId, labels=Label, op=Op) AS V FROM scope()`,
		Env: map[string]string{"ClientId": clientID, "Label": label, "Op": op},
	}, func(Row) error { return nil })
}

// number reads what the server writes as a JSON number or as text.
type number string

func (n *number) UnmarshalJSON(b []byte) error {
	*n = number(strings.Trim(string(b), `"`))
	return nil
}

func (n number) int() int64 {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return i
	}
	f, _ := strconv.ParseFloat(string(n), 64) // null, or what is no number, is nothing
	return int64(f)
}

func (n number) seconds() time.Time { return moment(n.int(), time.Second) }

func (n number) micros() time.Time { return moment(n.int(), time.Microsecond) }

func moment(n int64, unit time.Duration) time.Time {
	if n <= 0 {
		return time.Time{}
	}
	if unit == time.Second {
		return time.Unix(n, 0).UTC()
	}
	return time.UnixMicro(n).UTC()
}

// withoutPort takes the port from host:port and [host]:port; last_ip is the address the server saw.
func withoutPort(address string) string {
	if i := strings.LastIndexByte(address, ':'); i > 0 && (strings.Count(address, ":") == 1 || address[i-1] == ']') {
		address = address[:i]
	}
	return strings.Trim(address, "[]")
}

var _ json.Unmarshaler = (*number)(nil)
