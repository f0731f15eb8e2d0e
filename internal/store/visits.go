package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// StartVisit begins a visit in place of another one of the same session, which comes back where there was one; the
// database fills in the id. Faults: NotFound, Conflict (tenant_suspended, tenant_deleting), Unauthenticated for a session
// that has ended.
func (y *System) StartVisit(ctx context.Context, row *models.Visit) (ended []models.Visit, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		// A suspension that is under way is waited for, and one that comes now waits and then ends this visit.
		tenant := &models.Tenant{}
		if err := db.NewSelect().Model(tenant).Where("id = ?", row.TenantID).For("SHARE").Scan(ctx); err != nil {
			return err
		}
		if !tenant.Active() {
			return wrongStatus(tenant.Status)
		}
		live, err := db.NewSelect().Model((*models.RefreshToken)(nil)).
			Where("tenant_id = ? AND user_id = ? AND family = ?::uuid AND revoked_at IS NULL", row.HomeTenantID, row.UserID, row.Family).Exists(ctx)
		if err != nil {
			return err
		}
		if !live {
			return fault.New(fault.Unauthenticated, "this session has ended; sign in again").WithCode("session_ended")
		}
		if ended, err = y.endVisits(ctx, db, models.VisitNext, ofSession(row.UserID, row.Family)); err != nil {
			return err
		}
		_, err = db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx)
		y.left.Users = append(y.left.Users, row.UserID)
		return err
	})
	return ended, err
}

// EndVisit ends the visit of a session; nil when there is none that goes on.
func (y *System) EndVisit(ctx context.Context, userID int64, family string) (ended *models.Visit, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		rows, err := y.endVisits(ctx, db, models.VisitLeft, ofSession(userID, family))
		if len(rows) > 0 {
			ended = &rows[0]
		}
		return err
	})
	return ended, err
}

// EndDueVisits notes the end of visits whose time is over or whose session has ended: nobody can act in them any more,
// and the rows say so from now on.
func (y *System) EndDueVisits(ctx context.Context) (ended []models.Visit, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		ended, err = y.endVisits(ctx, db, models.VisitExpired, func(upd *bun.UpdateQuery) *bun.UpdateQuery {
			return upd.Where("expires_at <= ?", y.s.Now())
		})
		if err != nil {
			return err
		}
		gone, err := y.endVisits(ctx, db, models.VisitSession, func(upd *bun.UpdateQuery) *bun.UpdateQuery {
			return upd.Where(`NOT EXISTS (SELECT 1 FROM refresh_tokens AS rt WHERE rt.tenant_id = home_tenant_id AND rt.user_id = tv.user_id
  AND rt.family = tv.family AND rt.revoked_at IS NULL)`)
		})
		ended = append(ended, gone...)
		return err
	})
	return ended, err
}

func ofSession(userID int64, family string) func(*bun.UpdateQuery) *bun.UpdateQuery {
	return func(upd *bun.UpdateQuery) *bun.UpdateQuery {
		return upd.Where("user_id = ? AND family = ?::uuid", userID, family)
	}
}

// endVisits ends those of the visits that go on which choose picks. A visit that ran out ended then, not now.
func (y *System) endVisits(
	ctx context.Context, db bun.IDB, why string, choose func(*bun.UpdateQuery) *bun.UpdateQuery,
) (rows []models.Visit, err error) {
	now := y.s.Now()
	upd := db.NewUpdate().Model((*models.Visit)(nil)).Set("ended_at = least(?, expires_at)", now).
		Set("end_reason = CASE WHEN expires_at <= ? THEN ? ELSE ? END", now, models.VisitExpired, why).
		Where("ended_at IS NULL").Returning("*")
	if err := upd.WhereGroup(" AND ", choose).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	for _, v := range rows {
		y.left.Users = append(y.left.Users, v.UserID)
	}
	return rows, nil
}

// Visits lists who visited the tenant, the newest first, 100 at most.
func (t *Tenant) Visits(ctx context.Context) (rows []models.Visit, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Where("tenant_id = ?", t.id).OrderExpr("id DESC").Limit(100).Scan(ctx)
	})
	return rows, err
}

// AccountVisit is the visit that a session is on, as authentication needs it.
type AccountVisit struct {
	ID           int64     `json:"id"`
	TenantID     int64     `json:"tenant_id"` // the visited one
	TenantName   string    `json:"tenant_name"`
	TenantStatus string    `json:"tenant_status"`
	HomeName     string    `json:"home_name"` // of the visitor's own tenant
	Reason       string    `json:"reason"`
	ExpiresAt    time.Time `json:"expires_at"`
}

// LiveAt says whether the visit opens anything at that moment.
func (v *AccountVisit) LiveAt(now time.Time) bool {
	return v.TenantStatus == models.TenantActive && v.ExpiresAt.After(now)
}
