package api

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	maxAPIKey     = 100 // bytes; ours have 46
	keyTouchEvery = time.Minute
)

// caller says who the bearer of an access token or of a service key is. Faults: Unauthenticated, Unavailable.
func (a *API) caller(ctx context.Context, token string) (auth.Principal, error) {
	if strings.HasPrefix(token, auth.APIKeyPrefix) {
		return a.keyHolder(ctx, token)
	}
	return a.authenticator(ctx, token)
}

// keyHolder says whom a service key acts as, and with which scopes. The key is looked up each time: a revoked one is
// worthless at once, in every process.
func (a *API) keyHolder(ctx context.Context, key string) (auth.Principal, error) {
	if len(key) > maxAPIKey {
		return auth.Principal{}, a.refuseKey(ctx, 0, "api_key_invalid", "this API key is not valid")
	}
	row, err := a.store.System().APIKeyByHash(ctx, auth.HashToken(key))
	if fault.Is(err, fault.NotFound) {
		return auth.Principal{}, a.refuseKey(ctx, 0, "api_key_invalid", "this API key is not valid; it may have been revoked or have expired")
	}
	if err != nil {
		return auth.Principal{}, err
	}
	acc, err := a.accounts.get(ctx, accountKey{user: row.UserID})
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return auth.Principal{}, err
	case err != nil || acc.TenantID != row.TenantID || !acc.MayWork():
		return auth.Principal{}, a.refuseKey(ctx, row.ID, "account_disabled", "the account of this API key is not active")
	}
	a.touchKey(ctx, row)
	a.metrics.active(acc.ID)
	p := atHome(acc, "")
	p.KeyID, p.Username = row.ID, row.HolderName(acc.Username)
	for _, s := range row.Scopes {
		p.Scopes = append(p.Scopes, auth.Permission(s))
	}
	return p, nil
}

func (a *API) refuseKey(ctx context.Context, id int64, code, message string) error {
	a.metrics.refused(code)
	a.log.InfoContext(ctx, "service key refused", slog.String("code", code), slog.Int64("key_id", id))
	return fault.New(fault.Unauthenticated, "%s", message).WithCode(code)
}

// touchKey notes the use beside the answer, where the last note is a minute old.
func (a *API) touchKey(ctx context.Context, row *models.APIKey) {
	if row.LastUsedAt != nil && a.store.Now().Sub(*row.LastUsedAt) < keyTouchEvery {
		return
	}
	beside, ip := context.WithoutCancel(ctx), requestFrom(ctx).ip
	a.late.Go(func() {
		if err := a.store.Tenant(row.TenantID).TouchAPIKey(beside, row.ID, ip); err != nil {
			a.log.WarnContext(beside, "the use of a service key was not noted", slog.Int64("key_id", row.ID), slog.String("error", err.Error()))
		}
	})
}
