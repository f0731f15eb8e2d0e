package api

import (
	"context"
	"log/slog"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// attempt is one guess at a password or a code. The brake admits it, in every instance and for accounts that don't exist
// as well, before anything is compared; its end is passed, failed or withdrawn.
type attempt struct {
	a      *API
	limits []models.Limit
	user   *models.User // nil: there is no such user
}

// attempt asks the brake. Faults: TooMany (too_many_attempts) with the time to wait.
func (a *API) attempt(ctx context.Context, limits []models.Limit, user *models.User) (*attempt, error) {
	if err := a.store.System().Admit(ctx, limits); err != nil {
		if fault.Is(err, fault.TooMany) {
			a.metrics.refused(codeOfFault(err))
		}
		return nil, err
	}
	return &attempt{a: a, limits: limits, user: user}, nil
}

func (t *attempt) userID() int64 {
	if t.user == nil {
		return 0
	}
	return t.user.ID
}

// passed forgets the account's failures.
func (t *attempt) passed(ctx context.Context) error {
	return t.a.store.System().AttemptSucceeded(ctx, t.limits, t.userID())
}

// passedInPart is passed for a password that a second factor has still to follow: whether the account counts as locked
// stays open.
func (t *attempt) passedInPart(ctx context.Context) error {
	return t.a.store.System().AttemptSucceeded(ctx, t.limits, 0)
}

// failed lets the guess count. Whoever owns the account hears of a lock-out, beside the answer: what the answer takes
// must not tell whether there is an owner.
func (t *attempt) failed(ctx context.Context) error {
	out, err := t.a.store.System().AttemptFailed(ctx, t.limits, t.userID())
	if err != nil || !out.New || t.user == nil {
		return err
	}
	t.a.late.Go(func() { t.a.tellLocked(context.WithoutCancel(ctx), t.user, t.limits[0].Action, out.Until) })
	return nil
}

// withdrawn takes back a guess that nobody compared. The request may be over by now.
func (t *attempt) withdrawn(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), withdrawTimeout)
	defer cancel()
	if err := t.a.store.System().AttemptWithdrawn(ctx, t.limits); err != nil {
		t.a.log.WarnContext(ctx, "an attempt that was not made still counts", slog.String("error", err.Error()))
	}
}

const (
	withdrawTimeout   = 5 * time.Second
	codePasswordWrong = "password_wrong"
)

// tellLocked puts a lock-out on record and tells the owner in the screen and by mail.
func (a *API) tellLocked(ctx context.Context, user *models.User, action string, until time.Time) {
	a.log.WarnContext(ctx, "account locked", slog.Int64("user_id", user.ID), slog.String("action", action), slog.Time("until", until))
	a.metrics.refused("locked_out")
	from := audit.RequestFrom(ctx)
	err := a.store.Tenant(user.TenantID).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		err := audit.Write(ctx, t, audit.Entry{
			Action: "auth.lock_out", ResourceType: "user", ResourceID: decimal(user.ID), Outcome: audit.Denied, UserID: user.ID,
			Username: user.Username, After: map[string]any{"action": action, "locked_until": until},
		})
		if err != nil {
			return err
		}
		return tell(ctx, t, user.ID, store.Notice{
			Type: "security.locked_out", Title: "Your account was locked for a while", Severity: models.SeverityHigh,
			Message: "Too many failed sign-ins, the last from " + from.IP + ". If that was not you, change your password.",
		})
	})
	if err != nil {
		a.log.ErrorContext(ctx, "the owner was not told of a lock-out", slog.Int64("user_id", user.ID), slog.String("error", err.Error()))
	}
	a.write(ctx, "account_locked", user, func(to notify.Addressee) (notify.Mail, error) {
		return a.post.letters.AccountLocked(to, until, a.origin(ctx))
	})
}

// tell gives one user a notification about his account's safety.
func tell(ctx context.Context, t *store.Tenant, user int64, n store.Notice) error {
	n.Users = []int64{user}
	if n.Link == "" {
		n.Link = placeSecurity
	}
	_, err := t.Notify(ctx, n)
	return err
}

// placeSecurity is where the screen shows sessions and the second factor.
const placeSecurity = "/profile/sessions"

// write puts a letter to a user in the post.
func (a *API) write(ctx context.Context, kind string, user *models.User, letter func(to notify.Addressee) (notify.Mail, error)) {
	if user.Email == "" || !a.post.enabled() {
		return
	}
	m, err := letter(notify.Addressee{Email: user.Email, Username: user.Username})
	if err != nil {
		a.log.ErrorContext(ctx, "letter not written", slog.String("letter", kind), slog.String("error", err.Error()))
		return
	}
	a.post.send(ctx, kind, user.ID, m)
}

// origin is where the request at work comes from, for letters.
func (a *API) origin(ctx context.Context) notify.Origin {
	from := audit.RequestFrom(ctx)
	return notify.Origin{At: a.clock.Now(), IPAddress: from.IP, UserAgent: from.UserAgent}
}

// provePassword compares a password with a signed-in user's, under the brake of sign-ins; field is where it stood. Faults:
// TooMany, Invalid (password_wrong).
func (a *API) provePassword(ctx context.Context, user *models.User, password, field string) error {
	try, err := a.attempt(ctx, auth.LoginLimits(user.Username, requestFrom(ctx).ip), user)
	if err != nil {
		return err
	}
	right, err := a.matches(ctx, user, password)
	if err != nil {
		try.withdrawn(ctx)
		return err
	}
	if right {
		return try.passed(ctx)
	}
	if err := try.failed(ctx); err != nil {
		return err
	}
	return fault.InvalidField(field, "is not your password").WithCode(codePasswordWrong)
}

// matches says whether a password is the user's, after the same time for everybody: nil and a user without one too.
func (a *API) matches(ctx context.Context, user *models.User, password string) (bool, error) {
	if user == nil || user.PasswordHash == "" {
		return false, a.hasher.VerifyDummy(ctx, password)
	}
	return a.hasher.Verify(ctx, user.PasswordHash, password)
}
