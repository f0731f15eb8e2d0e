package velotest

import "time"

// settle brings the org to a moment: endpoints hear of hunts, waiting ones come back, and what ended has its effects.
func (o *org) settle(now time.Time) {
	for _, h := range o.hunts {
		o.gather(h, now)
		o.tellHunt(h, now)
	}
	o.pickUp(now)
	o.tellFlows(now)
}

// gather lets endpoints hear of a hunt whose time has come.
func (o *org) gather(h *hunt, now time.Time) {
	if h.Paused || len(h.pending)+len(h.away) == 0 {
		return
	}
	var heard change
	until := h.until(now)
	join := func(e *endpoint, at time.Time) {
		if h.Count > 0 && len(h.joined)+len(heard.Clients) >= h.Count {
			return
		}
		heard.Clients, heard.Times = append(heard.Clients, e.n), append(heard.Times, at.UnixMicro())
	}
	kept := h.away[:0]
	for _, e := range h.away {
		if on, _ := o.online(e, now); on && !until.Before(now) {
			join(e, now)
		} else {
			kept = append(kept, e)
		}
	}
	h.away = kept
	i := 0
	for ; i < len(h.pending); i++ {
		e := h.pending[i]
		at := h.hears(e)
		if at.After(until) {
			break
		}
		if on, _ := o.online(e, at); on {
			join(e, at)
		} else {
			h.away = append(h.away, e)
		}
	}
	h.pending = h.pending[i:]
	if len(heard.Clients) > 0 {
		heard.Op, heard.ID = opJoin, h.ID
		o.change(heard, now)
	}
}

// hears is when an endpoint that is there hears of the hunt.
func (h *hunt) hears(e *endpoint) time.Time {
	if e.enrols.After(h.created) {
		return e.enrols.Add(e.lag)
	}
	return h.created.Add(e.lag)
}

// join is applied at once, and when a journal is read again: there it takes the endpoints out of those that wait.
func (o *org) join(c change) {
	h := o.hunts[c.ID]
	if h == nil {
		return
	}
	for i, n := range c.Clients {
		e := o.number(n)
		if _, twice := h.place[n]; e == nil || twice {
			continue
		}
		h.place[n] = int32(len(h.joined))
		h.joined = append(h.joined, joined{e, time.UnixMicro(c.Times[i]).UTC()})
	}
	if !o.replaying {
		return
	}
	waiting := h.pending[:0]
	for _, e := range h.pending {
		if _, gone := h.place[e.n]; !gone {
			waiting = append(waiting, e)
		}
	}
	h.pending = waiting
}

// tellHunt goes on to the first endpoint that isn't done: all take the same time, so the order is that of joining.
func (o *org) tellHunt(h *hunt, now time.Time) {
	for ; h.told < len(h.joined); h.told++ {
		f := h.flow(o, h.joined[h.told].e)
		state, _, at := f.state(now, o.p.Pace)
		if !over(state) {
			return
		}
		if state == stateFinished {
			h.results++
		} else {
			h.failures++
		}
		o.ended(f, at)
	}
}

// pickUp lets endpoints that came back hear what was asked of them alone.
func (o *org) pickUp(now time.Time) {
	for _, f := range o.running {
		if f.picked.IsZero() && f.cancelled.IsZero() {
			if on, _ := o.online(f.e, now); on {
				o.change(change{Op: opPick, Client: f.e.n, ID: f.id}, now)
			}
		}
	}
}

func (o *org) pick(c change, at time.Time) {
	if e := o.number(c.Client); e != nil {
		if f := o.flows[flowKey{e.id, c.ID}]; f != nil {
			f.picked = at
		}
	}
}

func (o *org) tellFlows(now time.Time) {
	kept := o.running[:0]
	for _, f := range o.running {
		state, _, at := f.state(now, o.p.Pace)
		if !over(state) {
			kept = append(kept, f)
			continue
		}
		o.ended(f, at)
	}
	clear(o.running[len(kept):])
	o.running = kept
}

// ended gives a flow's end its effects: an endpoint is cut off or released, and the callback is posted.
func (o *org) ended(f *flow, at time.Time) {
	o.quarantine(f, at)
	if !o.replaying {
		o.monitor.flowEnded(o, f, at)
	}
}

// settleQuietly is settle after a journal was read: what had ended by then is not told again.
func (o *org) settleQuietly(now time.Time) {
	for _, h := range o.hunts {
		o.tellHunt(h, now)
	}
	o.tellFlows(now)
}
