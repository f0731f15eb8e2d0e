package store

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// MaxWebhooks is how many webhooks a tenant may have.
const MaxWebhooks = 200

const maxWebhookName = 100

// WebhookChange is a partial change of a webhook; nil fields stay.
type WebhookChange struct {
	Name            *string
	Enabled         *bool
	TokenHash       []byte // with Hint
	Hint            string
	Secret          *[]byte // sealed; empty: calls are not signed any more
	SignatureHeader *string
}

// CreateWebhook inserts a webhook; the database fills in id and times. Its secret, sealed for its id, follows with
// UpdateWebhook in the same transaction. Faults: Invalid, Conflict (name_taken, webhook_limit).
func (t *Tenant) CreateWebhook(ctx context.Context, row *models.Webhook) error {
	row.TenantID, row.CreatedAt, row.CreatedBy = t.id, t.s.Now(), nil
	row.UpdatedAt = row.CreatedAt
	if t.actor.UserID != 0 {
		row.CreatedBy = &t.actor.UserID
	}
	if err := normalWebhook(row); err != nil {
		return err
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		n, err := db.NewSelect().Model((*models.Webhook)(nil)).Where("tenant_id = ?", t.id).Count(ctx)
		if err != nil {
			return err
		}
		if n >= MaxWebhooks {
			return fault.New(fault.Conflict, "there are %d webhooks, the most a tenant may have", n).WithCode("webhook_limit")
		}
		_, err = db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx)
		return webhookFault(err)
	})
}

func normalWebhook(row *models.Webhook) error {
	row.Name = strings.TrimSpace(row.Name)
	if row.Name == "" {
		return fault.InvalidField("name", "must not be empty")
	}
	if p := models.TextProblem(row.Name, maxWebhookName); p != "" {
		return fault.InvalidField("name", "%s", p)
	}
	return nil
}

func webhookFault(err error) error {
	if ConstraintOf(err) == "webhooks_name_key" {
		return fault.New(fault.Conflict, "there is a webhook of this name already").WithCode("name_taken")
	}
	return err
}

// ListWebhooks pages through the tenant's webhooks. Sorts: name, created_at, last_used_at (those never used first).
func (t *Tenant) ListWebhooks(ctx context.Context, q PageQuery) (rows []models.Webhook, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		rows, p, err = page(ctx, db, q, listing[models.Webhook]{
			sel: db.NewSelect().Model((*models.Webhook)(nil)).Where("wh.tenant_id = ?", t.id),
			keys: map[string]sortKey{
				"name": {"lower(wh.name)", "text"}, "created_at": {"wh.created_at", "timestamptz"},
				"last_used_at": {"coalesce(wh.last_used_at, '-infinity')", "timestamptz"},
			},
			def: "name", id: "wh.id", at: webhookSortValue,
		})
		return err
	})
	return rows, p, err
}

func webhookSortValue(row *models.Webhook, sort string) (string, int64) {
	switch {
	case sort == "created_at":
		return row.CreatedAt.Format(time.RFC3339Nano), row.ID
	case sort == "last_used_at" && row.LastUsedAt == nil:
		return "-infinity", row.ID
	case sort == "last_used_at":
		return row.LastUsedAt.Format(time.RFC3339Nano), row.ID
	}
	return lower(row.Name), row.ID
}

// Webhook reads one webhook. Faults: NotFound.
func (t *Tenant) Webhook(ctx context.Context, id int64) (*models.Webhook, error) {
	return one[models.Webhook](ctx, t, id)
}

// UpdateWebhook changes a webhook. Faults: NotFound, Invalid, Conflict (name_taken).
func (t *Tenant) UpdateWebhook(ctx context.Context, id int64, c WebhookChange) (row *models.Webhook, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row = &models.Webhook{}
		if err := db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).For("NO KEY UPDATE").Scan(ctx); err != nil {
			return err
		}
		c.apply(row)
		if err := normalWebhook(row); err != nil {
			return err
		}
		row.UpdatedAt = after(row.UpdatedAt, t.s.Now())
		_, err := db.NewUpdate().Model(row).Column("name", "enabled", "token_hash", "hint", "secret", "signature_header", "updated_at").
			Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return webhookFault(err)
	})
	return row, err
}

func (c WebhookChange) apply(row *models.Webhook) {
	assign(&row.Name, c.Name)
	assign(&row.Enabled, c.Enabled)
	assign(&row.SignatureHeader, c.SignatureHeader)
	if c.TokenHash != nil {
		row.TokenHash, row.Hint = c.TokenHash, c.Hint
	}
	if c.Secret != nil {
		if row.Secret = *c.Secret; len(row.Secret) == 0 {
			row.Secret, row.SignatureHeader = nil, ""
		}
	}
}

// DeleteWebhook removes a webhook with what it received. Faults: NotFound.
func (t *Tenant) DeleteWebhook(ctx context.Context, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewDelete().Model((*models.Webhook)(nil)).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return err
		}
		return mustAffect(res)
	})
}

// WebhookRef names a webhook with its tenant.
type WebhookRef struct{ TenantID, ID int64 }

// WebhookByToken finds whose webhook a token calls, by its hash. Faults: NotFound.
func (y *System) WebhookByToken(ctx context.Context, hash []byte) (ref WebhookRef, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Table("webhooks").Column("tenant_id", "id").Where("token_hash = ?", hash).Scan(ctx, &ref.TenantID, &ref.ID)
	})
	return ref, err
}

// CalledWebhook reads a webhook with its tenant's status, for a call of it. Faults: NotFound.
func (t *Tenant) CalledWebhook(ctx context.Context, id int64) (*models.Webhook, error) {
	row := &models.Webhook{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).ColumnExpr("wh.*").ColumnExpr("t.status AS tenant_status").
			Join("JOIN tenants AS t ON t.id = wh.tenant_id").Where("wh.tenant_id = ? AND wh.id = ?", t.id, id).Scan(ctx)
	})
	return row, err
}
