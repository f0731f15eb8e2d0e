package velotest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// flow is a collection from one endpoint, alone or of a hunt. Where it stands follows from the times alone.
type flow struct {
	e         *endpoint
	client    string
	id        string
	artifacts []string
	params    map[string]map[string]string
	maxRows   int
	urgent    bool
	creator   string
	created   time.Time
	picked    time.Time // when the endpoint heard of it; zero: not yet
	cancelled time.Time // zero: never
	hunted    bool      // of a hunt
}

// inProgress: an endpoint works on what it was asked after a tenth of its pace.
const inProgress = 10

// States of flows.
const (
	stateWaiting  = "WAITING"
	stateProgress = "IN_PROGRESS"
	stateError    = "ERROR"
	stateFinished = "FINISHED"
)

// state is WAITING, IN_PROGRESS, FINISHED or ERROR, the endpoint's words, and since when.
func (f *flow) state(now time.Time, pace time.Duration) (state, words string, at time.Time) {
	begin, end := f.picked.Add(pace/inProgress), f.picked.Add(pace)
	switch {
	case !f.cancelled.IsZero() && (f.picked.IsZero() || f.cancelled.Before(end)):
		return stateError, "Cancelled by " + f.creator, f.cancelled
	case f.picked.IsZero() || now.Before(begin):
		return stateWaiting, "", f.created
	case now.Before(end):
		return stateProgress, "", begin
	case f.fails():
		return stateError, f.complaint(), end
	default:
		return stateFinished, "", end
	}
}

func (f *flow) fails() bool { return f.e.failing() && (f.hunted || f.e.stubborn()) }

// complaint is one of a few: errors come in groups.
func (f *flow) complaint() string {
	words := [...]string{"Query timed out after 600 seconds", "open: Access is denied.", "Row limit exceeded: 1000000 rows"}
	return words[int(f.e.n/failingEvery)%len(words)]
}

func over(state string) bool { return state == stateFinished || state == stateError }

func (f *flow) row(o *org, now time.Time) record {
	state, words, at := f.state(now, o.p.Pace)
	results, rows, files, size := []string{}, 0, 0, int64(0)
	if state == stateFinished {
		results, rows = o.results(f)
		for _, file := range filesOf(f) {
			files, size = files+1, size+file.size
		}
	}
	active, spent := int64(0), int64(0)
	if state != stateWaiting {
		active = at.UnixMicro()
	}
	if over(state) && !f.picked.IsZero() {
		spent = at.Sub(f.picked).Nanoseconds()
	}
	return record{
		{"client_id", f.client},
		{"session_id", f.id},
		{"request", f.request()},
		{"backtrace", ""},
		{"create_time", f.created.UnixMicro()},
		{"start_time", f.created.UnixMicro()},
		{"active_time", active},
		{"total_uploaded_files", files},
		{"total_expected_uploaded_bytes", size},
		{"total_uploaded_bytes", size},
		{"total_collected_rows", rows},
		{"total_logs", 4},
		{"total_requests", len(f.artifacts)},
		{"execution_duration", spent},
		{"state", state},
		{"status", words},
		{"artifacts_with_results", results},
	}
}

func (f *flow) request() record {
	return record{
		{"creator", f.creator},
		{"client_id", f.client},
		{"flow_id", f.id},
		{"urgent", f.urgent},
		{"artifacts", f.artifacts},
		{"specs", []string{}},
		{"timeout", 0},
		{"max_rows", f.maxRows},
	}
}

func collectClient(q asked) answer {
	e := q.org.find(q.env["ClientId"])
	if e == nil {
		return unknownClient("collect_client", q.env["ClientId"])
	}
	names := list(q.env["Artifacts"])
	if len(names) == 0 {
		names = []string{q.env["Artifact"]}
	}
	if complaint := q.mayCollect(names); complaint != "" {
		return failed("collect_client: " + complaint)
	}
	var params map[string]map[string]string
	if json.Unmarshal([]byte(q.env["Spec"]), &params) != nil {
		return failed("collect_client: spec should be a dict")
	}
	id := q.env["FlowId"]
	if id == "" {
		id = fmt.Sprintf("F.%013X", q.org.serial())
	}
	q.change(change{
		Op: opCollect, Client: e.n, ID: id, Artifacts: names, Params: params, Count: max(q.number("max_rows"), 0), By: q.by, On: q.env["Urgent"] == "Y",
	})
	return value(record{{"flow_id", id}, {"request", q.org.flows[flowKey{e.id, id}].request()}})
}

