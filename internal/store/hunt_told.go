package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// HuntWakes is how often a hunt is woken at most, however many of its endpoints end: it then looks at all of them.
const HuntWakes = time.Second

// HuntFlowTold hears that a flow has ended, and wakes the hunt that waits for it, if any does. What the end was the hunt asks
// the server itself.
func (t *Tenant) HuntFlowTold(ctx context.Context, clientID, flowID string) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if name, ok := strings.CutSuffix(strings.TrimPrefix(flowID, "F."), ".H"); ok {
			return t.serverHuntTold(ctx, "H."+name, clientID)
		}
		var hunts []int64
		err := t.rows(ctx, `UPDATE hunt_hosts SET poll_at = $4 WHERE tenant_id = $1 AND client_id = $2 AND flow_id = $3 AND own
  AND status IN ('launching', 'scheduled', 'running') RETURNING hunt_id`, []any{t.id, clientID, flowID, t.s.Now()},
			func(r pgx.Rows) error {
				var id int64
				err := r.Scan(&id)
				hunts = append(hunts, id)
				return err
			})
		if err != nil {
			return err
		}
		for _, id := range hunts {
			if err := t.wakeHunt(ctx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// HuntTold hears that something happened to a hunt of the server's, and wakes ours that is it.
func (t *Tenant) HuntTold(ctx context.Context, serverID string) error {
	return t.serverHuntTold(ctx, serverID, "")
}

// serverHuntTold wakes the hunt that is the server's. One that is over because nothing came any more goes on when an endpoint
// comes late; what is said of an endpoint whose rows are here changes nothing.
func (t *Tenant) serverHuntTold(ctx context.Context, serverID, clientID string) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var rows []models.Hunt
		err := db.NewSelect().Model(&rows).Column("id", "status", "ended", "expires_at").Where("hu.tenant_id = ? AND hu.hunt_id = ?", t.id, serverID).Scan(ctx)
		if err != nil {
			return err
		}
		for i := range rows {
			h := &rows[i]
			switch {
			case !models.JobFinal(h.Status):
				err = t.wakeHunt(ctx, h.ID)
			case clientID != "" && h.Ended == models.HuntEndedDone && t.s.Now().Before(h.ExpiresAt):
				err = t.lateForHunt(ctx, h.ID, clientID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// lateForHunt has a hunt that is over go on for an endpoint that it doesn't know.
func (t *Tenant) lateForHunt(ctx context.Context, id int64, clientID string) error {
	row, err := t.LockHunt(ctx, id)
	if err != nil || row.Ended != models.HuntEndedDone {
		return err
	}
	known := false
	err = t.row(ctx, "SELECT EXISTS (SELECT FROM hunt_hosts WHERE tenant_id = $1 AND hunt_id = $2 AND client_id = $3 AND error_kind <> '"+quiet+"')",
		[]any{t.id, id, clientID}, &known)
	if err != nil || known {
		return err
	}
	return t.reopenHunt(ctx, row)
}

// wakeHunt wakes a hunt, at most once in HuntWakes: an endpoint that is told of in between is seen by the look that is due then.
func (t *Tenant) wakeHunt(ctx context.Context, id int64) error {
	now := t.s.Now()
	woken := false
	err := t.rows(ctx, "UPDATE hunts SET woken_at = $3 WHERE tenant_id = $1 AND id = $2 AND (woken_at IS NULL OR woken_at <= $4) RETURNING id",
		[]any{t.id, id, now, now.Add(-HuntWakes)}, func(pgx.Rows) error { woken = true; return nil })
	if err != nil || !woken {
		return err
	}
	return t.WakeJob(ctx, models.JobHunt, id)
}
