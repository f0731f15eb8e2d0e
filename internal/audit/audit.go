package audit

import (
	"context"
	"encoding/json"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Outcomes.
const (
	Success = "success"
	Failure = "failure"
	Denied  = "denied"
)

// Request is where a change came from; empty for what runs do by themselves.
type Request struct{ ID, IP, UserAgent string }

type requestKey struct{}

// WithRequest gives a context whose lines carry r.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// RequestFrom is what WithRequest put into ctx.
func RequestFrom(ctx context.Context) Request {
	r, _ := ctx.Value(requestKey{}).(Request)
	return r
}

// Entry is one line. The actor is the principal in the context unless UserID is set.
type Entry struct {
	Action       string // noun.verb, for example user.update
	ResourceType string
	ResourceID   string
	Outcome      string // empty: Success
	UserID       int64
	Username     string
	Before       any // what the row was, without secrets; nil: nothing
	After        any // what the row is now, without secrets; nil: nothing
}

// Write appends a line to the tenant's trail, in the handle's transaction if it has one.
func Write(ctx context.Context, t *store.Tenant, e Entry) error {
	row, err := line(ctx, e)
	if err != nil {
		return err
	}
	return t.Audit(ctx, row)
}

// WriteFor appends a line to any tenant's trail, for acts that cross tenants.
func WriteFor(ctx context.Context, y *store.System, tenantID int64, e Entry) error {
	row, err := line(ctx, e)
	if err != nil {
		return err
	}
	row.TenantID = tenantID
	return y.Audit(ctx, row)
}

func line(ctx context.Context, e Entry) (models.AuditLog, error) {
	if e.Outcome == "" {
		e.Outcome = Success
	}
	if p, ok := auth.PrincipalFrom(ctx); ok && e.UserID == 0 {
		e.UserID, e.Username = p.UserID, p.Username
	}
	from := RequestFrom(ctx)
	row := models.AuditLog{
		Username: e.Username, Action: e.Action, ResourceType: e.ResourceType, ResourceID: e.ResourceID, Outcome: e.Outcome,
		IPAddress: from.IP, UserAgent: from.UserAgent, RequestID: from.ID,
	}
	if e.UserID > 0 {
		row.UserID = &e.UserID
	}
	var err error
	if row.Before, err = encode(e.Before); err != nil {
		return row, err
	}
	row.After, err = encode(e.After)
	return row, err
}

func encode(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the audit line can't be written")
	}
	return b, nil
}
