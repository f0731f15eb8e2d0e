package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// The headers of the signatures that we know by name; any other holds what GitHub's does.
const (
	githubSignature   = "X-Hub-Signature-256"
	standardSignature = "webhook-signature" // Standard Webhooks 1.0
	svixSignature     = "svix-signature"    // the same by the name it had before
)

const (
	standardSecret = "whsec_" // before the base64 of a Standard Webhooks secret
	secretBytes    = 32
)

// signing is what changes about how a webhook's calls are signed; nil: nothing.
type signing struct {
	header string // empty: calls are not signed any more
	secret string // empty: it stays
	made   bool   // by us: the caller is told
}

// told is the secret that the answer shows: one that we made.
func (s *signing) told() string {
	if s == nil || !s.made {
		return ""
	}
	return s.secret
}

func (s *signing) replaces() bool { return s != nil && s.secret != "" }

// newSigning is a new webhook's. Faults: Invalid.
func newSigning(signed bool, header, secret string) (*signing, error) {
	if !signed {
		return nil, nil //nolint:nilnil // a webhook without a signature is the normal case
	}
	if header == "" {
		header = githubSignature
	}
	if err := checkSignatureHeader(header); err != nil {
		return nil, err
	}
	return (&signing{header: header, secret: secret}).complete()
}

// changedSigning is what a change of a webhook says about signatures. Faults: Invalid.
func changedSigning(before *models.Webhook, signed *bool, header, secret *string) (*signing, error) {
	was := before.SignatureHeader != ""
	switch {
	case signed != nil && !*signed:
		if header != nil || secret != nil {
			return nil, fault.InvalidField("body.signed", "is false, but the body says how calls are signed")
		}
		if !was {
			return nil, nil //nolint:nilnil // nothing changes
		}
		return &signing{}, nil
	case signed == nil && header == nil && secret == nil, signed != nil && was && header == nil && secret == nil:
		return nil, nil //nolint:nilnil // nothing changes
	}
	s := &signing{header: before.SignatureHeader}
	if header != nil {
		s.header = *header
	}
	if s.header == "" {
		s.header = githubSignature
	}
	if err := checkSignatureHeader(s.header); err != nil {
		return nil, err
	}
	if secret != nil {
		s.secret = *secret
	}
	if was && s.secret == "" {
		return s, nil // another header, the same secret
	}
	return s.complete()
}

// rotatedSigning is a new secret where calls are signed. Faults: Conflict (webhook_not_signed) where only that was asked for.
func rotatedSigning(before *models.Webhook, what string) (*signing, error) {
	signed := before.SignatureHeader != ""
	if what == "secret" && !signed {
		return nil, fault.New(fault.Conflict, "calls of this webhook are not signed: there is no secret").WithCode("webhook_not_signed")
	}
	if what == "url" || !signed {
		return nil, nil //nolint:nilnil // the secret stays
	}
	return (&signing{header: before.SignatureHeader}).complete()
}

// complete makes a secret where none was given, and checks one that was. Faults: Invalid.
func (s *signing) complete() (*signing, error) {
	standard := isStandard(s.header)
	switch {
	case s.secret == "" && standard:
		s.secret, s.made = standardSecret+base64.StdEncoding.EncodeToString(clock.Bytes(secretBytes)), true
	case s.secret == "":
		s.secret, s.made = clock.Token(secretBytes), true
	case strings.ContainsFunc(s.secret, func(r rune) bool { return r < ' ' || r == 0x7F }):
		return nil, fault.InvalidField("body.secret", "must not contain control characters")
	case standard && strings.HasPrefix(s.secret, standardSecret):
		if _, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.secret, standardSecret)); err != nil {
			return nil, fault.InvalidField("body.secret", "must be base64 after whsec_")
		}
	}
	return s, nil
}

func isStandard(header string) bool {
	return strings.EqualFold(header, standardSignature) || strings.EqualFold(header, svixSignature)
}

// checkSignatureHeader refuses what is no header's name, or one that says something else. Faults: Invalid.
func checkSignatureHeader(name string) error {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return fault.InvalidField("body.signature_header", "may hold letters, digits, hyphens and underscores only")
		}
	}
	switch http.CanonicalHeaderKey(name) {
	case "Authorization", "Cookie", "Host", "Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Connection", "User-Agent":
		return fault.InvalidField("body.signature_header", "is a header that says something else")
	}
	return nil
}

// sign seals a webhook's secret into its row, and gives the row as it is then.
func (a *API) sign(ctx context.Context, t *store.Tenant, row *models.Webhook, s *signing) (*models.Webhook, error) {
	if s == nil {
		return row, nil
	}
	change := store.WebhookChange{SignatureHeader: &s.header}
	switch {
	case s.header == "":
		change.Secret = &[]byte{}
	case s.secret != "":
		if a.sealer == nil {
			return nil, noSealer()
		}
		sealed, err := a.sealer.Seal(t.ID(), webhookPurpose(row.ID), []byte(s.secret))
		if err != nil {
			return nil, err
		}
		change.Secret = &sealed
	}
	return t.UpdateWebhook(ctx, row.ID, change)
}

// secretOf opens the secret that a webhook's calls are signed with. Faults: Unavailable (key_missing), Internal (seal_broken).
func (a *API) secretOf(row *models.Webhook) ([]byte, error) {
	if a.sealer == nil {
		return nil, noSealer()
	}
	return a.sealer.Open(row.TenantID, webhookPurpose(row.ID), row.Secret)
}

func noSealer() error {
	return fault.New(fault.Unavailable, "no encryption key is configured (ENCRYPTION_KEY)").WithCode("key_missing")
}

func webhookPurpose(id int64) string { return "webhook:" + decimal(id) }
