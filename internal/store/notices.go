package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// Notice is a message to users of the tenant.
type Notice struct {
	Users    []int64 // empty: every active user
	Type     string  // what it is about, for example playbook.message
	Title    string
	Message  string
	Severity string // empty: info
	Link     string // path in the screen; empty: none
	Once     bool   // not to those who still have an unread one of the same type and link
}

// noticeLock is the class of the advisory locks under which a notice that is given once is given.
const noticeLock = 7_302

// Notify gives each active user among those named one notification under the user's next number, and answers to whom.
// The numbers are taken under a lock that the transaction holds to its end: do it late.
func (t *Tenant) Notify(ctx context.Context, n Notice) (users []int64, err error) {
	if n.Severity == "" {
		n.Severity = models.SeverityInfo
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		who := db.NewSelect().Model((*models.User)(nil)).ColumnExpr("u.id").Where("u.tenant_id = ? AND u.is_active", t.id).OrderExpr("u.id")
		if len(n.Users) > 0 {
			who = who.Where("u.id IN (?)", bun.List(n.Users))
		}
		if n.Once {
			// Two at once would not see each other's: the second waits for the first to commit.
			if _, err := db.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?, hashtext(?))", noticeLock, decimal(t.id)+n.Type+n.Link); err != nil {
				return err
			}
			who = who.Where(`NOT EXISTS (SELECT FROM notifications n WHERE n.tenant_id = u.tenant_id AND n.user_id = u.id
AND NOT n.is_read AND n.type = ? AND n.link = ?)`, n.Type, n.Link)
		}
		err := db.NewRaw(`WITH who AS (?), numbers AS (
  INSERT INTO notification_counters AS c (tenant_id, user_id, last_seq) SELECT ?, id, 1 FROM who
  ON CONFLICT (tenant_id, user_id) DO UPDATE SET last_seq = c.last_seq + 1 RETURNING user_id, last_seq)
INSERT INTO notifications (tenant_id, user_id, seq, type, title, message, severity, link, created_at)
SELECT ?, user_id, last_seq, ?, ?, ?, ?, ?, ? FROM numbers RETURNING user_id`,
			who, t.id, t.id, n.Type, n.Title, n.Message, n.Severity, n.Link, t.s.Now()).Scan(ctx, &users)
		if err != nil {
			return err
		}
		for _, id := range users {
			t.left.Notifications = append(t.left.Notifications, UserRef{TenantID: t.id, UserID: id})
		}
		return nil
	})
	return users, err
}

// ActiveUsers gives the active users among those with one of these names, in any case, or one of these roles: id, name
// and role only.
func (t *Tenant) ActiveUsers(ctx context.Context, names, roles []string) (rows []models.User, err error) {
	folded := []string{""}
	for _, n := range names {
		folded = append(folded, lower(n))
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Column("id", "username", "role").Where("tenant_id = ? AND is_active", t.id).
			Where("lower(username) IN (?) OR role IN (?)", bun.List(folded), bun.List(append([]string{""}, roles...))).OrderExpr("id").Scan(ctx)
	})
	return rows, err
}
