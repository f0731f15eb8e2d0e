package velotest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// hunt is a hunt. It stays RUNNING after its last endpoint.
type hunt struct {
	id, description string
	artifacts       []string
	params          map[string]map[string]string
	created         time.Time
	expires         time.Time
	stopped         atomic.Pointer[time.Time] // nil: never
	targets         []*endpoint
}

const week = 7 * 24 * time.Hour

// flow is what the hunt does on an endpoint, from when that hears of it.
func (h *hunt) flow(e *endpoint) *flow {
	return &flow{client: e, id: "F." + strings.TrimPrefix(h.id, "H.") + ".H", artifacts: h.artifacts, params: h.params, created: h.created.Add(e.lag)}
}

// flowOf is flow, or what was made of it since.
func (h *hunt) flowOf(o *org, e *endpoint) *flow {
	f := h.flow(e)
	o.mu.Lock()
	defer o.mu.Unlock()
	if changed := o.flows[e.id+f.id]; changed != nil {
		return changed
	}
	return f
}

// scheduled are the endpoints that have heard of it by now: those that are there, before it was stopped or ran out.
func (h *hunt) scheduled(o *org, now time.Time) (out []*flow) {
	until := now
	if h.expires.Before(until) {
		until = h.expires
	}
	if stopped := h.stopped.Load(); stopped != nil && stopped.Before(until) {
		until = *stopped
	}
	for _, e := range h.targets {
		if f := h.flowOf(o, e); !e.offline && !f.created.After(until) {
			out = append(out, f)
		}
	}
	return out
}

func (h *hunt) row(o *org, now time.Time) map[string]any {
	results, failures := 0, 0
	list := h.scheduled(o, now)
	for _, f := range list {
		switch state, _, _ := f.state(now, o.pace); state {
		case "FINISHED":
			results++
		case "ERROR":
			failures++
		}
	}
	state := "RUNNING"
	if h.stopped.Load() != nil || now.After(h.expires) {
		state = "STOPPED"
	}
	return map[string]any{
		"hunt_id": h.id, "hunt_description": h.description, "state": state, "create_time": h.created.UnixMicro(), "expires": h.expires.UnixMicro(),
		"artifacts": h.artifacts, "start_request": map[string]any{"artifacts": h.artifacts},
		"stats": map[string]any{"total_clients_scheduled": len(list), "total_clients_with_results": results, "total_clients_with_errors": failures},
	}
}

func createHunt(q asked) answer {
	h := &hunt{description: q.env["Description"], created: q.now, expires: q.now.Add(week), artifacts: texts(q.env["Artifacts"])}
	if json.Unmarshal([]byte(q.env["Spec"]), &h.params) != nil {
		return failed("hunt: spec should be a dict")
	}
	for _, name := range h.artifacts {
		if !knownArtifact(name) {
			return failed("hunt: Unknown artifact " + name)
		}
	}
	if at := q.number("expires"); at > 0 {
		h.expires = time.Unix(int64(at), 0)
	}
	// A system named throws the labels away.
	include, exclude := texts(q.env["Include"]), texts(q.env["Exclude"])
	system := strings.ToLower(q.env["OS"])
	if system != "" {
		include, exclude = nil, nil
	}
	for _, e := range q.org.all {
		has := func(l string) bool { return q.org.labelled(e.id, l) }
		if (system == "" || e.system == system) && (len(include) == 0 || slices.ContainsFunc(include, has)) && !slices.ContainsFunc(exclude, has) {
			h.targets = append(h.targets, e)
		}
	}
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	q.org.next++
	h.id = fmt.Sprintf("H.%013X", q.org.next)
	q.org.hunts[h.id] = h
	return value(map[string]any{"HuntId": h.id, "Request": map[string]any{"hunt_id": h.id, "state": "RUNNING"}})
}

func texts(list string) (out []string) {
	_ = json.Unmarshal([]byte(list), &out) // an empty text is no list
	return out
}

// sortedHunts lists all hunts, the newest first.
func (o *org) sortedHunts() []*hunt {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]*hunt, 0, len(o.hunts))
	for _, h := range o.hunts {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b *hunt) int { return b.created.Compare(a.created) })
	return list
}

func (o *org) hunt(id string) *hunt {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.hunts[id]
}

func hunts(q asked) answer {
	h := q.org.hunt(q.env["HuntId"])
	if h == nil {
		return answer{rows: each(nil), log: "hunts: hunt " + q.env["HuntId"] + " not found"}
	}
	return answer{rows: each([]map[string]any{h.row(q.org, q.now)})}
}

func listHunts(q asked) answer {
	var rows []map[string]any
	for _, h := range q.org.sortedHunts() {
		rows = append(rows, h.row(q.org, q.now))
	}
	return answer{rows: some(each(rows), 0, q.number("LIMIT"))}
}

func findHunt(q asked) answer {
	key, err := regexp.Compile("(?i)" + q.env["Key"])
	if err != nil {
		return answer{rows: each(nil), log: "ERROR:" + err.Error()}
	}
	var rows []map[string]any
	for _, h := range q.org.sortedHunts() {
		if key.MatchString(h.description) {
			rows = append(rows, map[string]any{"hunt_id": h.id, "hunt_description": h.description})
		}
	}
	return answer{rows: some(each(rows), 0, q.number("LIMIT"))}
}

func huntFlows(q asked) answer {
	h := q.org.hunt(q.env["HuntId"])
	if h == nil {
		return answer{rows: each(nil), log: "hunt_flows: hunt " + q.env["HuntId"] + " not found"}
	}
	rows := func(yield func(any) bool) {
		for _, f := range h.scheduled(q.org, q.now) {
			if !yield(map[string]any{"HuntId": h.id, "ClientId": f.client.id, "FlowId": f.id, "Flow": f.row(q.org, q.now)}) {
				return
			}
		}
	}
	return answer{rows: some(rows, q.number("start_row"), q.number("limit"))}
}

func huntResults(q asked) answer {
	h := q.org.hunt(q.env["HuntId"])
	if h == nil {
		return answer{rows: each(nil)}
	}
	return answer{rows: func(yield func(any) bool) {
		for _, f := range h.scheduled(q.org, q.now) {
			if state, _, _ := f.state(q.now, q.org.pace); state != "FINISHED" {
				continue
			}
			more := map[string]any{"FlowId": f.id, "ClientId": f.client.id, "_OrgId": q.org.id, "Fqdn": f.client.fqdn}
			for row := range q.org.rows(f, q.env["Artifact"]) {
				if m, ok := row.(map[string]any); ok && !yield(with(m, more)) {
					return
				}
			}
		}
	}}
}

// huntUpdate answers the id whatever it is.
func huntUpdate(q asked) answer {
	if h := q.org.hunt(q.env["HuntId"]); h != nil {
		h.stopped.CompareAndSwap(nil, &q.now)
	}
	return value(q.env["HuntId"])
}
