package velociraptor

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// HuntRequest is a hunt to be started.
type HuntRequest struct {
	Description string // holds our key: how a second try finds the first
	Artifacts   []string
	Params      map[string]map[string]string // artifact → parameter → value
	OS          string                       // windows, linux, darwin; empty: all. Not together with labels: the server would drop those
	Include     []string                     // labels
	Exclude     []string                     // labels
	Expires     time.Time                    // the server's week when zero
	Timeout     time.Duration                // on an endpoint
	MaxRows     int
	Paused      bool
}

// CreateHunt starts a hunt and gives its id. Faults: Invalid at os when labels are named too: the server drops them
// silently and would hunt everywhere.
func (c *Client) CreateHunt(ctx context.Context, q HuntRequest) (huntID string, err error) {
	if q.OS != "" && len(q.Include)+len(q.Exclude) > 0 {
		return "", fault.InvalidField("os", "not together with labels: the Velociraptor server would drop the labels; use a label for the system")
	}
	args := []string{"description=Description", "artifacts=parse_json_array(data=Artifacts)", "spec=parse_json(data=Spec)", "pause=Pause = 'Y'"}
	env := map[string]string{"Description": q.Description, "Artifacts": jsonList(q.Artifacts), "Spec": specOf(q.Params), "Pause": yes(q.Paused)}
	for _, limit := range []struct {
		arg, name, value string
	}{{"os", "OS", q.OS}, {"include_labels", "Include", jsonList(q.Include)}, {"exclude_labels", "Exclude", jsonList(q.Exclude)}} {
		switch {
		case limit.value == "" || limit.value == "[]":
			continue
		case limit.arg == "os":
			args = append(args, "os=OS")
		default:
			args = append(args, limit.arg+"=parse_json_array(data="+limit.name+")")
		}
		env[limit.name] = limit.value
	}
	if !q.Expires.IsZero() {
		args = append(args, "expires="+strconv.FormatInt(q.Expires.Unix(), 10))
	}
	args = append(args, limits(q.Timeout, q.MaxRows)...)
	hunt, err := one[struct {
		HuntID string `json:"HuntId"`
	}](ctx, c, Statement{Name: "hunt", VQL: `SELECT hunt(` + strings.Join(args, ", ") + `) AS V FROM scope()`, Env: env},
		"the Velociraptor server started no hunt and said nothing")
	return hunt.HuntID, err
}

// HuntState is where a hunt stands. A hunt stays RUNNING after its last endpoint: that it is complete is ours to see.
type HuntState string

// States of hunts.
const (
	HuntPaused   HuntState = "PAUSED"
	HuntRunning  HuntState = "RUNNING"
	HuntStopped  HuntState = "STOPPED"
	HuntArchived HuntState = "ARCHIVED"
)

// Hunt is a hunt on the server.
type Hunt struct {
	HuntID      string
	Description string
	State       HuntState
	Artifacts   []string
	Created     time.Time
	Expires     time.Time
	Scheduled   int64 // endpoints
	WithResults int64
	WithErrors  int64
}

type huntRow struct {
	HuntID      string   `json:"hunt_id"`
	Description string   `json:"hunt_description"`
	State       string   `json:"state"`
	Artifacts   []string `json:"artifacts"`
	Created     number   `json:"create_time"`
	Expires     number   `json:"expires"`
	Request     struct {
		Artifacts []string `json:"artifacts"`
	} `json:"start_request"`
	Stats struct {
		Scheduled   number `json:"total_clients_scheduled"`
		WithResults number `json:"total_clients_with_results"`
		WithErrors  number `json:"total_clients_with_errors"`
	} `json:"stats"`
}

func (r *huntRow) hunt() Hunt {
	h := Hunt{
		HuntID: r.HuntID, Description: r.Description, State: HuntState(r.State), Artifacts: r.Artifacts,
		Created: r.Created.micros(), Expires: r.Expires.micros(),
		Scheduled: r.Stats.Scheduled.int(), WithResults: r.Stats.WithResults.int(), WithErrors: r.Stats.WithErrors.int(),
	}
	if len(h.Artifacts) == 0 {
		h.Artifacts = r.Request.Artifacts
	}
	return h
}

// Hunt reads a hunt. Faults: NotFound.
func (c *Client) Hunt(ctx context.Context, huntID string) (Hunt, error) {
	const none = "the Velociraptor server knows no such hunt"
	rows, err := list[huntRow](ctx, c, Statement{Name: "hunts", VQL: `SELECT * FROM hunts(hunt_id=HuntId)`, Env: map[string]string{"HuntId": huntID}})
	if err != nil {
		return Hunt{}, missing(err, none)
	}
	for i := range rows {
		if rows[i].HuntID == huntID {
			return rows[i].hunt(), nil
		}
	}
	return Hunt{}, fault.New(fault.NotFound, none)
}

