package velotest

import (
	"fmt"
	"math/rand/v2" //nolint:depguard // a fleet that is the same each time
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

// org is a fleet with what was done to it.
type org struct {
	id       string
	pace     time.Duration
	rowsEach int
	all      []*endpoint // in the order of their ids
	byID     map[string]*endpoint

	mu       sync.Mutex
	monitors monitoring
	labels   map[string][]string // client id → labels
	flows    map[string]*flow    // client id + flow id
	hunts    map[string]*hunt
	next     int
}

// endpoint is one machine. Nothing of it changes.
type endpoint struct {
	id, host, fqdn, system, release, ip, mac string
	born                                     time.Time
	offline, failing, attacked               bool
	lag                                      time.Duration // until it hears of a hunt
}

// The fleet's mix: one endpoint in so many.
const (
	offlineEvery  = 20
	failingEvery  = 33
	attackedEvery = 25
	linuxEvery    = 4
	macEvery      = 10
)

func newOrg(id string, p Params) *org {
	o := &org{
		id: id, pace: p.Pace, rowsEach: p.RowsEach, monitors: newMonitoring(), byID: map[string]*endpoint{}, labels: map[string][]string{}, flows: map[string]*flow{}, hunts: map[string]*hunt{},
	}
	dice := rand.New(rand.NewPCG(p.Seed, uint64(len(id)))) //nolint:gosec // no secret comes of it
	for i := range p.Endpoints {
		e := newEndpoint(i, id, dice, p)
		o.all, o.byID[e.id] = append(o.all, e), e
		if i%7 == 0 {
			o.labels[e.id] = []string{"server"}
		}
	}
	sort.Slice(o.all, func(i, j int) bool { return o.all[i].id < o.all[j].id })
	return o
}

func newEndpoint(i int, orgID string, dice *rand.Rand, p Params) *endpoint {
	e := &endpoint{
		id: fmt.Sprintf("C.%016x", dice.Uint64()), system: "windows", release: "Microsoft Windows 11 Enterprise 10.0.22631", host: fmt.Sprintf("WS-%05d", i),
		ip: fmt.Sprintf("10.%d.%d.%d", 20+i>>16, i>>8&255, i&255), mac: fmt.Sprintf("02:00:%02x:%02x:%02x:%02x", i>>24&255, i>>16&255, i>>8&255, i&255),
		born: p.Clock.Now().AddDate(0, 0, -1-dice.IntN(300)), lag: time.Duration(dice.Int64N(int64(p.Pace) + 1)),
		offline: i%offlineEvery == offlineEvery-1, failing: i%failingEvery == failingEvery-1, attacked: i%attackedEvery == 3,
	}
	switch {
	case i%linuxEvery == 1:
		e.system, e.release, e.host = "linux", "debian12.11", fmt.Sprintf("srv-%05d", i)
	case i%macEvery == 2:
		e.system, e.release, e.host = "darwin", "darwin15.6.1", fmt.Sprintf("mac-%05d", i)
	}
	e.fqdn = strings.ToLower(e.host) + ".corp.example"
	if orgID != rootOrg {
		e.id += "-" + orgID
	}
	return e
}

func (o *org) row(e *endpoint, now time.Time) map[string]any {
	seen := now.Add(-time.Duration(len(e.id)) * time.Second)
	if e.offline {
		seen = now.AddDate(0, 0, -3)
	}
	o.mu.Lock()
	labels := append([]string{}, o.labels[e.id]...)
	o.mu.Unlock()
	return map[string]any{
		"client_id": e.id, "last_ip": e.ip + ":49231", "labels": labels, "first_seen_at": e.born.Unix(), "last_seen_at": seen.UnixMicro(),
		"os_info": map[string]any{
			"system": e.system, "hostname": e.host, "fqdn": e.fqdn, "release": e.release, "machine": "amd64", "mac_addresses": []string{e.mac},
		},
		"agent_information": map[string]any{"name": "velociraptor", "version": Version},
	}
}

func clients(q asked) answer {
	from, _ := slices.BinarySearchFunc(q.org.all, q.env["After"], func(e *endpoint, id string) int {
		if e.id <= id {
			return -1
		}
		return 1
	})
	return answer{rows: some(q.endpoints(q.org.all[from:]), 0, q.number("LIMIT"))}
}

func (q asked) endpoints(list []*endpoint) func(func(any) bool) {
	return func(yield func(any) bool) {
		for _, e := range list {
			if !yield(q.org.row(e, q.now)) {
				return
			}
		}
	}
}

// searchClients knows the prefixes that the server knows.
func searchClients(q asked) answer {
	kind, text, found := strings.Cut(strings.ToLower(q.env["Search"]), ":")
	if !found {
		kind, text = "", kind
	}
	text = strings.TrimSuffix(text, "*")
	var hits []*endpoint
	for _, e := range q.org.all {
		if q.org.matches(e, kind, text) {
			hits = append(hits, e)
		}
	}
	return answer{rows: some(q.endpoints(hits), 0, q.number("LIMIT"))}
}

func (o *org) matches(e *endpoint, kind, text string) bool {
	switch kind {
	case "host":
		return strings.HasPrefix(strings.ToLower(e.host), text)
	case "ip":
		return strings.HasPrefix(e.ip, text)
	case "mac":
		return strings.HasPrefix(e.mac, text)
	case "label":
		return o.labelled(e.id, text)
	default:
		return text == "all" || strings.ToLower(e.id) == text
	}
}

func (o *org) labelled(id, text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.ContainsFunc(o.labels[id], func(l string) bool { return strings.EqualFold(l, text) })
}

func clientInfo(q asked) answer {
	e, ok := q.org.byID[q.env["ClientId"]]
	if !ok {
		return failed("client_info: Client ID " + q.env["ClientId"] + " not known in this org: NotFoundError")
	}
	return value(q.org.row(e, q.now))
}

func label(q asked) answer {
	id, text := q.env["ClientId"], q.env["Label"]
	if _, ok := q.org.byID[id]; !ok {
		return failed("label: Client ID " + id + " not known in this org: NotFoundError")
	}
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	list := slices.DeleteFunc(q.org.labels[id], func(l string) bool { return strings.EqualFold(l, text) })
	if q.env["Op"] == "set" {
		list = append(list, text)
	}
	q.org.labels[id] = list
	return value(map[string]any{"ClientId": id, "Labels": []string{text}, "Op": q.env["Op"]})
}
