package fleet

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"net/url"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// CallbackPath is what the address of every callback begins with, behind the base.
const CallbackPath = "/api/velociraptor/callbacks/"

const (
	callbackKeyBytes = 32 // 64 characters in hexadecimal: one block of SHA-256, which the artifact's HMAC takes
	maxRootCA        = 64 << 10
)

// CallbackWish is how callbacks are to be set up.
type CallbackWish struct {
	BaseURL string // how the server reaches us; empty: PUBLIC_URL
	RootCA  string // PEM certificates that the server is to trust for it
	Manual  bool   // a person does it on the server; we touch nothing there
}

// CallbackPlan is an installation that is prepared here and not on the server yet.
type CallbackPlan struct {
	Setup    *models.CallbackSetup
	Callback velociraptor.Callback
	Key      string // what calls are signed with
	KeyID    int64
	manual   bool
}

// PrepareCallbacks makes a new address and key, in the caller's transaction. Those before stay good until the new ones are
// used. Faults: Invalid, Conflict (velociraptor_not_configured), Unavailable (key_missing).
func (s *Service) PrepareCallbacks(ctx context.Context, t *store.Tenant, wish CallbackWish) (*CallbackPlan, error) {
	if s.p.Sealer == nil {
		return nil, fault.New(fault.Unavailable, "no encryption key is configured (ENCRYPTION_KEY)").WithCode("key_missing")
	}
	config, err := t.VelociraptorConfig(ctx)
	if err != nil {
		return nil, err
	}
	setup := &models.CallbackSetup{Suffix: newSuffix(), Status: models.CallbacksManual, Checks: []byte("[]"), OrgID: orgName(config.OrgID), RootCA: wish.RootCA}
	if setup.BaseURL, err = s.callbackBase(wish.BaseURL); err != nil {
		return nil, err
	}
	if err := checkRootCA(wish.RootCA); err != nil {
		return nil, err
	}
	before, err := t.CallbackSetup(ctx)
	switch {
	case err == nil:
		setup.Suffix = before.Suffix // the same artifact, written anew
	case !fault.Is(err, fault.NotFound):
		return nil, err
	}
	plan := &CallbackPlan{Setup: setup, Key: hex.EncodeToString(clock.Bytes(callbackKeyBytes)), manual: wish.Manual}
	token, hash := auth.NewCallbackToken()
	row := &models.CallbackKey{TokenHash: hash}
	if row.Token, err = s.p.Sealer.Seal(t.ID(), tokenPurpose(hash), []byte(token)); err != nil {
		return nil, err
	}
	if row.Secret, err = s.p.Sealer.Seal(t.ID(), secretPurpose(hash), []byte(plan.Key)); err != nil {
		return nil, err
	}
	if err := t.AddCallbackKey(ctx, row); err != nil {
		return nil, err
	}
	plan.KeyID, plan.Callback = row.ID, callbackOf(setup, token)
	return plan, t.SaveCallbackSetup(ctx, setup)
}

// callbackOf is what the server is to run.
func callbackOf(setup *models.CallbackSetup, token string) velociraptor.Callback {
	return velociraptor.Callback{
		Artifact: velociraptor.CallbackPrefix + setup.Suffix, KeyName: "VelociCompanionKey" + setup.Suffix,
		URL: setup.BaseURL + CallbackPath + token, RootCA: setup.RootCA,
	}
}

// newSuffix tells the artifacts of two tenants, or of two companions, on one server apart.
func newSuffix() string { return strings.ToUpper(hex.EncodeToString(clock.Bytes(5))) }

// orgName is an org's id as the server itself says it.
func orgName(id string) string {
	if id == "" {
		return "root"
	}
	return id
}

func tokenPurpose(hash []byte) string {
	return "velociraptor_callback_token:" + hex.EncodeToString(hash)
}

func secretPurpose(hash []byte) string {
	return "velociraptor_callback_key:" + hex.EncodeToString(hash)
}

// callbackBase is a base address without a slash at its end. Faults: Invalid.
func (s *Service) callbackBase(base string) (string, error) {
	if base == "" {
		return strings.TrimRight(s.p.PublicURL, "/"), nil
	}
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "", fault.InvalidField("base_url", "must be an address such as https://companion.example.org, as the Velociraptor server reaches it")
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return "", fault.InvalidField("base_url", "must hold nothing but the scheme, the host, the port and a path")
	}
	return strings.TrimRight(base, "/"), nil
}

// checkRootCA refuses what is no list of certificates. Faults: Invalid.
func checkRootCA(text string) error {
	if len(text) > maxRootCA {
		return fault.InvalidField("root_ca", "must be at most %d bytes", maxRootCA)
	}
	rest := []byte(strings.TrimSpace(text))
	for len(rest) > 0 {
		block, after := pem.Decode(rest)
		if block == nil || block.Type != "CERTIFICATE" {
			return fault.InvalidField("root_ca", "must be certificates in PEM form (-----BEGIN CERTIFICATE-----), and nothing else")
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return fault.InvalidField("root_ca", "holds something between its lines that is no certificate")
		}
		rest = bytes.TrimSpace(after)
	}
	return nil
}

// CallbackAddress is what the last installation gave to the server. Faults: NotFound; Conflict (callback_sealed) where the
// address can't be opened any more: the rest is told then.
func (s *Service) CallbackAddress(ctx context.Context, t *store.Tenant, setup *models.CallbackSetup) (velociraptor.Callback, error) {
	key, err := t.CurrentCallbackKey(ctx)
	if err != nil {
		return velociraptor.Callback{}, err
	}
	var token []byte
	if s.p.Sealer != nil {
		token, err = s.p.Sealer.Open(t.ID(), tokenPurpose(key.TokenHash), key.Token)
	}
	if s.p.Sealer == nil || err != nil {
		return callbackOf(setup, ""), fault.New(fault.Conflict, "the address can't be opened with the encryption keys that are configured: install callbacks anew").WithCode("callback_sealed")
	}
	return callbackOf(setup, string(token)), nil
}

// CallbackKey opens what the calls of an installation are signed with.
func (s *Service) CallbackKey(row *models.CallbackKey) (string, error) {
	if s.p.Sealer == nil {
		return "", fault.New(fault.Unavailable, "no encryption key is configured (ENCRYPTION_KEY)").WithCode("key_missing")
	}
	key, err := s.p.Sealer.Open(row.TenantID, secretPurpose(row.TokenHash), row.Secret)
	return string(key), err
}
