package api

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/store"
)

// PageInput is the part of a list's input that all lists share; embed it.
type PageInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"rows in the answer"`
	Skip   int    `query:"skip" minimum:"0" maximum:"10000" default:"0" doc:"rows passed over; go further with cursor"`
	Cursor string `query:"cursor" maxLength:"1000" doc:"where the page before ended: from its Link header"`
	Sort   string `query:"sort" maxLength:"64" doc:"a field; with a minus before it, descending"`
}

// query is the input as the store takes it.
func (p PageInput) query() store.PageQuery {
	field, desc := strings.CutPrefix(p.Sort, "-")
	return store.PageQuery{Limit: p.Limit, Skip: p.Skip, Cursor: p.Cursor, Sort: field, Desc: desc}
}

// listOut is a list's answer: a JSON array, with where it stands in the headers.
type listOut[T any] struct {
	Link  string `header:"Link" doc:"rel=next: the following page"`
	Total int    `header:"X-Total-Count" doc:"rows that match; exact to 10,000, then an estimate"`
	Exact string `header:"X-Total-Count-Exact" doc:"false where the total is an estimate"`
	Body  []T    `nullable:"false"`
}

// list makes a list's answer from rows and where they stand; shape turns a row into its wire form.
func list[Row, T any](ctx context.Context, rows []Row, p store.Page, shape func(*Row) T) *listOut[T] {
	out := &listOut[T]{Total: p.Total, Body: make([]T, 0, len(rows))}
	for i := range rows {
		out.Body = append(out.Body, shape(&rows[i]))
	}
	if !p.Exact {
		out.Exact = strconv.FormatBool(false)
	}
	if p.Next != "" {
		out.Link = "<" + nextPage(requestFrom(ctx).url, p.Next) + `>; rel="next"`
	}
	return out
}

// listed answers a list straight from a query: listed(ctx, shape)(query).
func listed[Row, T any](ctx context.Context, shape func(*Row) T) func([]Row, store.Page, error) (*listOut[T], error) {
	return func(rows []Row, p store.Page, err error) (*listOut[T], error) {
		if err != nil {
			return nil, err
		}
		return list(ctx, rows, p, shape), nil
	}
}

// found answers one row straight from a query: found(shape)(query).
func found[Row, Out any](shape func(*Row) *Out) func(*Row, error) (*Out, error) {
	return func(row *Row, err error) (*Out, error) {
		if err != nil {
			return nil, err
		}
		return shape(row), nil
	}
}

// nextPage is the request's own address with the cursor in place of skip.
func nextPage(u *url.URL, cursor string) string {
	if u == nil {
		return "?cursor=" + url.QueryEscape(cursor)
	}
	q := u.Query()
	q.Del("skip")
	q.Set("cursor", cursor)
	return u.EscapedPath() + "?" + q.Encode()
}

// nextAfter is the request's own address with where the page ended as its parameter after.
func nextAfter(u *url.URL, id string) string {
	q := url.Values{}
	path := ""
	if u != nil {
		q, path = u.Query(), u.EscapedPath()
	}
	q.Set("after", id)
	return path + "?" + q.Encode()
}

// IDInput is the path parameter of an operation on one row; embed it.
type IDInput struct {
	ID int64 `path:"id" minimum:"1" doc:"the row's id"`
}
