package tenancy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	tidyEvery   = 15 * time.Second
	tidyAtMost  = 10 * time.Minute // the longest one round may take
	removeBatch = 2_000            // rows of a table in one transaction
)

// Workflows is Temporal as a removal needs it: *runs.Runs is one.
type Workflows interface {
	// Forget has all of a tenant's workflows ended and their histories removed, and says how many there were. Faults:
	// Unavailable.
	Forget(ctx context.Context, tenantID int64) (n int, err error)
}

// Servers are the Velociraptor servers that tenants work with, as a removal needs them: *fleet.Service is one.
type Servers interface {
	// LeaveFor takes what was installed for a tenant away from its server, as far as that goes within seconds, and says what
	// stays there; empty: nothing.
	LeaveFor(ctx context.Context, t *store.Tenant) (left string, err error)
}

// Run notes the end of visits and removes tenants whose grace period is over, until ctx ends. Many processes may do so at
// once. The error is always nil.
func (s *Service) Run(ctx context.Context) error {
	for {
		round, cancel := context.WithTimeout(ctx, tidyAtMost)
		if err := s.Tidy(round); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "tenants could not be tidied up; trying again", slog.String("error", err.Error()))
		}
		cancel()
		if clock.Sleep(ctx, s.every) != nil {
			return nil //nolint:nilerr // the end was asked for
		}
	}
}

// Tidy is one round of Run.
func (s *Service) Tidy(ctx context.Context) error {
	errs := []error{s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		ended, err := y.EndDueVisits(ctx)
		if err != nil {
			return err
		}
		return s.noteEnds(ctx, y, ended)
	})}
	due, err := s.store.System().TenantsToRemove(ctx)
	errs = append(errs, err)
	for i := range due {
		if err := s.remove(ctx, &due[i]); err != nil {
			errs = append(errs, fmt.Errorf("remove tenant %d: %w", due[i].ID, err))
		}
	}
	return errors.Join(errs...)
}

// remove takes a tenant away for good: its workflows, its rows batch by batch, at last its trail and its own row. What an
// interruption leaves, the next round takes.
func (s *Service) remove(ctx context.Context, row *models.Tenant) error {
	var workflows int
	if s.workflows != nil {
		n, err := s.workflows.Forget(ctx, row.ID)
		if err != nil {
			return err
		}
		workflows = n
	}
	stays, err := s.leave(ctx, row.ID)
	if err != nil {
		return err
	}
	var rows int64
	for {
		n, err := s.store.Tenant(row.ID).RemoveSome(ctx, removeBatch)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		rows += n
	}
	return s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		lines, gone, err := y.ForgetTenant(ctx, row.ID)
		if err != nil || !gone {
			return err
		}
		s.log.InfoContext(ctx, "a tenant was removed", slog.Int64("tenant_id", row.ID), slog.Int("workflows", workflows),
			slog.Int64("rows", rows), slog.Int64("trail_lines", lines))
		return s.lastLine(ctx, y, row, lines, stays)
	})
}

// leave gives the tenant's Velociraptor server up.
func (s *Service) leave(ctx context.Context, tenantID int64) (stays string, err error) {
	if s.servers == nil {
		return "", nil
	}
	return s.servers.LeaveFor(ctx, s.store.Tenant(tenantID))
}

// lastLine is what stays of a tenant: who had it deleted, when and why; and what could not be taken away from its server.
func (*Service) lastLine(ctx context.Context, y *store.System, row *models.Tenant, lines int64, stays string) error {
	keeper, err := y.TrailKeeper(ctx, row.DeletedBy)
	if err != nil {
		return err
	}
	e := audit.Entry{
		Action: "tenant.removed", ResourceType: "tenant", ResourceID: strconv.FormatInt(row.ID, 10),
		Before: map[string]any{"name": row.Name, "created_at": row.CreatedAt.UTC().Format(time.RFC3339)},
		After:  map[string]any{"reason": row.DeletedReason, "deleted_by": row.DeletedBy, "trail_lines": lines},
	}
	if stays != "" {
		e.After = map[string]any{
			"reason": row.DeletedReason, "deleted_by": row.DeletedBy, "trail_lines": lines, "left_on_velociraptor_server": stays,
		}
	}
	if row.DeletedBy != nil && keeper.ID == *row.DeletedBy {
		e.UserID, e.Username = keeper.ID, keeper.Username
	}
	return audit.WriteFor(ctx, y, keeper.TenantID, e)
}
