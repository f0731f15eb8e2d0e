package models

import "time"

// Kinds of entries of a timeline.
const (
	TimelineObservation = "observation" // rows of one source
	TimelineExecution   = "execution"   // a playbook's run
	TimelineCase        = "case"
	TimelineIndicator   = "indicator"
	TimelineChange      = "change" // somebody changed it
	TimelineDetection   = "detection"
	TimelineCollection  = "collection"
	TimelineComment     = "comment"
	TimelineTask        = "task"
)

// TimelineEntry is one thing that happened to a host or a case.
type TimelineEntry struct {
	ID       string      // unique in its timeline and the same at every reading: kind and row
	Time     time.Time   // when it happened, as far as is known
	Kind     string      // one of the Timeline constants
	Title    string      // one line
	Text     string      // more, may be empty; plain text
	Severity string      // info to critical; empty: says nothing of that sort
	Actor    string      // who did it, as a name; empty: nobody in particular
	Ref      TimelineRef // the row that it is about
	Link     string      // the screen's path to it; empty: there is no page
	Count    int64       // how many rows stand behind the entry; 0: it is about one
}

// TimelineRef names a row by its kind (host, case, source, execution, artifact, …) and id.
type TimelineRef struct {
	Type string
	ID   int64
}

// TimelineKinds lists the kinds that a timeline may be asked for.
func TimelineKinds() []string {
	return []string{
		TimelineObservation, TimelineExecution, TimelineCase, TimelineIndicator, TimelineChange, TimelineDetection, TimelineCollection,
		TimelineComment, TimelineTask,
	}
}
