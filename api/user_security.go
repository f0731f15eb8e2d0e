package api

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// unlockUser lifts what too many failures led to.
func (a *API) unlockUser(ctx context.Context, in *IDInput) (*userOut, error) {
	user, err := a.subordinate(ctx, a.tenant(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	err = a.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		if err := y.Unlock(ctx, auth.UnlockLimits(user.ID, user.Username), user.ID); err != nil {
			return err
		}
		return audit.WriteFor(ctx, y, user.TenantID, entry("user.unlock", user.ID, lockOf(user), lockOf(&models.User{})))
	})
	if err != nil {
		return nil, err
	}
	return a.getUser(ctx, in)
}

func lockOf(u *models.User) map[string]any { return map[string]any{"locked_until": utc(u.LockedUntil)} }

// resetUserFactor takes a second factor away whose owner lost it. Whoever has the lost device may have a session on it, so
// that all of them end.
func (a *API) resetUserFactor(ctx context.Context, in *IDInput) (*userOut, error) {
	if err := notOneself(ctx, in.ID, "take the second factor from"); err != nil {
		return nil, err
	}
	var before, row *models.User
	err := a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) (err error) {
		if before, err = a.subordinate(ctx, t, in.ID); err != nil {
			return err
		}
		if err := t.DisableTOTP(ctx, in.ID); err != nil {
			return err
		}
		if row, err = t.User(ctx, in.ID); err != nil || !before.TOTPEnabled {
			return err
		}
		if _, err := t.EndSessions(ctx, in.ID, ""); err != nil {
			return err
		}
		return noteChange(ctx, t, in.ID, factorReset(), userEntry("user.reset_2fa", in.ID, before, row))
	})
	if err != nil {
		return nil, err
	}
	if before.TOTPEnabled {
		a.mailChange(ctx, row, row.Email, factorReset())
	}
	return &userOut{Body: a.showUser(row)}, nil
}

// endUserSessions signs a user out everywhere.
func (a *API) endUserSessions(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		user, err := a.subordinate(ctx, t, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		if _, err := t.EndSessions(ctx, user.ID, ""); err != nil {
			return audit.Entry{}, err
		}
		return entry("user.end_sessions", user.ID, nil, nil), nil
	})
}

// listUserAPIKeys shows an administrator what programs act as a user.
func (a *API) listUserAPIKeys(ctx context.Context, in *IDInput) (*apiKeysOut, error) {
	if _, err := a.tenant(ctx).User(ctx, in.ID); err != nil {
		return nil, err
	}
	return a.apiKeysOf(ctx, in.ID)
}

type userKeyIn struct {
	IDInput

	KeyID int64 `path:"key_id" minimum:"1" doc:"the key's id"`
}

func (a *API) revokeUserAPIKey(ctx context.Context, in *userKeyIn) (*struct{}, error) {
	if _, err := a.subordinate(ctx, a.tenant(ctx), in.ID); err != nil {
		return nil, err
	}
	return nil, a.revokeKeyOf(ctx, in.ID, in.KeyID)
}
