package velociraptor

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Collection is one artifact to be collected from one endpoint.
type Collection struct {
	ClientID string
	FlowID   string // F.…, ours: the same id launches the same flow anew, so look first (Flow)
	Artifact string
	Params   map[string]string
	// Artifacts are several for one flow, in the place of Artifact, and Specs their parameters: artifact → parameter → value.
	Artifacts []string
	Specs     map[string]map[string]string

	Timeout time.Duration // on the endpoint; the artifact's own when zero
	MaxRows int           // the server's own when zero
	Urgent  bool
}

// Collect starts a collection and gives its flow's id. The server accepts unknown parameters silently: check them against
// Artifacts first. Faults: Invalid where it refuses, with its words.
func (c *Client) Collect(ctx context.Context, q Collection) (flowID string, err error) {
	args := []string{"client_id=ClientId", "artifacts=Artifact", "spec=parse_json(data=Spec)", "urgent=Urgent = 'Y'"}
	env := map[string]string{"ClientId": q.ClientID, "Artifact": q.Artifact, "Spec": specOf(map[string]map[string]string{q.Artifact: q.Params}), "Urgent": yes(q.Urgent)}
	if len(q.Artifacts) > 0 {
		args[1] = "artifacts=parse_json_array(data=Artifacts)"
		delete(env, "Artifact")
		env["Artifacts"], env["Spec"] = jsonList(q.Artifacts), specOf(q.Specs)
	}
	if q.FlowID != "" {
		args, env["FlowId"] = append(args, "flow_id=FlowId"), q.FlowID
	}
	args = append(args, limits(q.Timeout, q.MaxRows)...)
	flow, err := one[struct {
		FlowID string `json:"flow_id"`
	}](ctx, c, Statement{Name: "collect_client", VQL: `SELECT collect_client(` + strings.Join(args, ", ") + `) AS V FROM scope()`, Env: env},
		"the Velociraptor server started nothing and said nothing")
	return flow.FlowID, err
}

// limits are arguments that collect_client and hunt share; numbers only.
func limits(timeout time.Duration, maxRows int) (args []string) {
	if timeout > 0 {
		args = append(args, "timeout="+strconv.FormatInt(int64(timeout/time.Second), 10))
	}
	if maxRows > 0 {
		args = append(args, "max_rows="+strconv.Itoa(maxRows))
	}
	return args
}

// specOf is artifact → parameter → value as JSON, which goes in env.
func specOf(params map[string]map[string]string) string {
	for artifact, values := range params {
		if values == nil {
			params[artifact] = map[string]string{}
		}
	}
	b, _ := json.Marshal(params) //nolint:errchkjson // maps of texts always are JSON
	return string(b)
}

func yes(on bool) string {
	if on {
		return "Y"
	}
	return "N"
}

// FlowState is where a collection stands.
type FlowState string

// States of flows. The last three don't change any more, but for UNRESPONSIVE, whose endpoint may come back.
const (
	FlowWaiting      FlowState = "WAITING"
	FlowInProgress   FlowState = "IN_PROGRESS"
	FlowRunning      FlowState = "RUNNING"
	FlowFinished     FlowState = "FINISHED"
	FlowError        FlowState = "ERROR"
	FlowUnresponsive FlowState = "UNRESPONSIVE"
)

// Over says whether the flow has ended.
func (s FlowState) Over() bool { return s == FlowFinished || s == FlowError }

// Flow is a collection on the server.
type Flow struct {
	ClientID    string
	FlowID      string
	State       FlowState
	Status      string   // the endpoint's words where it failed
	Artifacts   []string // asked for
	WithResults []string // A or A/Source: what Rows can read
	Rows        int64
	Files       int64
	Bytes       int64
	Started     time.Time
	Active      time.Time // last sign of life
}

type flowRow struct {
	ClientID    string   `json:"client_id"`
	SessionID   string   `json:"session_id"`
	FlowID      string   `json:"flow_id"`
	State       string   `json:"state"`
	Status      string   `json:"status"`
	WithResults []string `json:"artifacts_with_results"`
	Rows        number   `json:"total_collected_rows"`
	Files       number   `json:"total_uploaded_files"`
	Bytes       number   `json:"total_uploaded_bytes"`
	Started     number   `json:"start_time"`
	Created     number   `json:"create_time"`
	Active      number   `json:"active_time"`
	Request     struct {
		Artifacts []string `json:"artifacts"`
	} `json:"request"`
}

