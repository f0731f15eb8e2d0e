package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/export"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/rawjson"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

const maxExportColumns = 50

type exportObservationsIn struct {
	ObservationFilter

	HostID  int64  `query:"host_id" minimum:"1"`
	Format  string `query:"format" enum:"csv,ndjson" default:"ndjson"`
	Columns string `query:"columns" maxLength:"4000" doc:"dotted paths with commas between them that become columns of a CSV; empty: the whole row as JSON in one"`
}

// exportObservations streams what matches, newest first, page by page.
func (a *API) exportObservations(ctx context.Context, in *exportObservationsIn) (*huma.StreamResponse, error) {
	q := in.query(PageInput{Limit: store.MaxLimit}, in.HostID)
	columns, err := in.columns()
	if err != nil {
		return nil, err
	}
	t := a.tenant(ctx)
	first, err := t.FindObservations(ctx, q)
	if err != nil {
		return nil, err
	}
	err = audit.Write(ctx, t, audit.Entry{Action: "observation.export", ResourceType: "observation", After: in.record()})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: a.send(ctx, fileStream{a.stamped("observations"), in.Format, func(ctx context.Context, w io.Writer) error {
		return a.writeObservations(ctx, w, in.Format, columns, q, first)
	}})}, nil
}

// columns are the paths that a CSV shows. Faults: Invalid.
func (in *exportObservationsIn) columns() ([]string, error) {
	if in.Columns == "" {
		return nil, nil
	}
	list := strings.Split(in.Columns, ",")
	if len(list) > maxExportColumns {
		return nil, fault.InvalidField("query.columns", "at most %d columns", maxExportColumns)
	}
	for i := range list {
		if list[i] = strings.TrimSpace(list[i]); list[i] == "" {
			return nil, fault.InvalidField("query.columns", "must not hold an empty path")
		}
	}
	return list, nil
}

// record is what the trail keeps of an export: format and filters.
func (in *exportObservationsIn) record() map[string]any {
	out := map[string]any{"format": in.Format}
	for name, value := range map[string]string{
		"source": in.Source, "source_kind": in.SourceKind, "field": in.Field, "value": in.Value, "q": in.Q, "columns": in.Columns,
	} {
		if value != "" {
			out[name] = value
		}
	}
	for name, id := range map[string]int64{"host_id": in.HostID, "source_id": in.SourceID} {
		if id != 0 {
			out[name] = id
		}
	}
	for name, at := range map[string]time.Time{"from": in.From, "to": in.To} {
		if !at.IsZero() {
			out[name] = at.UTC()
		}
	}
	return out
}

// writeObservations writes a first page and those behind it.
func (a *API) writeObservations(ctx context.Context, w io.Writer, format string, columns []string, q store.ObservationQuery, page store.Observations) error {
	put, end, err := observationWriter(w, format, columns)
	if err != nil {
		return err
	}
	for {
		for i := range page.Rows {
			if err := put(shapeObservation(&page.Rows[i])); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return end()
		}
		q.Cursor = page.Next
		if page, err = a.tenant(ctx).FindObservations(ctx, q); err != nil {
			return err
		}
	}
}

func observationWriter(w io.Writer, format string, columns []string) (put func(observationBody) error, end func() error, err error) {
	if format == "ndjson" {
		b := bufio.NewWriter(w)
		enc := json.NewEncoder(b)
		return func(o observationBody) error { return enc.Encode(o) }, b.Flush, nil
	}
	head := []string{"id", "host_id", "hostname", "source_name", "source_kind", "collected_at", "event_time"}
	if len(columns) == 0 {
		head = append(head, "data")
	}
	out, err := export.NewCSV(w, append(head, columns...)...)
	if err != nil {
		return nil, nil, err
	}
	return func(o observationBody) error {
		at := ""
		if o.EventTime != nil {
			at = o.EventTime.Format(time.RFC3339Nano)
		}
		cells := []string{
			digits(o.ID), digits(o.HostID), o.Hostname, o.SourceName, o.SourceKind, o.CollectedAt.Format(time.RFC3339Nano), at,
		}
		if len(columns) == 0 {
			return out.Row(append(cells, string(o.Data))...)
		}
		return out.Row(append(cells, cellsOf(o.Data, columns)...)...)
	}, out.Close, nil
}

// cellsOf gives the scalars at dotted paths; several at one path stand one a line.
func cellsOf(data []byte, columns []string) []string {
	cells := make([]string, len(columns))
	var path []byte
	_ = rawjson.Walk(data, func(l *rawjson.Leaf) bool { // jsonb is JSON
		path = l.AppendDotted(path[:0])
		for i, c := range columns {
			if l.Kind == rawjson.Null || !bytes.Equal(path, []byte(c)) {
				continue
			}
			if cells[i] != "" {
				cells[i] += "\n"
			}
			cells[i] += string(l.Text)
		}
		return true
	})
	return cells
}
