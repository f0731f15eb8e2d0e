package api

import (
	"context"
	"log/slog"
	"strconv"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const codeTOTPInvalid = "totp_invalid"

// proveCode compares a TOTP or recovery code with a user's second factor, under a brake of its own, and uses it up: no code
// is accepted twice, in no instance. field is where it stood. Faults: TooMany, Invalid (totp_invalid), Unavailable where
// the key that the secret is sealed under is missing.
func (a *API) proveCode(ctx context.Context, user *models.User, code, field string) (auth.Method, error) {
	try, err := a.attempt(ctx, auth.TOTPLimits(user.ID, requestFrom(ctx).ip), user)
	if err != nil {
		return "", err
	}
	method, err := a.spendCode(ctx, user, code)
	if err != nil {
		try.withdrawn(ctx)
		return "", err
	}
	if method == "" {
		if err := try.failed(ctx); err != nil {
			return "", err
		}
		a.metrics.refused(codeTOTPInvalid)
		return "", wrongCode(field)
	}
	return method, try.passed(ctx)
}

func wrongCode(field string) error {
	return fault.InvalidField(field, "is wrong, or was used before; take the next one that your authenticator shows").WithCode(codeTOTPInvalid)
}

// spendCode finds out what kind of code it is and uses it up; no method: it is none that is good now. A recovery code needs
// no secret, so it works even where the secret can't be opened.
func (a *API) spendCode(ctx context.Context, user *models.User, code string) (method auth.Method, err error) {
	err = a.store.Tenant(user.TenantID).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		row, err := t.TOTP(ctx, user.ID)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil || row.ConfirmedAt == nil {
			return err
		}
		if hash, ok := auth.HashRecoveryCode(code); ok {
			spent, err := t.SpendRecoveryCode(ctx, user.ID, hash)
			if err != nil || !spent {
				return err
			}
			method = auth.MethodRecoveryCode
			return a.noteRecovery(ctx, t, user)
		}
		step, ok, err := a.rightTOTP(ctx, t, row, code)
		if err != nil || !ok {
			return err
		}
		if ok, err = t.SpendTOTPStep(ctx, user.ID, step); ok {
			method = auth.MethodTOTP
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return method, nil
}

// rightTOTP compares a code with a factor's secret, which it seals anew where that was done with a key about to go.
func (a *API) rightTOTP(ctx context.Context, t *store.Tenant, row *models.TOTP, code string) (step int64, ok bool, err error) {
	if a.sealer == nil {
		return 0, false, noSecondFactors()
	}
	secret, err := a.sealer.Open(row.TenantID, totpPurpose(row.UserID), row.Secret)
	if err != nil {
		return 0, false, err
	}
	if a.sealer.NeedsReseal(row.Secret) {
		fresh, err := a.sealer.Seal(row.TenantID, totpPurpose(row.UserID), secret)
		if err == nil {
			err = t.ResealTOTP(ctx, row, fresh)
		}
		if err != nil {
			return 0, false, err
		}
		row.Secret = fresh
	}
	step, ok = auth.VerifyTOTP(string(secret), code, a.clock.Now(), row.LastStep)
	return step, ok, nil
}

// totpPurpose binds a sealed secret to its user: moved to another's row it opens nothing.
func totpPurpose(user int64) string { return "totp/" + strconv.FormatInt(user, 10) }

func noSecondFactors() error {
	return fault.New(fault.Unavailable, "this process keeps no second factors").WithCode("second_factor_unavailable")
}

// noteRecovery puts the use of a recovery code on record and tells the user, who may not have been the one.
func (a *API) noteRecovery(ctx context.Context, t *store.Tenant, user *models.User) error {
	left, err := t.RecoveryCodesLeft(ctx, user.ID)
	if err != nil {
		return err
	}
	a.log.InfoContext(ctx, "recovery code used", slog.Int64("user_id", user.ID), slog.Int64("left", left))
	err = audit.Write(ctx, t, audit.Entry{
		Action: "auth.recovery_code", ResourceType: "user", ResourceID: decimal(user.ID), UserID: user.ID, Username: user.Username,
		After: map[string]any{"recovery_codes_left": left},
	})
	if err != nil {
		return err
	}
	return tell(ctx, t, user.ID, store.Notice{
		Type: "security.recovery_code", Title: "A recovery code was used", Severity: models.SeverityMedium,
		Message: strconv.FormatInt(left, 10) + " of your recovery codes are left. If it was not you, end your sessions and make new codes.",
	})
}