func (r *flowRow) flow() Flow {
	f := Flow{
		ClientID: r.ClientID, FlowID: r.SessionID, State: FlowState(r.State), Status: r.Status, Artifacts: r.Request.Artifacts, WithResults: r.WithResults,
		Rows: r.Rows.int(), Files: r.Files.int(), Bytes: r.Bytes.int(), Started: r.Started.micros(), Active: r.Active.micros(),
	}
	if f.FlowID == "" {
		f.FlowID = r.FlowID
	}
	if f.Started.IsZero() {
		f.Started = r.Created.micros()
	}
	return f
}

// Flow reads a collection. Faults: NotFound.
func (c *Client) Flow(ctx context.Context, clientID, flowID string) (Flow, error) {
	const none = "the Velociraptor server knows no such collection"
	rows, err := list[flowRow](ctx, c, Statement{
		Name: "flows", VQL: `SELECT * FROM flows(client_id=ClientId, flow_id=FlowId)`,
		Env: map[string]string{"ClientId": clientID, "FlowId": flowID},
	})
	if err != nil {
		return Flow{}, missing(err, none)
	}
	i := slices.IndexFunc(rows, func(r flowRow) bool { return r.SessionID == flowID || r.FlowID == flowID })
	if i < 0 {
		return Flow{}, fault.New(fault.NotFound, none)
	}
	return rows[i].flow(), nil
}

// Flows lists an endpoint's collections, the newest first.
func (c *Client) Flows(ctx context.Context, clientID string, limit int) ([]Flow, error) {
	rows, err := list[flowRow](ctx, c, Statement{
		Name: "flows_of_client", VQL: `SELECT * FROM flows(client_id=ClientId) ORDER BY create_time DESC LIMIT ` + strconv.Itoa(limit),
		Env: map[string]string{"ClientId": clientID},
	})
	out := make([]Flow, len(rows))
	for i := range rows {
		out[i] = rows[i].flow()
	}
	return out, err
}

// Rows reads a collection's rows from start on, at most count, as they come. artifact is one of Flow.WithResults: an
// artifact of several sources gives nothing without its source, silently.
func (c *Client) Rows(ctx context.Context, clientID, flowID, artifact string, start, count int64, each func(Row) error) error {
	return c.Query(ctx, Statement{
		Name: "source", Within: longDeadline,
		VQL: `SELECT * FROM source(client_id=ClientId, flow_id=FlowId, artifact=Artifact, start_row=` + strconv.FormatInt(start, 10) +
			`, count=` + strconv.FormatInt(count, 10) + `)`,
		Env: map[string]string{"ClientId": clientID, "FlowId": flowID, "Artifact": artifact},
	}, each)
}

// CancelFlow asks the endpoint to stop, and gives the state that was read back: the server answers an id even for a
// collection that it doesn't know. Faults: NotFound.
func (c *Client) CancelFlow(ctx context.Context, clientID, flowID string) (Flow, error) {
	err := c.Query(ctx, Statement{
		Name: "cancel_flow", VQL: `SELECT cancel_flow(client_id=ClientId, flow_id=FlowId) AS V FROM scope()`,
		Env: map[string]string{"ClientId": clientID, "FlowId": flowID},
	}, func(Row) error { return nil })
	if err != nil {
		return Flow{}, err
	}
	return c.Flow(ctx, clientID, flowID)
}

// missing turns the fault of a null row, or the log's words about something unknown, into NotFound.
func missing(err error, text string) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.StableCode() != CodeStatement || f.Kind != fault.Invalid {
		return err
	}
	for _, sign := range []string{"not found", "not known", "notfound", "unknown", "not exist"} {
		if strings.Contains(strings.ToLower(f.Error()), sign) {
			return fault.Wrap(err, fault.NotFound, "%s", text)
		}
	}
	return err
}