// mayCollect says what is wrong with these artifacts; "" for nothing.
func (q asked) mayCollect(names []string) string {
	for _, name := range names {
		d, ok := q.org.artifact(name)
		if !ok {
			return "Unknown artifact " + name
		}
		if missing := q.lacks(d.permissions...); missing != "" {
			return "Permission denied: " + missing
		}
	}
	return ""
}

// collect launches a flow; an id that was there is launched anew.
func (o *org) collect(c change, at time.Time) {
	e := o.number(c.Client)
	if e == nil {
		return
	}
	f := &flow{
		e: e, client: o.clientID(e), id: c.ID, artifacts: c.Artifacts, params: c.Params, maxRows: c.Count, urgent: c.On, creator: c.By, created: at,
	}
	if on, _ := o.online(e, at); on {
		f.picked = at
	}
	key := flowKey{e.id, c.ID}
	if old := o.flows[key]; old != nil {
		o.byClient[e.id] = slices.DeleteFunc(o.byClient[e.id], func(f *flow) bool { return f == old })
		o.running = slices.DeleteFunc(o.running, func(f *flow) bool { return f == old })
	}
	o.flows[key], o.byClient[e.id], o.running = f, append(o.byClient[e.id], f), append(o.running, f)
}

// flow finds a collection, also one that a hunt made; nil when there is none. What is given is a copy.
func (o *org) flow(clientID, flowID string) *flow {
	e := o.find(clientID)
	if e == nil {
		return nil
	}
	if f := o.flows[flowKey{e.id, flowID}]; f != nil {
		copied := *f
		return &copied
	}
	if h := o.hunts[huntOf(flowID)]; h != nil {
		return h.flow(o, e)
	}
	return nil
}

func flows(q asked) answer {
	if q.org.find(q.env["ClientId"]) == nil {
		return answer{rows: none, log: "flows: Client ID " + q.env["ClientId"] + " not known in this org: NotFoundError"}
	}
	f := q.org.flow(q.env["ClientId"], q.env["FlowId"])
	if f == nil {
		return answer{rows: none}
	}
	return answer{rows: each([]record{f.row(q.org, q.now)})}
}

func flowsOfClient(q asked) answer {
	e := q.org.find(q.env["ClientId"])
	if e == nil {
		return answer{rows: none, log: "flows: Client ID " + q.env["ClientId"] + " not known in this org: NotFoundError"}
	}
	list := slices.Clone(q.org.byClient[e.id])
	for _, h := range q.org.hunts {
		if f := h.flow(q.org, e); f != nil {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b *flow) int { return b.created.Compare(a.created) })
	if most := q.number("LIMIT"); most >= 0 && most < len(list) {
		list = list[:most]
	}
	rows := make([]record, len(list))
	for i, f := range list {
		rows[i] = f.row(q.org, q.now)
	}
	return answer{rows: each(rows)}
}

// source gives nothing, silently, for what is unknown: a source left out, a flow that isn't, one that has not ended.
func source(q asked) answer {
	f := q.org.flow(q.env["ClientId"], q.env["FlowId"])
	if f == nil {
		return answer{rows: none}
	}
	if state, _, _ := f.state(q.now, q.org.p.Pace); state != stateFinished {
		return answer{rows: none}
	}
	return answer{rows: q.org.read(f, q.env["Artifact"], max(q.number("start_row"), 0), q.number("count"))}
}

// cancelFlow answers the id whatever it is.
func cancelFlow(q asked) answer {
	if f := q.org.flow(q.env["ClientId"], q.env["FlowId"]); f != nil {
		if state, _, _ := f.state(q.now, q.org.p.Pace); !over(state) {
			q.change(change{Op: opCancel, Client: f.e.n, ID: f.id})
		}
	}
	return value(record{{"flow_id", q.env["FlowId"]}})
}

func (o *org) cancel(c change, at time.Time) {
	e := o.number(c.Client)
	if e == nil {
		return
	}
	if f := o.flows[flowKey{e.id, c.ID}]; f != nil {
		f.cancelled = at
	} else if h := o.hunts[huntOf(c.ID)]; h != nil {
		h.cancelled[e.n] = at
	}
}
