package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// retireSize is how many lines are removed in one transaction.
const retireSize = 5000

// Retire removes the lines that are older than their tenants keep them, each part under a signed checkpoint from which
// verification goes on, and says how many lines that were.
func (s *Sealer) Retire(ctx context.Context) (removed int64, err error) {
	tenants, err := s.p.Store.System().RetiringTenants(ctx)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, tenant := range tenants {
		n, err := s.retire(ctx, tenant)
		removed += n
		if err != nil {
			errs = append(errs, fmt.Errorf("tenant %d: %w", tenant, err))
		}
	}
	return removed, errors.Join(errs...)
}

func (s *Sealer) retire(ctx context.Context, tenant int64) (removed int64, err error) {
	for {
		var n int64
		err := s.p.Store.Tenant(tenant).InTx(ctx, func(ctx context.Context, t *store.Tenant) (err error) {
			n, err = s.retireSome(ctx, t)
			return err
		})
		removed += n
		if err != nil || n < retireSize {
			return removed, err
		}
	}
}

// retireSome removes one transaction's worth of lines. Lines that don't verify stay: removing them would remove what was
// done to them. Faults: Conflict (trail_broken).
func (s *Sealer) retireSome(ctx context.Context, t *store.Tenant) (int64, error) {
	row, err := t.Own(ctx)
	if err != nil {
		return 0, err
	}
	days := row.Chosen().AuditRetentionDays
	if days == 0 {
		return 0, nil
	}
	head, err := t.HoldAuditHead(ctx) // no sealer and no other retirement beside this one
	if err != nil || head == nil {
		return 0, err
	}
	limit := s.p.Clock.Now().Add(-time.Duration(days) * 24 * time.Hour)
	last, lines, err := s.old(ctx, t, limit)
	if err != nil || last == nil {
		return 0, err
	}
	k := s.p.Keys.of(t.ID())
	seam := &models.AuditCheckpoint{
		TenantID: t.ID(), Kind: models.CheckpointRetired, Seq: last.Seq, MAC: last.MAC, CreatedAt: s.p.Clock.Now(), KeyID: k.signingID(),
		Reason: fmt.Sprintf("%d lines from before %s are gone: the tenant keeps its trail for %d days", lines, limit.Format(time.RFC3339), days),
	}
	seam.Signature = k.checkpointSignature(seam)
	removed, err := t.RetireAudit(ctx, seam)
	if err != nil {
		return 0, err
	}
	s.p.Log.InfoContext(ctx, "old audit lines removed", slog.Int64("tenant_id", t.ID()), slog.Int64("lines", removed), slog.Int64("through_seq", last.Seq))
	return removed, Write(ctx, t, Entry{
		Action: "audit.retire", ResourceType: "audit", After: map[string]any{"lines": removed, "through_seq": last.Seq, "before": limit},
	})
}

// old gives the last seal of the chain's old beginning, and how many lines that is; nil where nothing is old.
func (s *Sealer) old(ctx context.Context, t *store.Tenant, limit time.Time) (last *models.AuditSeal, lines int64, err error) {
	c := &check{keys: s.p.Keys.of(t.ID()), report: &Report{}, now: s.p.Clock.Now()}
	if err := c.begin(ctx, t); err != nil {
		return nil, 0, err
	}
	page, err := t.SealedLines(ctx, c.seq, retireSize)
	if err != nil {
		return nil, 0, err
	}
	for i := range page {
		if page[i].Line != nil && !page[i].Line.CreatedAt.Before(limit) {
			break
		}
		c.one(&page[i])
		if !c.report.Intact() {
			return nil, 0, fault.New(fault.Conflict, "the trail is broken at %d; what can't be proved is not removed", page[i].Seq).WithCode("trail_broken")
		}
		last, lines = &page[i].AuditSeal, lines+1
	}
	if !c.report.Intact() {
		return nil, 0, fault.New(fault.Conflict, "the trail's checkpoint is not ours; nothing is removed").WithCode("trail_broken")
	}
	return last, lines, nil
}
