package api

import (
	"context"
	"io"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// CollectionRowsFilter says which rows of a collection; embed it.
type CollectionRowsFilter struct {
	Artifact string `query:"artifact" maxLength:"300" doc:"rows of this one of the collection's sources"`
	Field    string `query:"field" maxLength:"200" doc:"dotted path of a field that the row has"`
	Value    string `query:"value" maxLength:"1024" doc:"of that field, the whole value in any case; * stands for any run of characters"`
	Q        string `query:"q" maxLength:"200" doc:"part of the row's JSON text, in any case; * stands for any run of characters"`
}

func (f CollectionRowsFilter) query(p PageInput) store.ObservationQuery {
	return store.ObservationQuery{PageQuery: p.query(), Source: f.Artifact, Field: f.Field, Value: f.Value, Q: f.Q}
}

type collectionResultsIn struct {
	IDInput
	PageInput
	CollectionRowsFilter
}

func (a *API) collectionResults(ctx context.Context, in *collectionResultsIn) (*boundedOut[observationBody], error) {
	t := a.tenant(ctx)
	row, err := t.Collection(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out, err := t.CollectionRows(ctx, row, in.CollectionRowsFilter.query(in.PageInput))
	if err != nil {
		return nil, err
	}
	return bounded(ctx, out.Rows, out.Page, out.Truncated, shapeObservation), nil
}

type exportCollectionIn struct {
	IDInput
	CollectionRowsFilter

	Format  string `query:"format" enum:"csv,ndjson" default:"ndjson"`
	Columns string `query:"columns" maxLength:"4000" doc:"dotted paths with commas between them that become columns of a CSV; empty: the whole row as JSON in one"`
}

// exportCollection streams a collection's rows as a file, in their order.
func (a *API) exportCollection(ctx context.Context, in *exportCollectionIn) (*huma.StreamResponse, error) {
	columns, err := (&exportObservationsIn{Columns: in.Columns}).columns()
	if err != nil {
		return nil, err
	}
	t := a.tenant(ctx)
	row, err := t.Collection(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	q := in.query(PageInput{Limit: store.MaxLimit})
	first, err := t.CollectionRows(ctx, row, q)
	if err != nil {
		return nil, err
	}
	err = audit.Write(ctx, t, entry("collection.export", row.ID, nil, map[string]any{"format": in.Format, "artifact_name": row.ArtifactName, "rows": row.Rows}))
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: a.send(ctx, fileStream{a.stamped(fileName("collection-" + digits(row.ID) + "-" + row.ArtifactName)), in.Format, func(ctx context.Context, w io.Writer) error {
		return a.writeCollection(ctx, w, row, in.Format, columns, q, first)
	}})}, nil
}

// writeCollection writes a first page and those behind it.
func (a *API) writeCollection(
	ctx context.Context, w io.Writer, row *models.Collection, format string, columns []string, q store.ObservationQuery, page store.Observations,
) error {
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
		if page, err = a.tenant(ctx).CollectionRows(ctx, row, q); err != nil {
			return err
		}
	}
}

// fileName makes of a text a part of a file's name that every system takes.
func fileName(s string) string {
	const most = 120
	s = strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
	return strings.Trim(s[:min(len(s), most)], ".")
}
