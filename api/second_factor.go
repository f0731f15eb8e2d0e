package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// totpIssuer is what an authenticator shows above the code.
const totpIssuer = "VelociCompanion"

// SecondFactor is the part of one's own account that tells about proof beyond the password.
type SecondFactor struct {
	TOTPRequired      bool       `json:"totp_required" doc:"the tenant demands a second factor of this role"`
	EnrolmentDue      bool       `json:"totp_enrolment_due" doc:"it is demanded and not set up: everything but the own account answers 403 totp_enrolment_required"`
	RecoveryCodesLeft int64      `json:"recovery_codes_left" doc:"recovery codes not used yet"`
	ElevatedUntil     *time.Time `json:"elevated_until,omitempty" doc:"until when this session may do what needs a step-up; left out when it may not"`
}

// secondFactor reads that part for the user of this request.
func (a *API) secondFactor(ctx context.Context, t *store.Tenant, row *models.User, required bool) (SecondFactor, error) {
	left, err := t.RecoveryCodesLeft(ctx, row.ID)
	out := SecondFactor{TOTPRequired: required, EnrolmentDue: required && !row.TOTPEnabled, RecoveryCodesLeft: left}
	if until := actor(ctx).ElevatedUntil; until.After(a.clock.Now()) {
		until = until.UTC()
		out.ElevatedUntil = &until
	}
	return out, err
}

type totpSetupOut struct {
	Body struct {
		Secret string `json:"secret" doc:"base32, for typing"`
		URI    string `json:"qr_code_uri" doc:"otpauth://totp/…, for an authenticator on the same device"`
		PNG    []byte `json:"qr_code_png" doc:"the URI as a QR code: PNG, 272 pixels square"`
	}
}

// setupTOTP begins an enrolment; one begun before is void.
func (a *API) setupTOTP(ctx context.Context, _ *nothingIn) (*totpSetupOut, error) {
	if a.sealer == nil {
		return nil, noSecondFactors()
	}
	me, t := actor(ctx), a.ownTenant(ctx)
	fresh, err := auth.NewTOTP(totpIssuer, me.Username)
	if err != nil {
		return nil, err
	}
	sealed, err := a.sealer.Seal(t.ID(), totpPurpose(me.UserID), []byte(fresh.Secret))
	if err != nil {
		return nil, err
	}
	err = t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.BeginTOTP(ctx, me.UserID, sealed); err != nil {
			return err
		}
		return audit.Write(ctx, t, ownEntry(me, "auth.totp_setup"))
	})
	if err != nil {
		return nil, err
	}
	out := &totpSetupOut{}
	out.Body.Secret, out.Body.URI, out.Body.PNG = fresh.Secret, fresh.URI, fresh.QRCode
	return out, nil
}

