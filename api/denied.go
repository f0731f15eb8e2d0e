package api

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// denied puts it on record that somebody was not allowed to do something. Being asked for one more proof is no refusal.
func (a *API) denied(ctx context.Context, o op, err error) {
	p := requestFrom(ctx).principal
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Forbidden || p.UserID == 0 || slices.Contains([]string{"step_up_required", auth.CodeEnrolmentRequired}, f.StableCode()) {
		return
	}
	err = a.flood.Write(auth.WithPrincipal(ctx, p), a.store.Tenant(p.TenantID), audit.Entry{
		Action: "auth.denied", ResourceType: "operation", ResourceID: o.ID, Outcome: audit.Denied, UserID: p.UserID, Username: p.Username,
		After: map[string]any{"reason": f.StableCode(), "needs": o.Needs, "role": p.Role},
	})
	if err != nil {
		a.log.ErrorContext(ctx, "a refusal is not on record", slog.Int64("user_id", p.UserID), slog.String("error", err.Error()))
	}
}
