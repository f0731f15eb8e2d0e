package api

import (
	"context"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// elevation is how long a step-up lasts.
const elevation = 5 * time.Minute

// steppedUp says whether the caller has proved himself within the last minutes. Faults: Forbidden (step_up_required,
// not_for_keys).
func (a *API) steppedUp(p auth.Principal) error {
	switch {
	case p.KeyID != 0:
		return auth.NotForKeys()
	case p.ElevatedUntil.After(a.clock.Now()):
		return nil
	default:
		return fault.New(fault.Forbidden, "prove once more that it is you: POST /api/auth/step-up, then try again").WithCode("step_up_required")
	}
}

type stepUpIn struct {
	Body struct {
		TOTPCode string `json:"totp_code,omitempty" maxLength:"100" doc:"where a second factor is in force: its code, or a recovery code"`
		Password string `json:"password,omitempty" maxLength:"1000" doc:"where none is"`
	}
}

type stepUpOut struct {
	Body struct {
		ElevatedUntil time.Time `json:"elevated_until" doc:"until when this session may do what needs a step-up"`
	}
}

// stepUp elevates the caller's session, and only this one, for five minutes.
func (a *API) stepUp(ctx context.Context, in *stepUpIn) (*stepUpOut, error) {
	me := actor(ctx)
	if me.SessionID == "" {
		return nil, fault.New(fault.Forbidden, "only a session can be elevated").WithCode("no_session")
	}
	user, err := a.ownUser(ctx)
	if err != nil {
		return nil, err
	}
	method, err := a.proveAgain(ctx, user, in)
	if err != nil {
		return nil, a.noteRefusedStepUp(ctx, err)
	}
	until := a.clock.Now().Add(elevation)
	err = a.ownTenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.Elevate(ctx, user.ID, me.SessionID, string(method), until); err != nil {
			return err
		}
		e := stepUpEntry(me)
		e.After = map[string]any{"method": method, "elevated_until": until}
		return audit.Write(ctx, t, e)
	})
	if err != nil {
		return nil, err
	}
	out := &stepUpOut{}
	out.Body.ElevatedUntil = until
	return out, nil
}

// proveAgain asks for the strongest proof that the user has. Faults: TooMany, Invalid (totp_required, totp_invalid,
// password_required, password_wrong).
func (a *API) proveAgain(ctx context.Context, user *models.User, in *stepUpIn) (auth.Method, error) {
	switch {
	case user.TOTPEnabled && strings.TrimSpace(in.Body.TOTPCode) == "":
		return "", fault.InvalidField("body.totp_code", "is needed: a second factor is in force").WithCode("totp_required")
	case user.TOTPEnabled:
		return a.proveCode(ctx, user, in.Body.TOTPCode, "body.totp_code")
	case in.Body.Password == "":
		return "", fault.InvalidField("body.password", "is needed").WithCode("password_required")
	default:
		return auth.MethodPassword, a.provePassword(ctx, user, in.Body.Password, "body.password")
	}
}

// noteRefusedStepUp puts a wrong proof on record; anything else passes.
func (a *API) noteRefusedStepUp(ctx context.Context, err error) error {
	code := codeOfFault(err)
	if code != codeTOTPInvalid && code != codePasswordWrong {
		return err
	}
	e := stepUpEntry(actor(ctx))
	e.Outcome, e.After = audit.Failure, map[string]any{"reason": code}
	if failed := audit.Write(ctx, a.ownTenant(ctx), e); failed != nil {
		return failed
	}
	return err
}

func stepUpEntry(me auth.Principal) audit.Entry {
	return audit.Entry{Action: "auth.step_up", ResourceType: "session", ResourceID: me.SessionID, UserID: me.UserID, Username: me.Username}
}
