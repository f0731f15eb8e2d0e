package velotest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// hunt is a hunt. It stays RUNNING after its last endpoint.
type hunt struct {
	change // as it was made

	created   time.Time
	expires   time.Time
	stopped   time.Time   // zero: never
	pending   []*endpoint // that it is for and that have not heard of it, those first that will
	away      []*endpoint // whose time has come while they were not there
	joined    []joined    // in the order in which they heard of it
	place     map[int32]int32
	cancelled map[int32]time.Time
	told      int // of joined: their end has had its effects
	results   int
	failures  int
}

// joined is an endpoint that heard of a hunt.
type joined struct {
	e  *endpoint
	at time.Time
}

const week = 7 * 24 * time.Hour

// flowID is the flow of a hunt, the same at each endpoint; huntOf is its inverse, "" for another flow.
func (h *hunt) flowID() string { return "F." + strings.TrimPrefix(h.ID, "H.") + ".H" }

func huntOf(flowID string) string {
	name, ok := strings.CutSuffix(strings.TrimPrefix(flowID, "F."), ".H")
	if !ok {
		return ""
	}
	return "H." + name
}

// flow is what the hunt does on an endpoint; nil when that has not heard of it.
func (h *hunt) flow(o *org, e *endpoint) *flow {
	i, ok := h.place[e.n]
	if !ok {
		return nil
	}
	j := h.joined[i]
	return &flow{
		e: e, client: o.clientID(e), id: h.flowID(), artifacts: h.Artifacts, params: h.Params, maxRows: h.Rows, creator: h.By,
		created: j.at, picked: j.at, cancelled: h.cancelled[e.n], hunted: true,
	}
}

// until is the moment after which nobody hears of it.
func (h *hunt) until(now time.Time) time.Time {
	if h.expires.Before(now) {
		now = h.expires
	}
	if !h.stopped.IsZero() && h.stopped.Before(now) {
		now = h.stopped
	}
	return now
}

func (h *hunt) state(now time.Time) string {
	switch {
	case !h.stopped.IsZero() || !now.Before(h.expires):
		return "STOPPED"
	case h.Paused:
		return "PAUSED"
	default:
		return "RUNNING"
	}
}

func (h *hunt) row(now time.Time) record {
	condition := record{{"excluded_labels", record{{"label", texts(h.Exclude)}}}, {"labels", record{{"label", texts(h.Include)}}}, {"os", record{{"os", cmp.Or(strings.ToUpper(h.OS), "ALL")}}}}
	return record{
		{"hunt_id", h.ID},
		{"create_time", h.created.UnixMicro()},
		{"creator", h.By},
		{"start_time", h.created.UnixMicro()},
		{"expires", h.expires.UnixMicro()},
		{"hunt_description", h.Text},
		{"tags", texts(h.Tags)},
		{"start_request", record{{"creator", h.By}, {"flow_id", h.flowID()}, {"artifacts", h.Artifacts}, {"max_rows", h.Rows}}},
		{"condition", condition},
		{"client_limit", h.Count},
		{"stats", record{
			{"total_clients_scheduled", len(h.joined)},
			{"total_clients_with_results", h.results},
			{"total_clients_with_errors", h.failures},
			{"total_finished_clients", h.told},
			{"stopped", h.state(now) == "STOPPED"},
		}},
		{"artifacts", h.Artifacts},
		{"artifact_sources", h.Artifacts},
		{"state", h.state(now)},
		{"org_ids", []string{h.Org}},
	}
}

// texts is never null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// createHunt is the function of VQL: a system named throws the labels away.
func createHunt(q asked) answer {
	c := change{Op: opHunt, Text: q.env["Description"], Artifacts: list(q.env["Artifacts"]), By: q.by, OS: strings.ToLower(q.env["OS"]), Paused: q.env["Pause"] == "Y"}
	if json.Unmarshal([]byte(q.env["Spec"]), &c.Params) != nil {
		return failed("hunt: spec should be a dict")
	}
	if c.OS == "" {
		c.Include, c.Exclude = list(q.env["Include"]), list(q.env["Exclude"])
	}
	c.Until, c.Rows = int64(max(q.number("expires"), 0))*1_000_000, max(q.number("max_rows"), 0)
	h, complaint := q.newHunt(c)
	if h == nil {
		return failed("hunt: " + complaint)
	}
	return value(record{{"HuntId", h.ID}, {"Request", record{
		{"hunt_id", h.ID}, {"creator", h.By}, {"hunt_description", h.Text}, {"artifacts", h.Artifacts}, {"state", h.state(q.now)}, {"org_ids", []string{h.Org}},
	}}})
}

func (q asked) newHunt(c change) (h *hunt, complaint string) {
	if len(c.Artifacts) == 0 {
		return nil, "No artifacts to collect."
	}
	if complaint := q.mayCollect(c.Artifacts); complaint != "" {
		return nil, complaint
	}
	if c.Until == 0 {
		c.Until = q.now.Add(week).UnixMicro()
	}
	c.ID, c.Org = fmt.Sprintf("H.%013X", q.org.serial()), q.org.id
	q.change(c)
	return q.org.hunts[c.ID], ""
}

