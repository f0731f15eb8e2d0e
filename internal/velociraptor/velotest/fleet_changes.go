package velotest

import (
	"slices"
	"strings"
	"time"
)

// number is the endpoint of a number; nil when it was deleted.
func (o *org) number(n int32) *endpoint {
	if n < 0 || int(n) >= len(o.byNumber) {
		return nil
	}
	return o.byNumber[n]
}

func (o *org) setLabel(c change) {
	e := o.number(c.Client)
	if e == nil {
		return
	}
	list := slices.DeleteFunc(slices.Clone(o.labelsOf(e)), func(l string) bool { return strings.EqualFold(l, c.Text) })
	if c.On {
		list = append(list, c.Text)
	}
	o.labels[e.n] = list
}

// enrol adds endpoints; hunts that run are for them too.
func (o *org) enrol(count int, at time.Time) {
	for range count {
		e := o.add(at)
		for _, h := range o.hunts {
			if h.stopped.IsZero() && at.Before(h.expires) && o.targets(h, e) {
				h.away = append(h.away, e) // it hears as soon as it is looked at
			}
		}
	}
	o.sort()
}

// remove forgets an endpoint with its collections, as deleting a client does.
func (o *org) remove(c change) {
	e := o.number(c.Client)
	if e == nil {
		return
	}
	isIt := func(other *endpoint) bool { return other == e }
	o.all = slices.DeleteFunc(o.all, isIt)
	delete(o.byID, e.id)
	o.byNumber[e.n] = nil
	o.running = slices.DeleteFunc(o.running, func(f *flow) bool { return f.e == e })
	for _, f := range o.byClient[e.id] {
		delete(o.flows, flowKey{e.id, f.id})
	}
	delete(o.byClient, e.id)
	for _, h := range o.hunts {
		h.pending, h.away = slices.DeleteFunc(h.pending, isIt), slices.DeleteFunc(h.away, isIt)
	}
}

// Enrol adds endpoints to an org ("" is root) from now on.
func (s *Server) Enrol(orgID string, count int) error {
	return s.to(orgID, func(o *org, now time.Time) error {
		o.change(change{Op: opEnrol, Count: count}, now)
		return nil
	})
}

// Delete makes a server forget an endpoint with all that it collected.
func (s *Server) Delete(orgID, clientID string) error {
	return s.to(orgID, func(o *org, now time.Time) error {
		e := o.find(clientID)
		if e == nil {
			return errUnknown
		}
		o.change(change{Op: opDelete, Client: e.n}, now)
		return nil
	})
}

// Switch takes an endpoint off the network, or brings it back.
func (s *Server) Switch(orgID, clientID string, on bool) error {
	return s.to(orgID, func(o *org, now time.Time) error {
		e := o.find(clientID)
		if e == nil {
			return errUnknown
		}
		o.change(change{Op: opPresence, Client: e.n, On: on}, now)
		return nil
	})
}

// Isolated says whether an endpoint is cut off at present, whatever was answered about it.
func (s *Server) Isolated(orgID, clientID string) (cut bool, err error) {
	err = s.to(orgID, func(o *org, _ time.Time) error {
		e := o.find(clientID)
		if e == nil {
			return errUnknown
		}
		cut = o.isolated(e)
		return nil
	})
	return cut, err
}

// to does something to an org that is up to date.
func (s *Server) to(orgID string, do func(o *org, now time.Time) error) error {
	o := s.org(orgID)
	if o == nil {
		return errUnknown
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := s.p.Clock.Now()
	o.settle(now)
	return do(o, now)
}
