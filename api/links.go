package api

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	linkLife  = time.Hour        // of a link that resets a password or proves an address
	resetWork = 30 * time.Second // the longest that a reset may take beside its answer
)

// LinkToken is the token of a link in a mail.
type LinkToken struct {
	Token string `json:"token" minLength:"1" maxLength:"200" doc:"from the link, after #token="`
}

type requestResetIn struct {
	Body struct {
		Email string `json:"email" format:"email" maxLength:"254"`
	}
}

// requestReset answers the same, at once, whoever asks: the look-up, the token and the mail come beside the answer.
func (a *API) requestReset(ctx context.Context, in *requestResetIn) (*struct{}, error) {
	if err := a.store.System().Admit(ctx, auth.ResetLimits(in.Body.Email, requestFrom(ctx).ip)); err != nil {
		return nil, err
	}
	beside := context.WithoutCancel(ctx)
	a.late.Go(func() {
		work, cancel := context.WithTimeout(beside, resetWork)
		defer cancel()
		if err := a.sendResets(work, in.Body.Email); err != nil {
			a.log.ErrorContext(work, "password reset not sent", slog.String("error", err.Error()))
		}
	})
	return nil, nil
}

// sendResets mails a link to each account that has the address.
func (a *API) sendResets(ctx context.Context, email string) error {
	if !a.post.enabled() {
		a.log.WarnContext(ctx, "a password reset was asked for, but no mail server is configured (SMTP_HOST)")
		return nil
	}
	accounts, err := a.store.System().UsersByEmail(ctx, email)
	if err != nil {
		return err
	}
	var errs []error
	for i := range accounts {
		errs = append(errs, a.sendReset(ctx, &accounts[i].User))
	}
	return errors.Join(errs...)
}

func (a *API) sendReset(ctx context.Context, u *models.User) error {
	token, hash := auth.NewLinkToken()
	err := a.store.Tenant(u.TenantID).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.CreateResetToken(ctx, u.ID, hash, linkLife); err != nil {
			return err
		}
		return audit.Write(ctx, t, selfEntry("auth.request_reset", u))
	})
	if err != nil {
		return err
	}
	m, err := a.post.letters.PasswordReset(addressee(u), token, linkLife, a.origin(ctx))
	if err != nil {
		return err
	}
	a.post.send(ctx, "password_reset", u.ID, m)
	return nil
}

type confirmResetIn struct {
	Body struct {
		LinkToken

		NewPassword string `json:"new_password" minLength:"1" maxLength:"200" doc:"12 characters to 72 bytes"`
	}
}

// confirmReset sets a password and ends every session. The password is judged before the token is spent, so that the link
// still works after a refusal.
func (a *API) confirmReset(ctx context.Context, in *confirmResetIn) (*struct{}, error) {
	link, err := a.open(ctx, store.LinkReset, in.Body.Token)
	if err != nil {
		return nil, err
	}
	password, err := a.newPassword(ctx, "body.new_password", in.Body.NewPassword, link.user)
	if err != nil {
		return nil, err
	}
	var user *models.User
	err = link.tenant.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if user, err = t.ResetPassword(ctx, link.hash, password); err != nil {
			return err
		}
		return noteChange(ctx, t, user.ID, passwordChanged(), selfEntry("auth.reset_password", user))
	})
	if err != nil {
		return nil, err
	}
	if err := a.store.System().Unlock(ctx, auth.ResetUnlockLimits(user.Username), user.ID); err != nil {
		a.log.WarnContext(ctx, "the lock was not lifted after a reset", slog.Int64("user_id", user.ID), slog.String("error", err.Error()))
	}
	a.mailChange(ctx, user, user.Email, passwordChanged())
	return nil, nil
}

type verifyEmailIn struct {
	Body LinkToken
}