type codeIn struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"100" doc:"what the authenticator shows, or a recovery code"`
	}
}

type recoveryOut struct {
	Body struct {
		Codes []string `json:"recovery_codes" nullable:"false" doc:"ten codes, each good once in place of the second factor; shown only now"`
	}
}

// verifyTOTP puts the factor in force once its authenticator has shown a right code.
func (a *API) verifyTOTP(ctx context.Context, in *codeIn) (*recoveryOut, error) {
	user, err := a.ownUser(ctx)
	if err != nil {
		return nil, err
	}
	t := a.ownTenant(ctx)
	row, err := t.TOTP(ctx, user.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil, fault.New(fault.Conflict, "no second factor is being set up; begin with POST /api/auth/2fa/setup").WithCode("totp_not_begun")
	case err != nil:
		return nil, err
	case row.ConfirmedAt != nil:
		return nil, fault.New(fault.Conflict, "a second factor is in force already").WithCode("totp_enabled")
	}
	try, err := a.attempt(ctx, auth.TOTPLimits(user.ID, requestFrom(ctx).ip), user)
	if err != nil {
		return nil, err
	}
	step, ok, err := a.rightTOTP(ctx, t, row, in.Body.Code)
	if err != nil {
		try.withdrawn(ctx)
		return nil, err
	}
	if !ok {
		if err := try.failed(ctx); err != nil {
			return nil, err
		}
		return nil, wrongCode("body.code")
	}
	out, err := a.enrol(ctx, user, row, step)
	if err != nil {
		return nil, err
	}
	return out, try.passed(ctx)
}

func (a *API) enrol(ctx context.Context, user *models.User, row *models.TOTP, step int64) (*recoveryOut, error) {
	codes, hashes := auth.NewRecoveryCodes()
	err := a.ownTenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.ConfirmTOTP(ctx, row, step, hashes); err != nil {
			return err
		}
		return a.noteFactor(ctx, t, user, "auth.totp_enable", "The second factor is on", "From now on signing in needs a code of your authenticator.")
	})
	if err != nil {
		return nil, err
	}
	out := &recoveryOut{}
	out.Body.Codes = codes
	return out, nil
}

// noteFactor puts a change of the second factor on record and tells the user, who may not have been the one.
func (*API) noteFactor(ctx context.Context, t *store.Tenant, user *models.User, action, title, message string) error {
	if err := audit.Write(ctx, t, ownEntry(actor(ctx), action)); err != nil {
		return err
	}
	return tell(ctx, t, user.ID, store.Notice{
		Type: "security.second_factor", Title: title, Severity: models.SeverityMedium,
		Message: message + " If it was not you, end your sessions and ask an administrator.",
	})
}

// disableTOTP takes the factor away from who can show that he has it.
func (a *API) disableTOTP(ctx context.Context, in *codeIn) (*struct{}, error) {
	user, err := a.proveOwnCode(ctx, in)
	if err != nil {
		return nil, err
	}
	return nil, a.ownTenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.DisableTOTP(ctx, user.ID); err != nil {
			return err
		}
		return a.noteFactor(ctx, t, user, "auth.totp_disable", "The second factor is off", "Signing in needs your password only.")
	})
}

// renewRecoveryCodes puts ten new codes in place of all others.
func (a *API) renewRecoveryCodes(ctx context.Context, in *codeIn) (*recoveryOut, error) {
	user, err := a.proveOwnCode(ctx, in)
	if err != nil {
		return nil, err
	}
	out := &recoveryOut{}
	codes, hashes := auth.NewRecoveryCodes()
	out.Body.Codes = codes
	return out, a.ownTenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.ReplaceRecoveryCodes(ctx, user.ID, hashes); err != nil {
			return err
		}
		return a.noteFactor(ctx, t, user, "auth.recovery_codes", "New recovery codes", "Those you had before are void.")
	})
}

// proveOwnCode asks the caller for a code of the second factor in force.
func (a *API) proveOwnCode(ctx context.Context, in *codeIn) (*models.User, error) {
	user, err := a.ownUser(ctx)
	if err != nil {
		return nil, err
	}
	if !user.TOTPEnabled {
		return nil, fault.New(fault.Conflict, "no second factor is in force").WithCode("totp_not_enabled")
	}
	_, err = a.proveCode(ctx, user, in.Body.Code, "body.code")
	return user, err
}

// nothingIn is the body of an action that needs none: nothing, or an empty object.
type nothingIn struct {
	Body *struct{}
}

// ownTenant is the handle on the tenant that the caller's account is in.
func (a *API) ownTenant(ctx context.Context) *store.Tenant { return a.tenant(ctx) }

// ownUser reads the caller's account.
func (a *API) ownUser(ctx context.Context) (*models.User, error) {
	return a.ownTenant(ctx).User(ctx, actor(ctx).UserID)
}

// ownEntry is an audit line about the caller's own account.
func ownEntry(me auth.Principal, action string) audit.Entry {
	return audit.Entry{Action: action, ResourceType: "user", ResourceID: decimal(me.UserID), UserID: me.UserID, Username: me.Username}
}
