package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// TimelineEntry is one thing that happened, on the wire.
type TimelineEntry struct {
	ID       string       `json:"id" doc:"unique in its timeline and the same at every reading"`
	Time     time.Time    `json:"time"`
	Kind     string       `json:"kind" enum:"observation,execution,case,indicator,change,detection,collection,comment,task"`
	Title    string       `json:"title"`
	Text     string       `json:"text"`
	Severity string       `json:"severity,omitempty" enum:"info,low,medium,high,critical"`
	Actor    string       `json:"actor,omitempty" doc:"who did it"`
	Ref      TimelineLink `json:"ref" doc:"the row that it is about"`
	Link     string       `json:"link" doc:"the screen's path to it; empty: there is no page"`
	Count    int64        `json:"count,omitempty" doc:"rows behind the entry"`
}

// TimelineLink names the row that an entry is about.
type TimelineLink struct {
	Type string `json:"type"`
	ID   int64  `json:"id"`
}

func shapeTimeline(e *models.TimelineEntry) TimelineEntry {
	return TimelineEntry{
		ID: e.ID, Time: e.Time.UTC(), Kind: e.Kind, Title: e.Title, Text: e.Text, Severity: e.Severity, Actor: e.Actor,
		Ref: TimelineLink{Type: e.Ref.Type, ID: e.Ref.ID}, Link: e.Link, Count: e.Count,
	}
}

// TimelineInput is which part of a timeline is asked for; embed it.
type TimelineInput struct {
	Kinds  []string  `query:"kinds" maxItems:"20" enum:"observation,execution,case,indicator,change,detection,collection,comment,task" doc:"only these, by commas"`
	From   time.Time `query:"from" doc:"not before"`
	To     time.Time `query:"to" doc:"before"`
	Limit  int       `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"entries in the answer"`
	Cursor string    `query:"cursor" maxLength:"1000" doc:"where the page before ended: from its Link header"`
}

// query is the input as the store takes it.
func (in *TimelineInput) query() (store.TimelineQuery, error) {
	for name, at := range map[string]time.Time{"from": in.From, "to": in.To} {
		if y := at.Year(); !at.IsZero() && (y < 1600 || y > 9999) {
			return store.TimelineQuery{}, fault.InvalidField("query."+name, "must be between the years 1600 and 9999")
		}
	}
	if !in.From.IsZero() && !in.To.IsZero() && !in.From.Before(in.To) {
		return store.TimelineQuery{}, fault.InvalidField("query.to", "must be after from")
	}
	return store.TimelineQuery{Kinds: in.Kinds, From: in.From, To: in.To, Limit: in.Limit, Cursor: in.Cursor}, nil
}

// timelineOut is a page of a timeline. It has no total: nobody counts what happened.
type timelineOut struct {
	Link string          `header:"Link" doc:"rel=next: the following page"`
	Body []TimelineEntry `nullable:"false"`
}

// timelinePage makes a timeline's answer of what the store gave.
func timelinePage(ctx context.Context, entries []models.TimelineEntry, next string) *timelineOut {
	out := &timelineOut{Body: make([]TimelineEntry, 0, len(entries))}
	for i := range entries {
		out.Body = append(out.Body, shapeTimeline(&entries[i]))
	}
	if next != "" {
		out.Link = "<" + nextPage(requestFrom(ctx).url, next) + `>; rel="next"`
	}
	return out
}

type hostTimelineIn struct {
	IDInput
	TimelineInput
}

func (a *API) hostTimeline(ctx context.Context, in *hostTimelineIn) (*timelineOut, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	entries, next, err := a.tenant(ctx).HostTimeline(ctx, in.ID, q)
	if err != nil {
		return nil, err
	}
	return timelinePage(ctx, entries, next), nil
}
