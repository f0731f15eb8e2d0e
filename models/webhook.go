package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Webhook is an address that another program may call.
type Webhook struct {
	bun.BaseModel `bun:"table:webhooks,alias:wh"`

	ID              int64  `bun:",pk,autoincrement"`
	TenantID        int64  `bun:",notnull"`
	Name            string `bun:",notnull"`
	Enabled         bool   `bun:",notnull"`
	TokenHash       []byte `bun:",notnull"` // SHA-256
	Hint            string `bun:",notnull"` // the token's first characters
	Secret          []byte // sealed; nil: calls are not signed
	SignatureHeader string `bun:",notnull"` // empty: calls are not signed
	CreatedBy       *int64
	CreatedAt       time.Time `bun:",nullzero,default:now()"`
	UpdatedAt       time.Time `bun:",nullzero,default:now()"`
	LastUsedAt      *time.Time
	Received        int64      `bun:",notnull"`
	Refused         int64      `bun:",notnull"`
	Minute          *time.Time // of the last call
	MinuteCalls     int        `bun:",notnull"` // within it

	TenantStatus string `bun:"tenant_status,scanonly"`
}

// The outcomes of a delivery.
const (
	DeliveryAccepted = "accepted"
	DeliveryRefused  = "refused"
)

// WebhookDelivery is one call of a webhook.
type WebhookDelivery struct {
	bun.BaseModel `bun:"table:webhook_deliveries,alias:wd"`

	ID          int64           `bun:",pk,autoincrement"`
	TenantID    int64           `bun:",notnull"`
	WebhookID   int64           `bun:",notnull"`
	DeliveryKey *string         `bun:"delivery_key"` // the sender's name for it; nil: it has none
	Outcome     string          `bun:",notnull"`
	Reason      string          `bun:",notnull"` // the code of a refusal
	ContentType string          `bun:",notnull"`
	Headers     json.RawMessage `bun:"type:jsonb,notnull"`
	Size        int             `bun:",notnull"` // bytes of the body
	Body        []byte          // as it came; nil: refused, or past its keeping
	Mended      int             `bun:",notnull"` // characters that the event shows as U+FFFD
	IPAddress   string          `bun:"ip_address,notnull"`
	ReceivedAt  time.Time       `bun:",nullzero,default:now()"`
}
