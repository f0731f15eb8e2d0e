package velotest

import (
	"slices"
	"strings"
	"time"
)

// row is an endpoint as clients() gives it: seconds here, microseconds there, no name in its first moment.
func (o *org) row(e *endpoint, now time.Time) record {
	os := record{
		{"system", e.system()},
		{"hostname", e.host()},
		{"release", e.release()},
		{"machine", "amd64"},
		{"fqdn", e.fqdn()},
		{"mac_addresses", []string{e.mac()}},
	}
	if now.Sub(e.enrols) < settlesAfter {
		os = record{}
	}
	return record{
		{"client_id", o.clientID(e)},
		{"agent_information", record{{"version", Version}, {"name", "velociraptor"}, {"build_time", ""}, {"build_url", ""}}},
		{"os_info", os},
		{"first_seen_at", o.born(e).Unix()},
		{"last_seen_at", o.lastSeen(e, now).UnixMicro()},
		{"last_ip", e.ip() + ":49231"},
		{"last_interrogate_flow_id", ""},
		{"labels", o.labelsOf(e)},
		{"last_hunt_timestamp", 0},
		{"in_flight_flows", record{}},
	}
}

// clients gives those after an id, in the order of their ids; those seen since a moment where the statement names one.
func clients(q asked) answer {
	after := strings.TrimPrefix(q.env["After"], "C.")
	from, _ := slices.BinarySearchFunc(q.org.all, after, func(e *endpoint, id string) int {
		if hex(e.id) <= id {
			return -1
		}
		return 1
	})
	return q.listed(q.org.all[from:], q.seenSince)
}

// seenSince looks for a bound on last_seen_at in the statement, in microseconds.
func (q asked) seenSince(e *endpoint) bool {
	bound := q.number("last_seen_at >")
	return bound <= 0 || q.org.lastSeen(e, q.now).UnixMicro() > int64(bound)
}

// listed gives the endpoints that pass, up to the statement's LIMIT. Rows are made as they are sent, under the lock one by
// one: 100,000 of them at once would be large.
func (q asked) listed(list []*endpoint, pass func(e *endpoint) bool) answer {
	most := q.number("LIMIT")
	var hits []*endpoint
	for _, e := range list {
		if most >= 0 && len(hits) >= most {
			break
		}
		if pass(e) {
			hits = append(hits, e)
		}
	}
	return answer{rows: func(yield func(any) bool) {
		for _, e := range hits {
			q.org.mu.Lock()
			row := q.org.row(e, q.now)
			q.org.mu.Unlock()
			if !yield(row) {
				return
			}
		}
	}}
}

// searchClients knows the prefixes that the server knows.
func searchClients(q asked) answer {
	kind, text, found := strings.Cut(strings.ToLower(q.env["Search"]), ":")
	if !found {
		kind, text = "", kind
	}
	return q.listed(q.org.all, func(e *endpoint) bool { return q.org.matches(e, kind, text) })
}

func (o *org) matches(e *endpoint, kind, text string) bool {
	inside := strings.HasPrefix(text, "*") && len(text) > 1
	bare := strings.Trim(text, "*")
	like := func(value string) bool {
		return strings.HasPrefix(value, bare) || inside && strings.Contains(value, bare)
	}
	switch kind {
	case "host":
		return like(strings.ToLower(e.host())) || like(e.fqdn())
	case "ip":
		return like(e.ip())
	case "mac":
		return like(e.mac())
	case "label":
		return o.labelled(e, bare)
	case "":
		return text == "all" || text == "" || strings.ToLower(o.clientID(e)) == text
	default:
		return false // there is no os: nor anything else
	}
}

func clientInfo(q asked) answer {
	e := q.org.find(q.env["ClientId"])
	if e == nil {
		return unknownClient("client_info", q.env["ClientId"])
	}
	return value(q.org.row(e, q.now))
}

func unknownClient(function, id string) answer {
	return failed(function + ": Client ID " + id + " not known in this org: NotFoundError")
}

func label(q asked) answer {
	id, text := q.env["ClientId"], q.env["Label"]
	e := q.org.find(id)
	if e == nil {
		return unknownClient("label", id)
	}
	q.change(change{Op: opLabel, Client: e.n, Text: text, On: q.env["Op"] == "set"})
	return value(record{{"ClientId", id}, {"Labels", []string{text}}, {"Op", q.env["Op"]}})
}
