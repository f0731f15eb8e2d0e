package velotest

import "time"

// Kinds of changes.
const (
	opCollect  = "collect"
	opPick     = "pick"
	opCancel   = "cancel"
	opHunt     = "hunt"
	opUpdate   = "update"
	opJoin     = "join"
	opLabel    = "label"
	opEnrol    = "enrol"
	opDelete   = "delete"
	opPresence = "presence"
	opArtifact = "artifact"
	opMonitor  = "monitor"
	opMetadata = "metadata"
)

// change is something that was done to an org: what its state is made of, and a line of the journal.
type change struct {
	Op        string                       `json:"op"`
	Org       string                       `json:"org,omitempty"`
	At        int64                        `json:"at"` // microseconds
	ID        string                       `json:"id,omitempty"`
	By        string                       `json:"by,omitempty"`
	Client    int32                        `json:"client,omitempty"`
	Clients   []int32                      `json:"clients,omitempty"`
	Times     []int64                      `json:"times,omitempty"` // of Clients
	Artifacts []string                     `json:"artifacts,omitempty"`
	Params    map[string]map[string]string `json:"params,omitempty"`
	Values    map[string]string            `json:"values,omitempty"`
	Text      string                       `json:"text,omitempty"`
	Tags      []string                     `json:"tags,omitempty"`
	OS        string                       `json:"os,omitempty"`
	Include   []string                     `json:"include,omitempty"`
	Exclude   []string                     `json:"exclude,omitempty"`
	Count     int                          `json:"count,omitempty"` // endpoints
	Rows      int                          `json:"rows,omitempty"`
	Until     int64                        `json:"until,omitempty"`
	On        bool                         `json:"on,omitempty"`
	Stop      bool                         `json:"stop,omitempty"`
	Paused    bool                         `json:"paused,omitempty"`
}

// change writes the journal first: what was answered survives a kill.
func (o *org) change(c change, at time.Time) {
	c.Org, c.At = o.id, at.UnixMicro()
	o.p.journal.write(c)
	o.apply(c)
}

func (q asked) change(c change) { q.org.change(c, q.now) }

func (o *org) apply(c change) {
	at := time.UnixMicro(c.At).UTC()
	switch c.Op {
	case opCollect:
		o.collect(c, at)
	case opPick:
		o.pick(c, at)
	case opCancel:
		o.cancel(c, at)
	case opHunt:
		o.hunt(c, at)
	case opUpdate:
		o.update(c, at)
	case opJoin:
		o.join(c)
	case opLabel:
		o.setLabel(c)
	case opEnrol:
		o.enrol(c.Count, at)
	case opDelete:
		o.remove(c)
	case opPresence:
		o.presence[c.Client] = presence{on: c.On, since: at}
	default:
		o.monitor.apply(c)
	}
}
