package audit

import (
	"context"
	"encoding/hex"
	"log/slog"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	sweepEvery  = 700 * time.Millisecond // a line waits for its seal no longer than this and the work itself
	headEvery   = time.Minute            // between two heads of a tenant in the log
	retireEvery = time.Hour
	batchSize   = 1000            // lines sealed in one transaction
	lastSweep   = 3 * time.Second // for what is still to be sealed when the process stops
	warnEvery   = time.Minute     // between two complaints about the same thing
)

// SealerParams are what a sealer needs.
type SealerParams struct {
	Store *store.Store
	Keys  *Keyring
	Log   *slog.Logger
	Clock clock.Clock
}

// Sealer chains lines that were committed, behind their writers' backs: one sealer per tenant at a time, in any number of
// processes.
type Sealer struct {
	p       SealerParams
	seen    map[int64]models.AuditHead // the newest head of each tenant that this process knows
	told    map[int64]time.Time        // when a tenant's head was last logged
	untold  map[int64]bool             // tenants with a newer head than the logged one
	warned  map[string]time.Time
	retired time.Time
}

// NewSealer makes a sealer; Run makes it work.
func NewSealer(p SealerParams) *Sealer {
	return &Sealer{
		p: p, seen: map[int64]models.AuditHead{}, told: map[int64]time.Time{}, untold: map[int64]bool{}, warned: map[string]time.Time{},
	}
}

