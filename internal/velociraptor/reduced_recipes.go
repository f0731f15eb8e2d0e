package velociraptor

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Check asks the gateway who we are. Faults: Unavailable, Forbidden.
func (c *Reduced) Check(ctx context.Context) error {
	_, err := c.Whoami(ctx)
	return err
}

type userTraits struct {
	Username string `json:"username"`
	Orgs     []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"orgs"`
}

// Whoami gives our user and the org that answers: the gateway answers with the root org's data, silently, where our user has
// no access to the one that is named.
func (c *Reduced) Whoami(ctx context.Context) (Identity, error) {
	var u userTraits
	if err := c.get(ctx, "/api/v1/GetUserUITraits", nil, &u); err != nil {
		return Identity{}, err
	}
	if u.Username == "" {
		return Identity{}, fault.New(fault.Unavailable, "what answers at this address is no Velociraptor gateway: it knows no user").WithCode(CodeTLS)
	}
	me := Identity{User: u.Username, Org: "root"}
	for _, o := range u.Orgs {
		if c.p.OrgID != "" && strings.EqualFold(o.ID, c.p.OrgID) {
			me.Org = c.p.OrgID
		}
	}
	return me, nil
}

// Orgs are those that our user has access to.
func (c *Reduced) Orgs(ctx context.Context) ([]Org, error) {
	var u userTraits
	if err := c.get(ctx, "/api/v1/GetUserUITraits", nil, &u); err != nil {
		return nil, err
	}
	out := make([]Org, len(u.Orgs))
	for i, o := range u.Orgs {
		out[i] = Org{ID: o.ID, Name: o.Name}
	}
	return out, nil
}

// Artifacts reads all definitions.
func (c *Reduced) Artifacts(ctx context.Context) ([]Artifact, error) {
	var list struct {
		Items []artifactRow `json:"items"`
	}
	fields := map[string]bool{"name": true, "description": true, "type": true, "sources": true, "parameters": true, "required_permissions": true}
	if err := c.post(ctx, "/api/v1/GetArtifacts", map[string]any{"search_term": "", "fields": fields, "number_of_results": 5000}, &list); err != nil {
		return nil, err
	}
	return artifactsOf(list.Items), nil
}

// searched asks for clients; the offset is a number of rows, for the gateway has no other place to go on from.
func (c *Reduced) searched(ctx context.Context, search string, offset, limit int) ([]Endpoint, error) {
	var list struct {
		Items []endpointRow `json:"items"`
	}
	q := url.Values{"query": {search}, "offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(limit)}}
	if err := c.get(ctx, "/api/v1/SearchClients", q, &list); err != nil {
		return nil, err
	}
	return endpoints(list.Items), c.ours(list.Items)
}

// ours refuses endpoints of another org than the one that was named.
func (c *Reduced) ours(rows []endpointRow) error {
	for i := range rows {
		if c.p.OrgID != "" && !strings.EqualFold(c.p.OrgID, "root") && !strings.HasSuffix(strings.ToUpper(rows[i].ClientID), "-"+strings.ToUpper(c.p.OrgID)) {
			return fault.New(fault.Invalid, "the Velociraptor gateway answers for another org: our user has no access to %s", c.p.OrgID).WithCode(CodeNoOrg)
		}
	}
	return nil
}

const reducedPage = 1000

// Clients pages through the org's endpoints in the order of their ids. The gateway gives them in an order of its own, so each
// page reads them all: a reduced connection is for small fleets.
func (c *Reduced) Clients(ctx context.Context, after string, limit int) ([]Endpoint, error) {
	var all []Endpoint
	for offset := 0; ; offset += reducedPage {
		page, err := c.searched(ctx, "all", offset, reducedPage)
		if err != nil {
			return nil, err
		}
		for i := range page {
			if page[i].ClientID > after {
				all = append(all, page[i])
			}
		}
		if len(page) < reducedPage {
			break
		}
	}
	slices.SortFunc(all, func(a, b Endpoint) int { return strings.Compare(a.ClientID, b.ClientID) })
	all = slices.CompactFunc(all, func(a, b Endpoint) bool { return a.ClientID == b.ClientID })
	return all[:min(limit, len(all))], nil
}

// SearchClients finds endpoints as the server's own search does.
func (c *Reduced) SearchClients(ctx context.Context, search string, limit int) ([]Endpoint, error) {
	return c.searched(ctx, search, 0, limit)
}

// ClientInfo reads one endpoint. Faults: NotFound.
func (c *Reduced) ClientInfo(ctx context.Context, clientID string) (Endpoint, error) {
	var row endpointRow
	if err := c.get(ctx, "/api/v1/GetClient/"+url.PathEscape(clientID), nil, &row); err != nil {
		return Endpoint{}, missing(err, "the Velociraptor server knows no such client")
	}
	if row.ClientID != clientID { // an empty object for one that it doesn't know
		return Endpoint{}, fault.New(fault.NotFound, "the Velociraptor server knows no such client")
	}
	return row.endpoint(), c.ours([]endpointRow{row})
}

type pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// request is what collections and hunts are asked for with.
func request(artifacts []string, params map[string]map[string]string, timeout time.Duration, maxRows int) map[string]any {
	specs := make([]map[string]any, len(artifacts))
	for i, name := range artifacts {
		env := []pair{}
		for key, value := range params[name] {
			env = append(env, pair{key, value})
		}
		slices.SortFunc(env, func(a, b pair) int { return strings.Compare(a.Key, b.Key) })
		specs[i] = map[string]any{"artifact": name, "parameters": map[string]any{"env": env}}
	}
	out := map[string]any{"artifacts": artifacts, "specs": specs}
	if timeout > 0 {
		out["timeout"] = int64(timeout / time.Second)
	}
	if maxRows > 0 {
		out["max_rows"] = maxRows
	}
	return out
}

// Collect starts a collection and gives its flow's id, which is the server's own: a second try starts a second one, so that
// hunts are not carried out this way.
func (c *Reduced) Collect(ctx context.Context, q Collection) (flowID string, err error) {
	if len(q.Artifacts) > 0 {
		return "", lacks("many")
	}
	in := request([]string{q.Artifact}, map[string]map[string]string{q.Artifact: q.Params}, q.Timeout, q.MaxRows)
	in["client_id"], in["urgent"] = q.ClientID, q.Urgent
	var out struct {
		FlowID string `json:"flow_id"`
	}
	if err := c.post(ctx, "/api/v1/CollectArtifact", in, &out); err != nil {
		return "", err
	}
	if out.FlowID == "" {
		return "", fault.New(fault.Invalid, "the Velociraptor server started nothing and said nothing").WithCode(CodeStatement)
	}
	return out.FlowID, nil
}

// Flow reads a collection. Faults: NotFound.
func (c *Reduced) Flow(ctx context.Context, clientID, flowID string) (Flow, error) {
	var out struct {
		Context flowRow `json:"context"`
	}
	if err := c.get(ctx, "/api/v1/GetFlowDetails", url.Values{"client_id": {clientID}, "flow_id": {flowID}}, &out); err != nil {
		return Flow{}, missing(err, "the Velociraptor server knows no such collection")
	}
	f := out.Context.flow()
	if f.FlowID != flowID {
		return Flow{}, fault.New(fault.NotFound, "the Velociraptor server knows no such collection")
	}
	return f, nil
}

// CancelFlow asks the endpoint to stop, and gives the state that was read back. Faults: NotFound.
func (c *Reduced) CancelFlow(ctx context.Context, clientID, flowID string) (Flow, error) {
	if err := c.post(ctx, "/api/v1/CancelFlow", map[string]string{"client_id": clientID, "flow_id": flowID}, &json.RawMessage{}); err != nil {
		return Flow{}, missing(err, "the Velociraptor server knows no such collection")
	}
	return c.Flow(ctx, clientID, flowID)
}

// CreateHunt starts a hunt and gives its id. Unlike queries, the gateway keeps a system and labels together.
func (c *Reduced) CreateHunt(ctx context.Context, q HuntRequest) (huntID string, err error) {
	condition := map[string]any{}
	if q.OS != "" {
		condition["os"] = map[string]string{"os": map[string]string{"windows": "WINDOWS", "linux": "LINUX", "darwin": "OSX"}[q.OS]}
	}
	if len(q.Include) > 0 {
		condition["labels"] = map[string]any{"label": q.Include}
	}
	if len(q.Exclude) > 0 {
		condition["excluded_labels"] = map[string]any{"label": q.Exclude}
	}
	in := map[string]any{"hunt_description": q.Description, "start_request": request(q.Artifacts, q.Params, q.Timeout, q.MaxRows), "condition": condition, "state": "RUNNING"}
	if q.Paused {
		in["state"] = "PAUSED"
	}
	if !q.Expires.IsZero() {
		in["expires"] = q.Expires.UnixMicro()
	}
	var out struct {
		FlowID string `json:"flow_id"` // the hunt's id, under this name
	}
	if err := c.post(ctx, "/api/v1/CreateHunt", in, &out); err != nil {
		return "", err
	}
	if !strings.HasPrefix(out.FlowID, "H.") {
		return "", fault.New(fault.Invalid, "the Velociraptor server started no hunt and said nothing").WithCode(CodeStatement)
	}
	return out.FlowID, nil
}

// Hunt reads a hunt. Faults: NotFound.
func (c *Reduced) Hunt(ctx context.Context, huntID string) (Hunt, error) {
	var row huntRow
	if err := c.get(ctx, "/api/v1/GetHunt", url.Values{"hunt_id": {huntID}}, &row); err != nil {
		return Hunt{}, missing(err, "the Velociraptor server knows no such hunt")
	}
	if row.HuntID != huntID {
		return Hunt{}, fault.New(fault.NotFound, "the Velociraptor server knows no such hunt")
	}
	return row.hunt(), nil
}

// Hunts lists the org's hunts, the newest first.
func (c *Reduced) Hunts(ctx context.Context, limit int) ([]Hunt, error) {
	var list struct {
		Items []huntRow `json:"items"`
	}
	if err := c.get(ctx, "/api/v1/ListHunts", url.Values{"count": {strconv.Itoa(limit)}, "offset": {"0"}}, &list); err != nil {
		return nil, err
	}
	out := make([]Hunt, len(list.Items))
	for i := range list.Items {
		out[i] = list.Items[i].hunt()
	}
	slices.SortFunc(out, func(a, b Hunt) int { return b.Created.Compare(a.Created) })
	return out, nil
}

// FindHunt looks for the hunt whose description holds a key of ours, among the newest.
func (c *Reduced) FindHunt(ctx context.Context, key string) (huntID string, err error) {
	list, err := c.Hunts(ctx, reducedPage)
	if i := slices.IndexFunc(list, func(h Hunt) bool { return strings.Contains(h.Description, key) }); i >= 0 {
		return list[i].HuntID, err
	}
	return "", err
}

// StopHunt stops a hunt and gives what was read back. Faults: NotFound.
func (c *Reduced) StopHunt(ctx context.Context, huntID string) (Hunt, error) {
	if err := c.post(ctx, "/api/v1/ModifyHunt", map[string]string{"hunt_id": huntID, "state": "STOPPED"}, &json.RawMessage{}); err != nil {
		return Hunt{}, missing(err, "the Velociraptor server knows no such hunt")
	}
	return c.Hunt(ctx, huntID)
}

// SetLabel is not for the gateway. Fault: Invalid (velociraptor_reduced); so are the following.
func (c *Reduced) SetLabel(context.Context, string, string, bool) error { return lacks("label") }

// Flows is not for the gateway.
func (c *Reduced) Flows(context.Context, string, int) ([]Flow, error) { return nil, lacks("flows") }

// Rows is not for the gateway.
func (c *Reduced) Rows(context.Context, string, string, string, int64, int64, func(Row) error) error {
	return lacks("rows")
}

// Uploads is not for the gateway.
func (c *Reduced) Uploads(context.Context, string, string) ([]Upload, error) {
	return nil, lacks("uploads")
}

// ReadFile is not for the gateway.
func (c *Reduced) ReadFile(context.Context, []string, io.Writer) (int64, error) {
	return 0, lacks("uploads")
}

// HuntFlows is not for the gateway.
func (c *Reduced) HuntFlows(context.Context, string, int64, int64, func(HuntFlow) error) error {
	return lacks("rows")
}

// Query is not for the gateway.
func (c *Reduced) Query(context.Context, Statement, func(Row) error) error { return lacks("query") }