func (a *API) verifyEmail(ctx context.Context, in *verifyEmailIn) (*struct{}, error) {
	hash := auth.HashToken(in.Body.Token)
	ref, err := a.store.System().LinkTenant(ctx, store.LinkVerification, hash)
	if err != nil {
		return nil, a.voidLink(err)
	}
	err = a.store.Tenant(ref.TenantID).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		user, err := t.VerifyEmail(ctx, hash)
		if err != nil {
			return err
		}
		e := selfEntry("user.verify_email", user)
		e.After = map[string]any{"email": user.Email}
		return audit.Write(ctx, t, e)
	})
	return nil, a.voidLink(err)
}

// resendVerification mails the caller another link.
func (a *API) resendVerification(ctx context.Context, _ *struct{}) (*struct{}, error) {
	user, err := a.tenant(ctx).User(ctx, actor(ctx).UserID)
	switch {
	case err != nil:
		return nil, err
	case user.Email == "":
		return nil, fault.New(fault.Conflict, "your account has no e-mail address; set one first").WithCode("no_email")
	case user.EmailVerified:
		return nil, fault.New(fault.Conflict, "your e-mail address is verified already").WithCode("already_verified")
	case !a.post.enabled():
		return nil, noMail()
	}
	if err := a.store.System().Admit(ctx, auth.MailLimits(user.ID)); err != nil {
		return nil, err
	}
	if err := audit.Write(ctx, a.ownTenant(ctx), selfEntry("auth.request_verification", user)); err != nil {
		return nil, err
	}
	return nil, a.sendVerification(ctx, user)
}

// sendVerification mails a link that proves the user's present address. Nothing happens without an address, where it is
// proved, or without a mail server.
func (a *API) sendVerification(ctx context.Context, u *models.User) error {
	if u.Email == "" || u.EmailVerified || !a.post.enabled() {
		return nil
	}
	token, hash := auth.NewLinkToken()
	if err := a.store.Tenant(u.TenantID).CreateVerificationToken(ctx, u.ID, hash, linkLife); err != nil {
		return err
	}
	m, err := a.post.letters.EmailVerification(addressee(u), token, linkLife)
	if err != nil {
		return err
	}
	a.post.send(ctx, "email_verification", u.ID, m)
	return nil
}

// verifyLater is sendVerification where the answer is decided already: a failure is logged.
func (a *API) verifyLater(ctx context.Context, u *models.User) {
	if err := a.sendVerification(ctx, u); err != nil {
		a.log.ErrorContext(ctx, "verification not sent", slog.Int64("user_id", u.ID), slog.String("error", err.Error()))
	}
}

// openLink is a token that still opens something, not yet used up.
type openLink struct {
	tenant *store.Tenant
	user   *models.User
	hash   []byte
}

// open finds what a token belongs to. Faults: Invalid (link_invalid), the same for every reason.
func (a *API) open(ctx context.Context, kind store.Link, token string) (*openLink, error) {
	hash := auth.HashToken(token)
	ref, err := a.store.System().LinkTenant(ctx, kind, hash)
	if err != nil {
		return nil, a.voidLink(err)
	}
	t := a.store.Tenant(ref.TenantID)
	user, err := t.LinkUser(ctx, kind, hash)
	if err != nil {
		return nil, a.voidLink(err)
	}
	return &openLink{tenant: t, user: user, hash: hash}, nil
}

// voidLink counts a token that opens nothing.
func (a *API) voidLink(err error) error {
	if fault.Is(err, fault.Invalid) {
		a.metrics.refused("link_invalid")
	}
	return err
}

func addressee(u *models.User) notify.Addressee {
	return notify.Addressee{Email: u.Email, Username: u.Username}
}

func noMail() error {
	return fault.New(fault.Unavailable, "no mail server is configured").WithCode("mail_not_configured")
}

// selfEntry is a line about something a user did to the own account without being signed in.
func selfEntry(action string, u *models.User) audit.Entry {
	return audit.Entry{Action: action, ResourceType: "user", ResourceID: strconv.FormatInt(u.ID, 10), UserID: u.ID, Username: u.Username}
}
