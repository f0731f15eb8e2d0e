package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// InboxQuery selects a user's notifications. Sorts: seq.
type InboxQuery struct {
	PageQuery

	UserID int64
	Read   *bool // nil: both
}

// ListNotifications pages through a user's notifications.
func (t *Tenant) ListNotifications(ctx context.Context, q InboxQuery) (rows []models.Notification, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model((*models.Notification)(nil)).Where("n.tenant_id = ? AND n.user_id = ?", t.id, q.UserID)
		if q.Read != nil {
			sel = sel.Where("n.is_read = ?", *q.Read)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Notification]{
			sel: sel, keys: map[string]sortKey{"seq": {"n.seq", "bigint"}}, def: "seq", id: "n.id",
			at: func(row *models.Notification, _ string) (string, int64) { return decimal(row.Seq), row.ID },
		})
		return err
	})
	return rows, p, err
}

// MarkNotification sets whether one of the user's notifications is read; fault NotFound for anybody else's.
func (t *Tenant) MarkNotification(ctx context.Context, userID, id int64, read bool) (*models.Notification, error) {
	n := &models.Notification{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		err := db.NewUpdate().Model(n).Set("is_read = ?", read).
			Where("tenant_id = ? AND user_id = ? AND id = ?", t.id, userID, id).Returning("*").Scan(ctx)
		if err == nil {
			t.left.Notifications = append(t.left.Notifications, UserRef{t.id, userID})
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.NotFound, "there is no notification %d", id)
	}
	return n, err
}

// MarkAllNotifications marks everything a user has as read and says how many that were.
func (t *Tenant) MarkAllNotifications(ctx context.Context, userID int64) (n int, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewUpdate().Model((*models.Notification)(nil)).Set("is_read = true").
			Where("tenant_id = ? AND user_id = ? AND NOT is_read", t.id, userID).Exec(ctx)
		if err != nil {
			return err
		}
		changed, err := res.RowsAffected()
		n = int(changed)
		return err
	})
	return n, err
}

// NotificationSeqs gives the highest seq of each of these users; users without any are absent.
func (t *Tenant) NotificationSeqs(ctx context.Context, users []int64) (map[int64]int64, error) {
	out := make(map[int64]int64, len(users))
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		for part := range slices.Chunk(users, 1000) {
			var counters []struct{ UserID, LastSeq int64 }
			err := db.NewSelect().Table("notification_counters").Column("user_id", "last_seq").
				Where("tenant_id = ? AND user_id IN (?)", t.id, bun.List(part)).Scan(ctx, &counters)
			if err != nil {
				return err
			}
			for _, c := range counters {
				out[c.UserID] = c.LastSeq
			}
		}
		return nil
	})
	return out, err
}

// Cursor says up to which seq a user has been told.
type Cursor struct{ UserID, Seq int64 }

// NotificationsAfter gives what each user has beyond his cursor, by user and seq, at most limit rows in all.
func (t *Tenant) NotificationsAfter(ctx context.Context, cursors []Cursor, limit int) (rows []models.Notification, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		users, seqs := make([]int64, len(cursors)), make([]int64, len(cursors))
		for i, c := range cursors {
			users[i], seqs[i] = c.UserID, c.Seq
		}
		return db.NewRaw(`SELECT n.* FROM unnest(ARRAY[?]::bigint[], ARRAY[?]::bigint[]) AS c (user_id, seq)
JOIN notifications n ON n.tenant_id = ? AND n.user_id = c.user_id AND n.seq > c.seq
ORDER BY n.user_id, n.seq LIMIT ?`, bun.List(users), bun.List(seqs), t.id, limit).Scan(ctx, &rows)
	})
	return rows, err
}
