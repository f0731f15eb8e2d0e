package notify

import (
	"encoding/json"
	"slices"

	"github.com/velocicompanion/velocicompanion/internal/store"
)

const (
	maxPayload = 7500 // PostgreSQL allows 8000 bytes
	maxItems   = 40   // per list and message, so that a message stays under maxPayload
	maxJobs    = 8    // likewise: each brings its counters
)

// message is the wire form: short keys, lists of bounded length.
type message struct {
	From    string            `json:"f"`
	Outbox  bool              `json:"o,omitempty"`
	Tenants bool              `json:"t,omitempty"`
	Users   []int64           `json:"u,omitempty"`
	Notify  []store.UserRef   `json:"n,omitempty"`
	Runs    []store.Execution `json:"e,omitempty"`
	Steps   []store.Step      `json:"s,omitempty"`
	Jobs    []store.JobNews   `json:"j,omitempty"`
}

func (m message) committed() store.Committed {
	c := store.Committed{Tenants: m.Tenants, Users: m.Users, Notifications: m.Notify, Executions: m.Runs, Steps: m.Steps, Jobs: m.Jobs}
	if m.Outbox {
		c.Outbox = []int64{0} // others only need to know that there is work; they look for it themselves
	}
	return c
}

// split cuts a commit's news into messages under PostgreSQL's limit. Progress is dropped rather than allowed to flood: the
// screen refetches after a gap, and the rows are the truth.
func split(self string, c store.Committed) []string {
	c.Notifications = compact(c.Notifications)
	c.Users = compact(c.Users)
	c.Executions = compact(c.Executions)
	c.Steps = compact(c.Steps)
	c.Jobs = newest(c.Jobs)
	var out []string
	for first := true; first || len(c.Users)+len(c.Notifications)+len(c.Executions)+len(c.Steps)+len(c.Jobs) > 0; first = false {
		m := message{From: self, Outbox: first && len(c.Outbox) > 0, Tenants: first && c.Tenants}
		m.Users, c.Users = take(c.Users, maxItems)
		m.Notify, c.Notifications = take(c.Notifications, maxItems)
		m.Runs, c.Executions = take(c.Executions, maxItems)
		m.Steps, c.Steps = take(c.Steps, maxItems)
		m.Jobs, c.Jobs = take(c.Jobs, maxJobs)
		payload, err := json.Marshal(m)
		if err == nil && len(payload) > maxPayload {
			m.Steps, m.Jobs = nil, nil
			payload, err = json.Marshal(m)
		}
		if err == nil && len(payload) <= maxPayload {
			out = append(out, string(payload))
		}
	}
	return out
}

func take[T any](list []T, most int) (head, rest []T) {
	n := min(len(list), most)
	return list[:n], list[n:]
}

// compact drops repeats and keeps the last place of each, so that the newest state of a thing comes last.
func compact[T comparable](list []T) []T {
	seen := make(map[T]bool, len(list))
	out := make([]T, 0, len(list))
	for _, v := range slices.Backward(list) {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	slices.Reverse(out)
	return out
}

// newest keeps the last news of each job: how far it is now is all that counts.
func newest(list []store.JobNews) []store.JobNews {
	type job struct {
		tenant, id int64
		kind       string
	}
	at := make(map[job]int, len(list))
	out := make([]store.JobNews, 0, len(list))
	for _, n := range list {
		key := job{n.TenantID, n.ID, n.Kind}
		if i, known := at[key]; known {
			out[i] = n
			continue
		}
		at[key] = len(out)
		out = append(out, n)
	}
	return out
}