// Run seals until ctx ends, and then once more what the process left. The error is always nil.
func (s *Sealer) Run(ctx context.Context) error {
	for {
		s.round(ctx)
		if clock.Sleep(ctx, sweepEvery) != nil {
			break
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSweep)
	defer cancel()
	_, _ = s.Sweep(last) // what is left is found by the next process
	s.tellHeads(last, 0)
	return nil
}

func (s *Sealer) round(ctx context.Context) {
	if _, err := s.Sweep(ctx); err != nil && ctx.Err() == nil && s.due("sweep") {
		s.p.Log.ErrorContext(ctx, "audit lines could not be sealed", slog.String("error", err.Error()))
	}
	s.tellHeads(ctx, headEvery)
	if now := s.p.Clock.Now(); now.Sub(s.retired) >= retireEvery {
		s.retired = now
		if _, err := s.Retire(ctx); err != nil && ctx.Err() == nil {
			s.p.Log.ErrorContext(ctx, "old audit lines could not be removed", slog.String("error", err.Error()))
		}
	}
}

// Sweep seals what there is to seal, tenant by tenant, and says how many lines that were. A tenant whose chain can't go on
// doesn't keep the others waiting.
func (s *Sealer) Sweep(ctx context.Context) (sealed int, err error) {
	tenants, err := s.p.Store.System().UnsealedTenants(ctx)
	if err != nil {
		return 0, err
	}
	for _, tenant := range tenants {
		n, err := s.Seal(ctx, tenant)
		sealed += n
		if err != nil && ctx.Err() == nil && s.due("seal/"+strconv.FormatInt(tenant, 10)) {
			s.p.Log.ErrorContext(ctx, "audit lines of a tenant could not be sealed", slog.Int64("tenant_id", tenant), slog.String("error", err.Error()))
		}
	}
	return sealed, ctx.Err()
}

// Seal chains a tenant's lines whose transactions are over, and says how many.
func (s *Sealer) Seal(ctx context.Context, tenant int64) (sealed int, err error) {
	for {
		var n int
		var head *models.AuditHead
		err := s.p.Store.Tenant(tenant).InTx(ctx, func(ctx context.Context, t *store.Tenant) (err error) {
			n, head, err = s.batch(ctx, t)
			return err
		})
		if err != nil {
			return sealed, err
		}
		sealed += n
		if head != nil {
			s.seen[tenant], s.untold[tenant] = *head, true
		}
		if n < batchSize {
			return sealed, nil
		}
	}
}

// batch seals one transaction's worth of lines and gives the new head; nil where nothing changed.
func (s *Sealer) batch(ctx context.Context, t *store.Tenant) (int, *models.AuditHead, error) {
	held, err := t.HoldAuditHead(ctx)
	if err != nil || held == nil {
		return 0, nil, err
	}
	k := s.p.Keys.of(t.ID())
	head, err := s.sound(ctx, t, k, held)
	if err != nil {
		return 0, nil, err
	}
	lines, next, err := s.next(ctx, t, head)
	if err != nil {
		return 0, nil, err
	}
	if len(lines) == 0 && head == held && next == position(head) {
		return 0, nil, nil
	}
	grown, seals := s.chain(ctx, k, head, lines, next)
	if err := t.AppendSeals(ctx, seals, grown); err != nil {
		return 0, nil, err
	}
	return len(seals), grown, nil
}

// place is how far a tenant's lines were looked at.
type place struct{ xact, id int64 }

func position(h *models.AuditHead) place { return place{h.XactID, h.AuditID} }

// next reads the lines to seal and how far they reach.
func (s *Sealer) next(ctx context.Context, t *store.Tenant, head *models.AuditHead) ([]models.AuditLog, place, error) {
	h, err := t.Horizon(ctx)
	if err != nil {
		return nil, place{}, err
	}
	reach := position(head)
	if head.XactID >= h.Next { // the database was restored from a dump, and counts from the beginning
		lines, err := t.UnsealedAfterRestore(ctx, h, batchSize)
		if len(lines) < batchSize {
			reach = place{h.Oldest - 1, maxID}
		}
		return lines, reach, err
	}
	lines, err := t.UnsealedAudit(ctx, head, h, batchSize)
	if n := len(lines); n > 0 {
		reach = place{lines[n-1].XactID, lines[n-1].ID}
	}
	return lines, reach, err
}

const maxID = 1<<63 - 1

// chain makes the seals of lines behind a head, and the head behind them.
func (s *Sealer) chain(ctx context.Context, k *keys, head *models.AuditHead, lines []models.AuditLog, reach place) (*models.AuditHead, []models.AuditSeal) {
	next := &models.AuditHead{
		TenantID: k.tenant, Seq: head.Seq, MAC: head.MAC, XactID: reach.xact, AuditID: reach.id, KeyID: k.signingID(), SealedAt: s.p.Clock.Now(),
	}
	seals := make([]models.AuditSeal, len(lines))
	for i := range lines {
		if lines[i].XactID > 0 && k.stampOf(&lines[i]) != stampGenuine {
			s.p.Log.ErrorContext(ctx, "an audit line was not written by this installation, or under a key that is not configured",
				slog.Int64("tenant_id", k.tenant), slog.Int64("audit_id", lines[i].ID))
		}
		one := models.AuditSeal{TenantID: k.tenant, Seq: next.Seq + 1, AuditID: lines[i].ID, KeyID: next.KeyID, SealedAt: next.SealedAt}
		one.LineMAC = k.lineMAC(one.KeyID, &lines[i], content(&lines[i]))
		one.MAC = k.link(&one, next.MAC)
		next.Seq, next.MAC, seals[i] = one.Seq, one.MAC, one
	}
	next.Signature = k.headSignature(next)
	return next, seals
}

// tellHeads logs the heads that moved on since they were last logged, where that is long enough ago. Whoever keeps the log
// apart from the database can prove with them that a trail was cut off.
func (s *Sealer) tellHeads(ctx context.Context, every time.Duration) {
	now := s.p.Clock.Now()
	for tenant := range s.untold {
		if now.Sub(s.told[tenant]) < every {
			continue
		}
		h := s.seen[tenant]
		s.p.Log.InfoContext(ctx, "audit head",
			slog.Int64("tenant_id", tenant), slog.Int64("seq", h.Seq), slog.String("mac", hex.EncodeToString(h.MAC)),
			slog.Time("sealed_at", h.SealedAt), slog.String("key_id", hex.EncodeToString(h.KeyID)))
		s.told[tenant] = now
		delete(s.untold, tenant)
	}
}

// due says whether it is time to complain again about the same thing.
func (s *Sealer) due(about string) bool {
	now := s.p.Clock.Now()
	if now.Sub(s.warned[about]) < warnEvery {
		return false
	}
	s.warned[about] = now
	return true
}
