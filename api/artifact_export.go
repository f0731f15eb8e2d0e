package api

import (
	"context"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/export"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type exportArtifactsIn struct {
	ArtifactFilter

	Format string `query:"format" enum:"csv,ndjson" default:"csv"`
}

// exportArtifacts streams the indicators that match, in the order of their ids.
func (a *API) exportArtifacts(ctx context.Context, in *exportArtifactsIn) (*huma.StreamResponse, error) {
	q := in.query()
	q.PageQuery = store.PageQuery{Limit: store.MaxLimit}
	t := a.tenant(ctx)
	rows, p, err := t.ListArtifacts(ctx, q)
	if err != nil {
		return nil, err
	}
	after := map[string]any{"format": in.Format, "filter": requestFrom(ctx).url.RawQuery}
	if err := audit.Write(ctx, t, audit.Entry{Action: "artifact.export", ResourceType: "artifact", After: after}); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: a.send(ctx, fileStream{a.stamped("indicators-" + digits(t.ID())), in.Format, func(ctx context.Context, w io.Writer) error {
		return a.writeArtifacts(ctx, w, in.Format, q, rows, p)
	}})}, nil
}

// writeArtifacts writes a first page and those behind it.
func (a *API) writeArtifacts(ctx context.Context, w io.Writer, format string, q store.ArtifactQuery, rows []models.Artifact, p store.Page) error {
	put, end, err := artifactWriter(w, format)
	if err != nil {
		return err
	}
	for {
		for i := range rows {
			if err := put(a.shapeArtifact(&rows[i])); err != nil {
				return err
			}
		}
		if p.Next == "" {
			return end()
		}
		q.Cursor = p.Next
		if rows, p, err = a.tenant(ctx).ListArtifacts(ctx, q); err != nil {
			return err
		}
	}
}

// artifactColumns are those of the CSV; the import reads the first six.
func artifactColumns() []string {
	return []string{
		"artifact_type", "value", "description", "tlp", "tags", "expires_at", "id", "origin", "false_positive", "fp_reason", "case_ids",
		"sightings", "hosts", "first_seen", "last_seen", "created_at",
	}
}

func artifactWriter(w io.Writer, format string) (put func(artifactBody) error, end func() error, err error) {
	if format == "ndjson" {
		out := json.NewEncoder(w)
		return func(b artifactBody) error { return out.Encode(b) }, func() error { return nil }, nil
	}
	out, err := export.NewCSV(w, artifactColumns()...)
	if err != nil {
		return nil, nil, err
	}
	return func(b artifactBody) error {
		cases := make([]string, len(b.CaseIDs))
		for i, id := range b.CaseIDs {
			cases[i] = digits(id)
		}
		return out.Row(b.ArtifactType, b.Value, b.Description, b.TLP, strings.Join(b.Tags, tagSeparator), timeOr(b.ExpiresAt), digits(b.ID), b.Origin,
			strconv.FormatBool(b.FalsePositive), b.FPReason, strings.Join(cases, tagSeparator), digits(b.Sightings), digits(int64(b.Hosts)),
			timeOr(b.FirstSeen), timeOr(b.LastSeen), b.CreatedAt.Format(time.RFC3339Nano))
	}, out.Close, nil
}

// tagSeparator stands between the tags of a cell, as in the labels of ingested CSV.
const tagSeparator = ";"

func timeOr(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}
