package velotest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// org is a fleet with what was done to it. Whoever calls one of its methods holds mu.
type org struct {
	id      string
	p       Params
	started time.Time

	mu       sync.Mutex
	all      []*endpoint // in the order of their ids
	byID     map[uint64]*endpoint
	byNumber []*endpoint        // nil where one was deleted
	enrolled int32              // endpoints so far, the deleted among them
	labels   map[int32][]string // of those whose labels were changed
	presence map[int32]presence // of those that were switched
	cut      map[int32]bool     // those in quarantine
	flows    map[flowKey]*flow
	byClient map[uint64][]*flow // the oldest first
	running  []*flow            // not known to be over
	hunts    map[string]*hunt
	next     uint64
	monitor  monitoring

	replaying bool // what a journal tells is done again, without its effects outside
}

// presence says that an endpoint is there or away since a moment.
type presence struct {
	on    bool
	since time.Time
}

type flowKey struct {
	client uint64
	id     string
}

func newOrg(id string, p Params, started time.Time) *org {
	o := &org{
		id: id, p: p, started: started, byID: map[uint64]*endpoint{}, labels: map[int32][]string{}, presence: map[int32]presence{}, cut: map[int32]bool{},
		flows: map[flowKey]*flow{}, byClient: map[uint64][]*flow{}, hunts: map[string]*hunt{}, monitor: newMonitoring(),
	}
	for range p.Endpoints {
		o.add(time.Time{})
	}
	o.sort()
	return o
}

func (o *org) add(at time.Time) *endpoint {
	e := newEndpoint(o.p.Seed, o.id, o.enrolled, o.p.Pace)
	e.enrols = at
	o.enrolled++
	o.all, o.byNumber, o.byID[e.id] = append(o.all, e), append(o.byNumber, e), e
	return e
}

// serial is part of the ids of flows and hunts.
func (o *org) serial() uint64 {
	o.next++
	return scatter(o.p.Seed+uint64(o.p.Clock.Now().UnixMicro())+o.next) >> 12
}

func (o *org) sort() {
	slices.SortFunc(o.all, func(a, b *endpoint) int { return cmp.Compare(a.id, b.id) })
}

func hex(id uint64) string { return fmt.Sprintf("%016x", id) }

func (o *org) clientID(e *endpoint) string {
	if o.id == rootOrg {
		return "C." + hex(e.id)
	}
	return "C." + hex(e.id) + "-" + o.id
}

// find is nil for an id that this org doesn't have.
func (o *org) find(clientID string) *endpoint {
	text, ok := strings.CutPrefix(clientID, "C.")
	if o.id != rootOrg {
		var ours bool
		text, ours = strings.CutSuffix(text, "-"+o.id)
		ok = ok && ours
	}
	id, err := strconv.ParseUint(text, 16, 64)
	if !ok || err != nil || len(text) != 16 {
		return nil
	}
	return o.byID[id]
}

// online says whether the endpoint is there, and since when not.
func (o *org) online(e *endpoint, now time.Time) (on bool, since time.Time) {
	if p, ok := o.presence[e.n]; ok {
		return p.on, p.since
	}
	if e.switchedOff() {
		return false, o.started.Add(-72*time.Hour - time.Duration(e.n%1000)*time.Minute)
	}
	if o.p.Churn == 0 || !e.every(churnEvery, churnEvery/2) {
		return true, time.Time{}
	}
	// It comes and goes: there for a period, away for the next.
	begin := o.started.Add(time.Duration(e.n%97) * o.p.Churn / 97)
	period := int64(now.Sub(begin) / o.p.Churn)
	return period%2 == 0, begin.Add(time.Duration(period) * o.p.Churn)
}

const (
	churnEvery   = 10          // one endpoint in so many comes and goes, where the fleet does
	settlesAfter = time.Second // until a new endpoint has told its name
)

// lastSeen is a moment ago for who is there: they say so once a minute.
func (o *org) lastSeen(e *endpoint, now time.Time) time.Time {
	on, since := o.online(e, now)
	if !on {
		return since
	}
	seen := now.Add(-time.Duration((now.Unix()+int64(e.n)*7919)%60) * time.Second)
	if seen.Before(e.enrols) {
		return e.enrols
	}
	return seen
}

func (o *org) born(e *endpoint) time.Time {
	if !e.enrols.IsZero() {
		return e.enrols
	}
	return o.started.AddDate(0, 0, -1-int(dice(o.p.Seed, o.id, e.n, "born")%maxBorn))
}

func (o *org) labelsOf(e *endpoint) []string {
	if list, ok := o.labels[e.n]; ok {
		return list
	}
	if e.every(serverEvery, 0) {
		return []string{"server"}
	}
	return []string{}
}

func (o *org) labelled(e *endpoint, text string) bool {
	return slices.ContainsFunc(o.labelsOf(e), func(l string) bool { return strings.EqualFold(l, text) })
}
