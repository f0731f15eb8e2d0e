package api

import (
	"context"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// countedOut is the answer of a list with counts that are kept up behind the rows.
type countedOut[T any] struct {
	Link      string `header:"Link" doc:"rel=next: the following page"`
	Total     int    `header:"X-Total-Count" doc:"rows that match; exact to 10,000, then an estimate"`
	Exact     string `header:"X-Total-Count-Exact" doc:"false where the total is an estimate"`
	Truncated string `header:"X-Truncated" doc:"true: the search ended at its budget before the page was full; the next page goes on from there, and the total is what was found so far"`
	Behind    string `header:"X-Counts-Behind" doc:"true: rows came faster than they could be counted; the counts catch up within moments"`
	Body      []T    `nullable:"false"`
}

func counted[T any](out *listOut[T], behind bool) *countedOut[T] {
	c := &countedOut[T]{Link: out.Link, Total: out.Total, Exact: out.Exact, Body: out.Body}
	if behind {
		c.Behind = strconv.FormatBool(true)
	}
	return c
}

type stackFieldBody struct {
	Field   string `json:"field" doc:"dotted path"`
	Values  int64  `json:"values" doc:"different ones, of each source name by itself"`
	Rows    int64  `json:"rows" doc:"that have the field"`
	Sources int64  `json:"sources" doc:"names of sources whose rows have it"`
}

func shapeStackField(row *models.StackField) stackFieldBody {
	return stackFieldBody{Field: row.Field, Values: row.Values, Rows: row.Rows, Sources: row.Sources}
}

type listStackFieldsIn struct {
	PageInput

	Source string `query:"source" maxLength:"200" doc:"of sources of exactly this name; empty: of all"`
}

func (a *API) listStackFields(ctx context.Context, in *listStackFieldsIn) (*countedOut[stackFieldBody], error) {
	t := a.tenant(ctx)
	behind, err := t.StacksBehind(ctx)
	if err != nil {
		return nil, err
	}
	rows, p, err := t.StackFields(ctx, in.Source, in.query())
	if err != nil {
		return nil, err
	}
	return counted(list(ctx, rows, p, shapeStackField), behind), nil
}

type stackValueBody struct {
	Value     string    `json:"value" doc:"as it came first; spellings that differ in case are one"`
	Source    string    `json:"source" doc:"the name of the sources"`
	Hosts     int64     `json:"hosts" doc:"that have it"`
	Rows      int64     `json:"rows" doc:"that had it, also those past their retention"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
}

func shapeStackValue(row *models.StackValue) stackValueBody {
	return stackValueBody{
		Value: row.Value, Source: row.Source, Hosts: row.Hosts, Rows: row.Rows, FirstSeen: row.FirstSeen.UTC(), LastSeen: row.LastSeen.UTC(),
	}
}

type listStackIn struct {
	PageInput

	Field  string `query:"field" required:"true" minLength:"1" maxLength:"200" doc:"dotted path, from /api/observations/fields"`
	Source string `query:"source" maxLength:"200" doc:"of sources of exactly this name; empty: of each name by itself"`
	Q      string `query:"q" maxLength:"200" doc:"part of the value, in any case; * stands for any run of characters"`
}

func (a *API) listStack(ctx context.Context, in *listStackIn) (*countedOut[stackValueBody], error) {
	t := a.tenant(ctx)
	behind, err := t.StacksBehind(ctx)
	if err != nil {
		return nil, err
	}
	got, err := t.Stack(ctx, store.StackQuery{PageQuery: in.query(), Field: in.Field, Source: in.Source, Q: in.Q})
	if err != nil {
		return nil, err
	}
	out := counted(list(ctx, got.Rows, got.Page, shapeStackValue), behind)
	if got.Truncated {
		out.Truncated = strconv.FormatBool(true)
	}
	return out, nil
}

type stackHostBody struct {
	HostID    int64     `json:"host_id"`
	Hostname  string    `json:"hostname"`
	Rows      int64     `json:"rows"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
}

func shapeStackHost(row *models.StackHost) stackHostBody {
	return stackHostBody{HostID: row.HostID, Hostname: row.Hostname, Rows: row.Rows, FirstSeen: row.FirstSeen.UTC(), LastSeen: row.LastSeen.UTC()}
}

type listStackHostsIn struct {
	PageInput

	Field  string `query:"field" required:"true" minLength:"1" maxLength:"200" doc:"dotted path"`
	Value  string `query:"value" required:"true" minLength:"1" maxLength:"1024" doc:"the whole value, in any case"`
	Source string `query:"source" maxLength:"200" doc:"of sources of exactly this name; empty: of all together"`
}

func (a *API) listStackHosts(ctx context.Context, in *listStackHostsIn) (*countedOut[stackHostBody], error) {
	t := a.tenant(ctx)
	behind, err := t.StacksBehind(ctx)
	if err != nil {
		return nil, err
	}
	rows, p, err := t.StackHosts(ctx, store.StackHostsQuery{PageQuery: in.query(), Field: in.Field, Value: in.Value, Source: in.Source})
	if err != nil {
		return nil, err
	}
	return counted(list(ctx, rows, p, shapeStackHost), behind), nil
}
