package api

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/export"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const csvType = "text/csv"

type exportAuditIn struct {
	AuditFilter

	Format string `query:"format" enum:"csv,json" default:"csv"`
}

// exportAudit streams the lines that match, newest first. Taking the trail away is itself on record.
func (a *API) exportAudit(ctx context.Context, in *exportAuditIn) (*huma.StreamResponse, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.PageQuery = store.PageQuery{Limit: store.MaxLimit, Sort: "created_at", Desc: true}
	t := a.tenant(ctx)
	rows, p, err := t.ListAudit(ctx, q)
	if err != nil {
		return nil, err
	}
	err = audit.Write(ctx, t, audit.Entry{Action: "audit.export", ResourceType: "audit", After: exported(in)})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: a.send(ctx, fileStream{a.stamped("audit-" + digits(t.ID())), in.Format, func(ctx context.Context, w io.Writer) error {
		return a.writeAudit(ctx, w, in.Format, q, rows, p)
	}})}, nil
}

// exported is what the trail keeps of an export: format and filters.
func exported(in *exportAuditIn) map[string]any {
	out := map[string]any{"format": in.Format}
	for name, value := range map[string]string{
		"action": in.Action, "resource_type": in.ResourceType, "resource_id": in.ResourceID, "username": in.Username, "outcome": in.Outcome, "q": in.Q,
	} {
		if value != "" {
			out[name] = value
		}
	}
	if in.UserID != 0 {
		out["user_id"] = in.UserID
	}
	for name, at := range map[string]time.Time{"from": in.From, "to": in.To} {
		if !at.IsZero() {
			out[name] = at.UTC()
		}
	}
	return out
}

// writeAudit writes a first page and those behind it.
func (a *API) writeAudit(ctx context.Context, w io.Writer, format string, q store.AuditQuery, rows []models.AuditLog, p store.Page) error {
	put, end, err := auditWriter(w, format)
	if err != nil {
		return err
	}
	for {
		for i := range rows {
			if err := put(shapeAudit(&rows[i])); err != nil {
				return err
			}
		}
		if p.Next == "" {
			return end()
		}
		q.Cursor = p.Next
		if rows, p, err = a.tenant(ctx).ListAudit(ctx, q); err != nil {
			return err
		}
	}
}

func auditWriter(w io.Writer, format string) (put func(AuditEntry) error, end func() error, err error) {
	if format == "json" {
		out := export.NewJSON(w)
		return func(e AuditEntry) error { return out.Item(e) }, out.Close, nil
	}
	out, err := export.NewCSV(w, "id", "seq", "created_at", "user_id", "username", "action", "resource_type", "resource_id", "outcome",
		"ip_address", "user_agent", "request_id", "before", "after")
	if err != nil {
		return nil, nil, err
	}
	return func(e AuditEntry) error {
		return out.Row(digits(e.ID), idOr(e.Seq), e.CreatedAt.Format(time.RFC3339Nano), idOr(e.UserID), e.Username, e.Action, e.ResourceType,
			e.ResourceID, e.Outcome, e.IPAddress, e.UserAgent, e.RequestID, documentText(e.Before), documentText(e.After))
	}, out.Close, nil
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }

func idOr(n *int64) string {
	if n == nil {
		return ""
	}
	return digits(*n)
}

// documentText is a document as a cell: null is empty.
func documentText(raw []byte) string {
	if string(raw) == "null" {
		return ""
	}
	return string(raw)
}
