package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// WebhookBody is an address for calls from outside on the wire; embed it.
type WebhookBody struct {
	ID              int64      `json:"id"`
	Name            string     `json:"name" doc:"event.name of the event webhook.received"`
	Enabled         bool       `json:"enabled"`
	Hint            string     `json:"hint" doc:"the first characters of the token in the address, to tell addresses apart"`
	Signed          bool       `json:"signed" doc:"calls must carry a signature"`
	SignatureHeader string     `json:"signature_header" doc:"where the signature stands; empty: calls are not signed"`
	CreatedAt       time.Time  `json:"created_at"`
	UpdatedAt       time.Time  `json:"updated_at"`
	LastUsedAt      *time.Time `json:"last_used_at"`
	Received        int64      `json:"received" doc:"calls that were taken"`
	Refused         int64      `json:"refused" doc:"calls that were not"`
}

func shapeWebhook(row *models.Webhook) WebhookBody {
	return WebhookBody{
		ID: row.ID, Name: row.Name, Enabled: row.Enabled, Hint: row.Hint, Signed: row.SignatureHeader != "", SignatureHeader: row.SignatureHeader,
		CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(), LastUsedAt: utc(row.LastUsedAt), Received: row.Received, Refused: row.Refused,
	}
}

type webhookOut struct {
	Location string `header:"Location"`
	Body     struct {
		WebhookBody

		URL    string `json:"url,omitempty" doc:"the address to call, told this once: whoever knows it may"`
		Secret string `json:"secret,omitempty" doc:"what calls are signed with, told this once"`
	}
}

func oneWebhook(row *models.Webhook) *webhookOut {
	out := &webhookOut{}
	out.Body.WebhookBody = shapeWebhook(row)
	return out
}

type listWebhooksIn struct{ PageInput }

func (a *API) listWebhooks(ctx context.Context, in *listWebhooksIn) (*listOut[WebhookBody], error) {
	return listed(ctx, shapeWebhook)(a.tenant(ctx).ListWebhooks(ctx, in.query()))
}

func (a *API) getWebhook(ctx context.Context, in *IDInput) (*webhookOut, error) {
	return found(oneWebhook)(a.tenant(ctx).Webhook(ctx, in.ID))
}

type createWebhookIn struct {
	Body struct {
		Name            string `json:"name" minLength:"1" maxLength:"100" pattern:"\\S" patternDescription:"more than white space"`
		Signed          bool   `json:"signed,omitempty" doc:"calls must be signed"`
		SignatureHeader string `json:"signature_header,omitempty" maxLength:"100" doc:"X-Hub-Signature-256 (GitHub; the default) or another header that holds the HMAC-SHA256 of the body in hexadecimal; webhook-signature for Standard Webhooks"`
		Secret          string `json:"secret,omitempty" minLength:"8" maxLength:"200" doc:"what the other side signs with, where it chose that itself; else one is made"`
	}
}

// createWebhook makes an address and, where calls are to be signed, what they are signed with.
func (a *API) createWebhook(ctx context.Context, in *createWebhookIn) (*webhookOut, error) {
	b := &in.Body
	signing, err := newSigning(b.Signed || b.Secret != "" || b.SignatureHeader != "", b.SignatureHeader, b.Secret)
	if err != nil {
		return nil, err
	}
	token, hash, hint := auth.NewWebhookToken()
	row := &models.Webhook{Name: b.Name, Enabled: true, TokenHash: hash, Hint: hint}
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if err := t.CreateWebhook(ctx, row); err != nil {
			return e, inBody(err)
		}
		if row, err = a.sign(ctx, t, row, signing); err != nil {
			return e, err
		}
		return entry("webhook.create", row.ID, nil, shapeWebhook(row)), nil
	})
	if err != nil {
		return nil, err
	}
	out := oneWebhook(row)
	out.Location = location("/api/webhooks/", row.ID)
	out.Body.URL, out.Body.Secret = a.webhookURL(token), signing.told()
	return out, nil
}

func (a *API) webhookURL(token string) string { return a.cfg.PublicURL + webhookPath + "/" + token }

type updateWebhookIn struct {
	IDInput

	Body struct {
		Name            *string `json:"name,omitempty" minLength:"1" maxLength:"100" pattern:"\\S" patternDescription:"more than white space"`
		Enabled         *bool   `json:"enabled,omitempty"`
		Signed          *bool   `json:"signed,omitempty" doc:"false: calls need no signature any more; true where they needed none: a secret is made"`
		SignatureHeader *string `json:"signature_header,omitempty" minLength:"1" maxLength:"100"`
		Secret          *string `json:"secret,omitempty" minLength:"8" maxLength:"200" doc:"replaces the secret"`
	}
}

func (a *API) updateWebhook(ctx context.Context, in *updateWebhookIn) (*webhookOut, error) {
	b := &in.Body
	var row *models.Webhook
	var signing *signing
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		before, err := t.Webhook(ctx, in.ID)
		if err != nil {
			return e, err
		}
		change := store.WebhookChange{Name: b.Name, Enabled: b.Enabled}
		if signing, err = changedSigning(before, b.Signed, b.SignatureHeader, b.Secret); err != nil {
			return e, err
		}
		if row, err = t.UpdateWebhook(ctx, in.ID, change); err != nil {
			return e, inBody(err)
		}
		if row, err = a.sign(ctx, t, row, signing); err != nil {
			return e, err
		}
		after := map[string]any{"webhook": shapeWebhook(row), "secret_changed": signing.replaces()}
		return entry("webhook.update", row.ID, shapeWebhook(before), after), nil
	})
	if err != nil {
		return nil, err
	}
	out := oneWebhook(row)
	out.Body.Secret = signing.told()
	return out, nil
}

func (a *API) deleteWebhook(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		before, err := t.Webhook(ctx, in.ID)
		if err != nil {
			return e, err
		}
		return entry("webhook.delete", in.ID, shapeWebhook(before), nil), t.DeleteWebhook(ctx, in.ID)
	})
}

type rotateWebhookIn struct {
	IDInput

	Body struct {
		What string `json:"what,omitempty" enum:"both,url,secret" default:"both" doc:"both: the secret where calls are signed"`
	}
}

// rotateWebhook makes the address or the secret void, at once, and gives another.
func (a *API) rotateWebhook(ctx context.Context, in *rotateWebhookIn) (*webhookOut, error) {
	var row *models.Webhook
	var token string
	var signing *signing
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		before, err := t.Webhook(ctx, in.ID)
		if err != nil {
			return e, err
		}
		var change store.WebhookChange
		if in.Body.What != "secret" {
			token, change.TokenHash, change.Hint = auth.NewWebhookToken()
		}
		if signing, err = rotatedSigning(before, in.Body.What); err != nil {
			return e, err
		}
		if row, err = t.UpdateWebhook(ctx, in.ID, change); err != nil {
			return e, err
		}
		if row, err = a.sign(ctx, t, row, signing); err != nil {
			return e, err
		}
		after := map[string]any{"webhook": shapeWebhook(row), "url_changed": token != "", "secret_changed": signing.replaces()}
		return entry("webhook.rotate", row.ID, shapeWebhook(before), after), nil
	})
	if err != nil {
		return nil, err
	}
	out := oneWebhook(row)
	if out.Body.Secret = signing.told(); token != "" {
		out.Body.URL = a.webhookURL(token)
	}
	return out, nil
}
