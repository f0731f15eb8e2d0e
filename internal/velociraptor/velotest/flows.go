package velotest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// flow is a collection. Where it stands follows from the time alone.
type flow struct {
	client    *endpoint
	id        string
	artifacts []string
	params    map[string]map[string]string
	created   time.Time
	cancelled time.Time // zero: never
}

// Parts of an endpoint's pace.
const inProgress = 10 // it is picked up after a tenth of it

// state is WAITING, IN_PROGRESS, RUNNING, FINISHED or ERROR, and since when.
func (f *flow) state(now time.Time, pace time.Duration) (state, words string, at time.Time) {
	begin, end := f.created.Add(pace/inProgress), f.created.Add(pace)
	switch {
	case !f.cancelled.IsZero() && (f.client.offline || f.cancelled.Before(end)):
		return "ERROR", "Cancelled by user", f.cancelled
	case f.client.offline || now.Before(begin):
		return "WAITING", "", f.created
	case now.Before(end):
		return "IN_PROGRESS", "", begin
	case f.client.failing:
		return "ERROR", "Query timed out after 600 seconds", end
	default:
		return "FINISHED", "", end
	}
}

func (f *flow) row(o *org, now time.Time) map[string]any {
	state, words, at := f.state(now, o.pace)
	results, rows := []string{}, 0
	if state == "FINISHED" {
		for _, name := range f.artifacts {
			for _, s := range sourcesOf(name) {
				if n := o.count(f, s); n > 0 {
					results, rows = append(results, s), rows+n
				}
			}
		}
	}
	active := int64(0)
	if state != "WAITING" {
		active = at.UnixMicro()
	}
	return map[string]any{
		"client_id": f.client.id, "session_id": f.id, "state": state, "status": words, "create_time": f.created.UnixMicro(),
		"start_time": f.created.UnixMicro(), "active_time": active, "execution_duration": o.pace.Nanoseconds(),
		"artifacts_with_results": results, "total_collected_rows": rows, "total_uploaded_files": len(filesOf(f)), "total_uploaded_bytes": 0,
		"request": map[string]any{"creator": "simulated", "client_id": f.client.id, "flow_id": f.id, "artifacts": f.artifacts},
	}
}

func collectClient(q asked) answer {
	e, ok := q.org.byID[q.env["ClientId"]]
	if !ok {
		return failed("collect_client: Client ID " + q.env["ClientId"] + " not known in this org: NotFoundError")
	}
	artifacts := texts(q.env["Artifacts"])
	if len(artifacts) == 0 {
		artifacts = []string{q.env["Artifact"]}
	}
	for _, name := range artifacts {
		if !knownArtifact(name) {
			return failed("collect_client: Unknown artifact " + name)
		}
	}
	f := &flow{client: e, id: q.env["FlowId"], artifacts: artifacts, created: q.now}
	if json.Unmarshal([]byte(q.env["Spec"]), &f.params) != nil {
		return failed("collect_client: spec should be a dict")
	}
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	if f.id == "" {
		q.org.next++
		f.id = fmt.Sprintf("F.%013X", q.org.next)
	}
	q.org.flows[e.id+f.id] = f // an id that was there is launched anew
	return value(map[string]any{"flow_id": f.id, "request": map[string]any{"client_id": e.id, "flow_id": f.id, "artifacts": f.artifacts}})
}

// flow finds a collection, also one that a hunt made; nil when there is none.
func (o *org) flow(clientID, flowID string) *flow {
	o.mu.Lock()
	defer o.mu.Unlock()
	if f := o.flows[clientID+flowID]; f != nil {
		return f
	}
	name, ok := strings.CutSuffix(strings.TrimPrefix(flowID, "F."), ".H")
	h, e := o.hunts["H."+name], o.byID[clientID]
	if !ok || h == nil || e == nil || !slices.Contains(h.targets, e) {
		return nil
	}
	return h.flow(e)
}

func flows(q asked) answer {
	if _, ok := q.org.byID[q.env["ClientId"]]; !ok {
		return answer{rows: each(nil), log: "flows: Client ID " + q.env["ClientId"] + " not known in this org: NotFoundError"}
	}
	f := q.org.flow(q.env["ClientId"], q.env["FlowId"])
	if f == nil {
		return answer{rows: each(nil)}
	}
	return answer{rows: each([]map[string]any{f.row(q.org, q.now)})}
}

func flowsOfClient(q asked) answer {
	q.org.mu.Lock()
	var list []*flow
	for _, f := range q.org.flows {
		if f.client.id == q.env["ClientId"] {
			list = append(list, f)
		}
	}
	q.org.mu.Unlock()
	slices.SortFunc(list, func(a, b *flow) int { return b.created.Compare(a.created) })
	rows := make([]map[string]any, len(list))
	for i, f := range list {
		rows[i] = f.row(q.org, q.now)
	}
	return answer{rows: some(each(rows), 0, q.number("LIMIT"))}
}

// source gives nothing, silently, for what is unknown: a source left out, a flow that isn't, one that has not ended.
func source(q asked) answer {
	f := q.org.flow(q.env["ClientId"], q.env["FlowId"])
	if f == nil {
		return answer{rows: each(nil)}
	}
	if state, _, _ := f.state(q.now, q.org.pace); state != "FINISHED" {
		return answer{rows: each(nil)}
	}
	return answer{rows: some(q.org.rows(f, q.env["Artifact"]), q.number("start_row"), q.number("count"))}
}

// cancelFlow answers the id whatever it is.
func cancelFlow(q asked) answer {
	if f := q.org.flow(q.env["ClientId"], q.env["FlowId"]); f != nil {
		if state, _, _ := f.state(q.now, q.org.pace); state != "FINISHED" && state != "ERROR" {
			q.org.cancel(*f, q.now)
		}
	}
	return value(map[string]any{"flow_id": q.env["FlowId"]})
}

// cancel puts a cancelled copy in the flow's place.
func (o *org) cancel(f flow, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f.cancelled = now
	o.flows[f.client.id+f.id] = &f
}

func filesOf(f *flow) []string {
	if !slices.Contains(f.artifacts, "Generic.Collectors.File") {
		return nil
	}
	return []string{"/etc/hosts"}
}

func uploads(q asked) answer {
	f := q.org.flow(q.env["ClientId"], q.env["FlowId"])
	if f == nil {
		return answer{rows: each(nil)}
	}
	var rows []map[string]any
	for _, path := range filesOf(f) {
		components := []string{"clients", f.client.id, "collections", f.id, "uploads", "auto", path}
		rows = append(rows, map[string]any{"vfs_path": path, "file_size": len(fileOf(components)), "_Components": components})
	}
	return answer{rows: each(rows)}
}