func (o *org) hunt(c change, at time.Time) {
	h := &hunt{change: c, created: at, expires: time.UnixMicro(c.Until).UTC(), place: map[int32]int32{}, cancelled: map[int32]time.Time{}}
	for _, e := range o.all {
		if o.targets(h, e) {
			h.pending = append(h.pending, e)
		}
	}
	slices.SortStableFunc(h.pending, func(a, b *endpoint) int { return cmp.Compare(a.lag, b.lag) })
	o.hunts[c.ID] = h
	if !o.replaying {
		o.monitor.huntCreated(o, h, at)
	}
}

// targets says whether the hunt is for the endpoint.
func (o *org) targets(h *hunt, e *endpoint) bool {
	has := func(l string) bool { return o.labelled(e, l) }
	return (h.OS == "" || e.system() == h.OS) && (len(h.Include) == 0 || slices.ContainsFunc(h.Include, has)) && !slices.ContainsFunc(h.Exclude, has)
}

func list(text string) (out []string) {
	_ = json.Unmarshal([]byte(text), &out) // an empty text is no list
	return out
}

// sortedHunts lists all hunts, the newest first.
func (o *org) sortedHunts() []*hunt {
	list := make([]*hunt, 0, len(o.hunts))
	for _, h := range o.hunts {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b *hunt) int { return cmp.Or(b.created.Compare(a.created), strings.Compare(b.ID, a.ID)) })
	return list
}

func hunts(q asked) answer {
	h := q.org.hunts[q.env["HuntId"]]
	if h == nil {
		return answer{rows: none, log: "hunts: hunt " + q.env["HuntId"] + " not found"}
	}
	return answer{rows: each([]record{h.row(q.now)})}
}

func listHunts(q asked) answer {
	var rows []record
	for _, h := range q.org.sortedHunts() {
		rows = append(rows, h.row(q.now))
	}
	return answer{rows: some(each(rows), 0, q.number("LIMIT"))}
}

func findHunt(q asked) answer {
	key, err := regexp.Compile("(?i)" + q.env["Key"])
	if err != nil {
		return answer{rows: none, log: "ERROR:" + err.Error()}
	}
	var rows []record
	for _, h := range q.org.sortedHunts() {
		if key.MatchString(h.Text) {
			rows = append(rows, record{{"hunt_id", h.ID}, {"hunt_description", h.Text}})
		}
	}
	return answer{rows: some(each(rows), 0, q.number("LIMIT"))}
}

// huntFlows gives endpoints in the order in which they heard of the hunt: a page stays what it is.
func huntFlows(q asked) answer {
	h := q.org.hunts[q.env["HuntId"]]
	if h == nil {
		return answer{rows: none, log: "hunt_flows: hunt " + q.env["HuntId"] + " not found"}
	}
	from := min(max(q.number("start_row"), 0), len(h.joined))
	to := len(h.joined)
	if most := q.number("limit"); most >= 0 {
		to = min(to, from+most)
	}
	rows := make([]record, 0, to-from)
	for _, j := range h.joined[from:to] {
		f := h.flow(q.org, j.e)
		rows = append(rows, record{{"HuntId", h.ID}, {"ClientId", f.client}, {"FlowId", f.id}, {"Flow", f.row(q.org, q.now)}})
	}
	return answer{rows: each(rows)}
}

func huntResults(q asked) answer {
	h := q.org.hunts[q.env["HuntId"]]
	if h == nil {
		return answer{rows: none}
	}
	var over []*flow
	for _, j := range h.joined {
		f := h.flow(q.org, j.e)
		if state, _, _ := f.state(q.now, q.org.p.Pace); state == stateFinished {
			over = append(over, f)
		}
	}
	return answer{rows: func(yield func(any) bool) {
		for _, f := range over {
			for row := range q.org.read(f, q.env["Artifact"], 0, -1) {
				if r, ok := row.(record); ok {
					row = append(slices.Clip(r), column{"FlowId", f.id}, column{"ClientId", f.client}, column{"_OrgId", q.org.id}, column{"Fqdn", f.e.fqdn()})
				}
				if !yield(row) {
					return
				}
			}
		}
	}}
}

// huntUpdate answers the id whatever it is.
func huntUpdate(q asked) answer {
	h := q.org.hunts[q.env["HuntId"]]
	if h == nil {
		return value(q.env["HuntId"])
	}
	c := change{Op: opUpdate, ID: h.ID, Until: int64(max(q.number("expires"), 0)) * 1_000_000}
	vql := strings.ToUpper(q.vql)
	c.Stop, c.Paused, c.On = strings.Contains(vql, "STOP=TRUE"), strings.Contains(vql, "PAUSE=TRUE"), strings.Contains(vql, "START=TRUE")
	q.change(c)
	return value(q.env["HuntId"])
}

func (o *org) update(c change, at time.Time) {
	h := o.hunts[c.ID]
	if h == nil {
		return
	}
	if c.Stop && h.stopped.IsZero() {
		h.stopped = at
	}
	if c.On && h.stopped.IsZero() {
		h.Paused = false
	} else if c.Paused {
		h.Paused = true
	}
	if c.Until > 0 {
		h.expires = time.UnixMicro(c.Until).UTC()
	}
}