// FindHunt looks for the hunt whose description holds a key of ours; "" when there is none. It is asked before a hunt is
// started a second time.
func (c *Client) FindHunt(ctx context.Context, key string) (huntID string, err error) {
	rows, err := list[huntRow](ctx, c, Statement{
		Name: "find_hunt", VQL: `SELECT hunt_id, hunt_description FROM hunts() WHERE hunt_description =~ Key LIMIT 20`,
		Env: map[string]string{"Key": regexp.QuoteMeta(key)}, // brackets would be a class of characters, which many descriptions have
	})
	for i := range rows {
		if strings.Contains(rows[i].Description, key) {
			return rows[i].HuntID, err
		}
	}
	return "", err
}

// Hunts lists the org's hunts, the newest first.
func (c *Client) Hunts(ctx context.Context, limit int) ([]Hunt, error) {
	rows, err := list[huntRow](ctx, c, Statement{Name: "list_hunts", VQL: `SELECT * FROM hunts() ORDER BY create_time DESC LIMIT ` + strconv.Itoa(limit)})
	out := make([]Hunt, len(rows))
	for i := range rows {
		out[i] = rows[i].hunt()
	}
	return out, err
}

// HuntFlow is what a hunt does on one endpoint.
type HuntFlow struct {
	ClientID string
	FlowID   string
	Flow     Flow
}

// HuntFlows hands over a hunt's endpoints as they come, from start on, at most count.
func (c *Client) HuntFlows(ctx context.Context, huntID string, start, count int64, each func(HuntFlow) error) error {
	return c.Query(ctx, Statement{
		Name: "hunt_flows", Within: longDeadline,
		VQL: `SELECT ClientId, FlowId, Flow FROM hunt_flows(hunt_id=HuntId, start_row=` + strconv.FormatInt(start, 10) + `, limit=` + strconv.FormatInt(count, 10) + `)`,
		Env: map[string]string{"HuntId": huntID},
	}, func(row Row) error {
		r, err := decode[struct {
			ClientID string  `json:"ClientId"`
			FlowID   string  `json:"FlowId"`
			Flow     flowRow `json:"Flow"`
		}](row)
		if err != nil {
			return err
		}
		return each(HuntFlow{ClientID: r.ClientID, FlowID: r.FlowID, Flow: r.Flow.flow()})
	})
}

// HuntRows reads all rows of one artifact of a hunt: A or A/Source. With a source named apart the server gives nothing.
func (c *Client) HuntRows(ctx context.Context, huntID, artifact string, each func(Row) error) error {
	return c.Query(ctx, Statement{
		Name: "hunt_results", Within: longDeadline, VQL: `SELECT * FROM hunt_results(hunt_id=HuntId, artifact=Artifact)`,
		Env: map[string]string{"HuntId": huntID, "Artifact": artifact},
	}, each)
}

// StopHunt stops a hunt and gives what was read back: the server answers even for a hunt that it doesn't know. Faults:
// NotFound.
func (c *Client) StopHunt(ctx context.Context, huntID string) (Hunt, error) {
	err := c.Query(ctx, Statement{
		Name: "hunt_update", VQL: `SELECT hunt_update(hunt_id=HuntId, stop=TRUE) AS V FROM scope()`, Env: map[string]string{"HuntId": huntID},
	}, func(Row) error { return nil })
	if err != nil {
		return Hunt{}, missing(err, "the Velociraptor server knows no such hunt")
	}
	return c.Hunt(ctx, huntID)
}

// ExtendHunt gives a hunt another expiry and gives what was read back: the server answers even for a hunt that it doesn't
// know. Faults: NotFound.
func (c *Client) ExtendHunt(ctx context.Context, huntID string, expires time.Time) (Hunt, error) {
	err := c.Query(ctx, Statement{
		Name: "hunt_update", VQL: `SELECT hunt_update(hunt_id=HuntId, expires=` + strconv.FormatInt(expires.Unix(), 10) + `) AS V FROM scope()`,
		Env: map[string]string{"HuntId": huntID},
	}, func(Row) error { return nil })
	if err != nil {
		return Hunt{}, missing(err, "the Velociraptor server knows no such hunt")
	}
	return c.Hunt(ctx, huntID)
}
