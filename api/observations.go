package api

import (
	"context"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type observationBody struct {
	ID          int64      `json:"id"`
	HostID      int64      `json:"host_id"`
	Hostname    string     `json:"hostname"`
	Source      string     `json:"source" doc:"as source_name"`
	SourceID    int64      `json:"source_id"`
	SourceName  string     `json:"source_name"`
	SourceKind  string     `json:"source_kind" enum:"ingestion,collection,hunt,webhook"`
	CollectedAt time.Time  `json:"collected_at"`
	EventTime   *time.Time `json:"event_time" doc:"when the row says it happened; null when it does not"`
	Data        freeObject `json:"data"`
}

func shapeObservation(row *models.Observation) observationBody {
	return observationBody{
		ID: row.ID, HostID: row.HostID, Hostname: row.Hostname, Source: row.SourceName, SourceID: row.SourceID, SourceName: row.SourceName,
		SourceKind: row.SourceKind, CollectedAt: row.CollectedAt.UTC(), EventTime: utc(row.EventTime), Data: freeObject(row.Data),
	}
}

// ObservationFilter is the part of an input that says which observations; embed it.
type ObservationFilter struct {
	Source     string    `query:"source" maxLength:"200" doc:"exactly this source name"`
	SourceKind string    `query:"source_kind" enum:"ingestion,collection,hunt,webhook"`
	SourceID   int64     `query:"source_id" minimum:"1"`
	From       time.Time `query:"from" doc:"at this time or later"`
	To         time.Time `query:"to" doc:"before this time"`
	Time       string    `query:"time" enum:"collected,event" default:"collected" doc:"what from and to are about: when a row was collected, or when it says that it happened"`
	Field      string    `query:"field" maxLength:"200" doc:"dotted path of a field that the row has, such as Hash.SHA256"`
	Value      string    `query:"value" maxLength:"1024" doc:"of that field, the whole value in any case; * stands for any run of characters"`
	Q          string    `query:"q" maxLength:"200" doc:"part of the row's JSON text, in any case; * stands for any run of characters"`
}

func (f ObservationFilter) query(p PageInput, host int64) store.ObservationQuery {
	q := store.ObservationQuery{
		PageQuery: p.query(), HostID: host, SourceID: f.SourceID, Source: f.Source, SourceKind: f.SourceKind, From: f.From, To: f.To,
		EventTime: f.Time == "event", Field: f.Field, Value: f.Value, Q: f.Q,
	}
	if q.Sort == "" {
		q.Desc = true // the newest first
	}
	return q
}

// boundedOut is the answer of a list that may look at rows one by one.
type boundedOut[T any] struct {
	Link      string `header:"Link" doc:"rel=next: the following page"`
	Total     int    `header:"X-Total-Count" doc:"rows that match; exact to 10,000, then an estimate"`
	Exact     string `header:"X-Total-Count-Exact" doc:"false where the total is an estimate"`
	Truncated string `header:"X-Truncated" doc:"true: the look at rows ended at its budget before the page was full; the next page goes on from there, and the total is what was found so far"`
	Body      []T    `nullable:"false"`
}

func bounded[Row, T any](ctx context.Context, rows []Row, p store.Page, truncated bool, shape func(*Row) T) *boundedOut[T] {
	l := list(ctx, rows, p, shape)
	out := &boundedOut[T]{Link: l.Link, Total: l.Total, Exact: l.Exact, Body: l.Body}
	if truncated {
		out.Truncated = strconv.FormatBool(true)
	}
	return out
}

type hostObservationsIn struct {
	IDInput
	PageInput
	ObservationFilter
}

func (a *API) listHostObservations(ctx context.Context, in *hostObservationsIn) (*boundedOut[observationBody], error) {
	out, err := a.tenant(ctx).HostObservations(ctx, in.ID, in.ObservationFilter.query(in.PageInput, in.ID))
	if err != nil {
		return nil, err
	}
	return bounded(ctx, out.Rows, out.Page, out.Truncated, shapeObservation), nil
}

type listObservationsIn struct {
	PageInput
	ObservationFilter

	HostID int64 `query:"host_id" minimum:"1"`
}

func (a *API) listObservations(ctx context.Context, in *listObservationsIn) (*boundedOut[observationBody], error) {
	out, err := a.tenant(ctx).FindObservations(ctx, in.ObservationFilter.query(in.PageInput, in.HostID))
	if err != nil {
		return nil, err
	}
	return bounded(ctx, out.Rows, out.Page, out.Truncated, shapeObservation), nil
}

type sourceBody struct {
	ID          int64     `json:"id"`
	Kind        string    `json:"kind" enum:"ingestion,collection,hunt,webhook"`
	Name        string    `json:"name"`
	CollectedAt time.Time `json:"collected_at" doc:"of all of its rows"`
	Rows        int64     `json:"rows" doc:"that came from it"`
	Hosts       int64     `json:"hosts" doc:"that they are about"`
}

func shapeSource(row *models.Source) sourceBody {
	return sourceBody{ID: row.ID, Kind: row.Kind, Name: row.Name, CollectedAt: row.CollectedAt.UTC(), Rows: row.Rows, Hosts: row.Hosts}
}

type listSourcesIn struct {
	PageInput

	Kind string    `query:"kind" enum:"ingestion,collection,hunt,webhook"`
	Name string    `query:"name" maxLength:"200" doc:"the whole name"`
	From time.Time `query:"from" doc:"collected at this time or later"`
	To   time.Time `query:"to" doc:"collected before this time"`
}

func (a *API) listSources(ctx context.Context, in *listSourcesIn) (*countedOut[sourceBody], error) {
	q := store.SourceQuery{PageQuery: in.query(), Kind: in.Kind, Name: in.Name, From: in.From, To: in.To}
	if q.Sort == "" {
		q.Desc = true
	}
	t := a.tenant(ctx)
	behind, err := t.StacksBehind(ctx)
	if err != nil {
		return nil, err
	}
	rows, p, err := t.ListSources(ctx, q)
	if err != nil {
		return nil, err
	}
	return counted(list(ctx, rows, p, shapeSource), behind), nil
}
