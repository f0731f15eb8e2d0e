package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// MaxWebhookRate is how many calls of one webhook are taken in a minute.
const MaxWebhookRate = 1_200

// Received is a call of a webhook that is to be taken.
type Received struct {
	Delivery *models.WebhookDelivery
	Name     string          // of the webhook
	Body     json.RawMessage // as the event shows it: storable as jsonb
	Cut      bool            // Body is only a part
}

// ReceiveWebhook keeps a call and emits webhook.received, once for a delivery key: a repeat gets the first one's id and
// false. Faults: NotFound for a webhook that is gone, TooMany (webhook_rate).
func (t *Tenant) ReceiveWebhook(ctx context.Context, r Received) (id int64, fresh bool, err error) {
	d := r.Delivery
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		d.ReceivedAt = t.s.Now()
		if id, err = t.knownDelivery(ctx, d); err != nil || id != 0 {
			return err
		}
		if err := t.countCall(ctx, d.WebhookID, d.ReceivedAt); err != nil {
			return err
		}
		// Calls of one webhook stand in line from here on: what is known now is all there is.
		if id, err = t.knownDelivery(ctx, d); err != nil || id != 0 {
			return err
		}
		if err := t.insertDelivery(ctx, d); err != nil {
			return err
		}
		id, fresh = d.ID, true
		return t.Emit(ctx, Event{ID: once("webhook.received", d.ID), Type: "webhook.received", Time: d.ReceivedAt, Payload: map[string]any{
			"webhook_id": d.WebhookID, "name": r.Name, "delivery_id": d.ID, "body": r.Body, "headers": d.Headers, "truncated": r.Cut,
		}})
	})
	return id, fresh, err
}

// knownDelivery is the id of a delivery that came before under the same key; 0 for a new one.
func (t *Tenant) knownDelivery(ctx context.Context, d *models.WebhookDelivery) (id int64, err error) {
	if d.DeliveryKey == nil {
		return 0, nil
	}
	err = t.rows(ctx, `SELECT id FROM webhook_deliveries WHERE tenant_id = $1 AND webhook_id = $2 AND delivery_key = $3 AND outcome = 'accepted'`,
		[]any{t.id, d.WebhookID, *d.DeliveryKey}, func(r pgx.Rows) error { return r.Scan(&id) })
	return id, err
}

// countCall counts a call and keeps others of the same webhook waiting until the transaction ends.
func (t *Tenant) countCall(ctx context.Context, webhookID int64, now time.Time) error {
	minute, calls := now.Truncate(time.Minute), 0
	err := t.row(ctx, `UPDATE webhooks SET received = received + 1, last_used_at = $3, minute = $4,
  minute_calls = CASE WHEN minute = $4 THEN minute_calls + 1 ELSE 1 END
WHERE tenant_id = $1 AND id = $2 RETURNING minute_calls`, []any{t.id, webhookID, now, minute}, &calls)
	if err != nil {
		return err
	}
	if calls > MaxWebhookRate {
		return fault.New(fault.TooMany, "this webhook was called %d times within a minute, the most that is taken", MaxWebhookRate).
			WithCode("webhook_rate").WithRetryAfter(minute.Add(time.Minute).Sub(now))
	}
	return nil
}

func (t *Tenant) insertDelivery(ctx context.Context, d *models.WebhookDelivery) error {
	d.TenantID = t.id
	if len(d.Headers) == 0 {
		d.Headers = json.RawMessage("{}")
	}
	return t.row(ctx, `INSERT INTO webhook_deliveries
  (tenant_id, webhook_id, delivery_key, outcome, reason, content_type, headers, size, body, mended, ip_address, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10, $11, $12) RETURNING id`, []any{
		t.id, d.WebhookID, d.DeliveryKey, d.Outcome, d.Reason, d.ContentType, string(d.Headers), d.Size, d.Body, d.Mended, d.IPAddress, d.ReceivedAt,
	}, &d.ID)
}

// RefuseDelivery puts a refused call on record, without its body. Faults: NotFound for a webhook that is gone.
func (t *Tenant) RefuseDelivery(ctx context.Context, d *models.WebhookDelivery) error {
	d.Outcome, d.Body, d.DeliveryKey = models.DeliveryRefused, nil, nil
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		d.ReceivedAt = t.s.Now()
		res, err := db.NewUpdate().Model((*models.Webhook)(nil)).Set("refused = refused + 1").
			Where("tenant_id = ? AND id = ?", t.id, d.WebhookID).Exec(ctx)
		if err != nil {
			return err
		}
		if err := mustAffect(res); err != nil {
			return err
		}
		return t.insertDelivery(ctx, d)
	})
}

// DeliveryQuery filters the calls of a webhook; zero values filter nothing. Sorts: received_at.
type DeliveryQuery struct {
	PageQuery

	Outcome string
}

// ListDeliveries pages through the calls of a webhook, without their bodies. Faults: NotFound for the webhook.
func (t *Tenant) ListDeliveries(ctx context.Context, webhookID int64, q DeliveryQuery) (rows []models.WebhookDelivery, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.Webhook(ctx, webhookID); err != nil {
			return err
		}
		sel := db.NewSelect().Model((*models.WebhookDelivery)(nil)).ExcludeColumn("body").Where("wd.tenant_id = ? AND wd.webhook_id = ?", t.id, webhookID)
		if q.Outcome != "" {
			sel = sel.Where("wd.outcome = ?", q.Outcome)
		}
		// Ids are given in the order of the calls: the same order, and the index has it.
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.WebhookDelivery]{
			sel: sel, keys: map[string]sortKey{"received_at": {"wd.id", "bigint"}}, def: "received_at", id: "wd.id",
			at: func(row *models.WebhookDelivery, _ string) (string, int64) { return decimal(row.ID), row.ID },
		})
		return err
	})
	return rows, p, err
}

// Delivery reads one call of a webhook, with its body where that is still kept. Faults: NotFound.
func (t *Tenant) Delivery(ctx context.Context, webhookID, id int64) (*models.WebhookDelivery, error) {
	row := &models.WebhookDelivery{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ? AND webhook_id = ? AND id = ?", t.id, webhookID, id).Scan(ctx)
	})
	return row, err
}

// PurgeDeliveries removes calls before the moment given, at most limit: housekeeping.
func (y *System) PurgeDeliveries(ctx context.Context, before time.Time, limit int) (n int64, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		res, err := db.NewRaw(`DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE received_at < ? ORDER BY received_at LIMIT ?)`,
			before, limit).Exec(ctx)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
