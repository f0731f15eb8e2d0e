package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// AuditEntry is one line of the trail.
type AuditEntry struct {
	ID           int64           `json:"id"`
	CreatedAt    time.Time       `json:"created_at"`
	UserID       *int64          `json:"user_id" doc:"who did it; null: nobody in particular"`
	Username     string          `json:"username"`
	TenantID     int64           `json:"tenant_id"`
	Action       string          `json:"action" doc:"noun.verb, for example host.delete"`
	ResourceType string          `json:"resource_type"`
	ResourceID   string          `json:"resource_id"`
	IPAddress    string          `json:"ip_address"`
	UserAgent    string          `json:"user_agent"`
	RequestID    string          `json:"request_id"`
	Outcome      string          `json:"outcome" enum:"success,failure,denied"`
	Before       json.RawMessage `json:"before" doc:"what it was; null: nothing"`
	After        json.RawMessage `json:"after" doc:"what it is; null: nothing"`
	Seq          *int64          `json:"seq" doc:"its place in the chain; null: it waits for its seal"`
	Sealed       bool            `json:"sealed"`
}

func shapeAudit(row *models.AuditLog) AuditEntry {
	return AuditEntry{
		ID: row.ID, CreatedAt: row.CreatedAt.UTC(), UserID: row.UserID, Username: row.Username, TenantID: row.TenantID, Action: row.Action,
		ResourceType: row.ResourceType, ResourceID: row.ResourceID, IPAddress: row.IPAddress, UserAgent: row.UserAgent, RequestID: row.RequestID,
		Outcome: row.Outcome, Before: orJSON(row.Before, "null"), After: orJSON(row.After, "null"), Seq: row.Seq, Sealed: row.Seq != nil,
	}
}

// AuditFilter is which lines are asked for; embed it.
type AuditFilter struct {
	Action       string    `query:"action" maxLength:"100" doc:"exactly; with * at its end every action that begins so, for example auth.*"`
	ResourceType string    `query:"resource_type" maxLength:"100"`
	ResourceID   string    `query:"resource_id" maxLength:"200"`
	UserID       int64     `query:"user_id" minimum:"1"`
	Username     string    `query:"username" maxLength:"100" doc:"in any case"`
	Outcome      string    `query:"outcome" enum:"success,failure,denied"`
	From         time.Time `query:"from" doc:"not before"`
	To           time.Time `query:"to" doc:"before"`
	Q            string    `query:"q" maxLength:"200" doc:"part of action, user name, resource id, address or request id; * stands for any run of characters"`
}

func (f *AuditFilter) query() (store.AuditQuery, error) {
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		return store.AuditQuery{}, fault.InvalidField("query.to", "must be after from")
	}
	for name, at := range map[string]time.Time{"from": f.From, "to": f.To} {
		if y := at.Year(); !at.IsZero() && (y < 1970 || y > 9999) {
			return store.AuditQuery{}, fault.InvalidField("query."+name, "must be between the years 1970 and 9999")
		}
	}
	return store.AuditQuery{
		Action: f.Action, ResourceType: f.ResourceType, ResourceID: f.ResourceID, UserID: f.UserID, Username: f.Username, Outcome: f.Outcome,
		From: f.From, To: f.To, Q: f.Q,
	}, nil
}

type listAuditIn struct {
	PageInput
	AuditFilter
}

// listAudit gives the tenant's trail, newest first.
func (a *API) listAudit(ctx context.Context, in *listAuditIn) (*listOut[AuditEntry], error) {
	q, err := in.AuditFilter.query()
	if err != nil {
		return nil, err
	}
	q.PageQuery = in.PageInput.query()
	if q.Sort == "" {
		q.Sort, q.Desc = "created_at", true
	}
	rows, p, err := a.tenant(ctx).ListAudit(ctx, q)
	if err != nil {
		return nil, err
	}
	return list(ctx, rows, p, shapeAudit), nil
}

type auditOut struct{ Body AuditEntry }

func (a *API) getAudit(ctx context.Context, in *IDInput) (*auditOut, error) {
	row, err := a.tenant(ctx).AuditLine(ctx, in.ID)
	if err != nil {
		return nil, missing(err, "audit entry", in.ID)
	}
	return &auditOut{Body: shapeAudit(row)}, nil
}
