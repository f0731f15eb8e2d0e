package api

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// SessionHeader with the value cookie asks for a browser's session: the refresh token in a cookie that no script reads.
type SessionHeader struct {
	Session string `header:"X-Session" enum:"cookie" doc:"cookie: the refresh token travels in an HttpOnly cookie instead of the body"`
}

func (h SessionHeader) cookie() bool { return h.Session == "cookie" }

type loginIn struct {
	SessionHeader

	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"100"`
		Password string `json:"password" minLength:"1" maxLength:"1000"`
		Scope    string `json:"scope,omitempty" maxLength:"100" doc:"as totp_code, for OAuth 2 password clients"`
		TOTPCode string `json:"totp_code,omitempty" maxLength:"100" doc:"the second factor, or a recovery code"`
	}
}

type tokenOut struct {
	SetCookie    string `header:"Set-Cookie"`
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token,omitempty" doc:"left out with X-Session: cookie"`
		TokenType    string `json:"token_type" enum:"bearer"`
		ExpiresIn    int    `json:"expires_in" doc:"life of the access token in seconds"`
	}
}

// code is what was typed as the second factor, wherever it stood.
func (in *loginIn) code() string {
	if in.Body.TOTPCode != "" {
		return in.Body.TOTPCode
	}
	return in.Body.Scope
}

// login gives tokens for a name and a password, and for the second factor where one is in force. Unknown user, wrong
// password and inactive account answer the same, in the same time, and are slowed down alike.
func (a *API) login(ctx context.Context, in *loginIn) (*tokenOut, error) {
	acc, err := a.verify(ctx, in.Body.Username, in.Body.Password)
	if err != nil {
		if fault.Is(err, fault.Unauthenticated) {
			a.metrics.refused("wrong_credentials")
		}
		return nil, err
	}
	method := auth.MethodPassword
	if acc.TOTPEnabled {
		if method, err = a.loginCode(ctx, acc, in.code()); err != nil {
			return nil, err
		}
	}
	out, err := a.startSession(ctx, acc, method, in.cookie())
	if err != nil {
		return nil, err
	}
	a.metrics.authenticated(string(method))
	a.rehash(ctx, acc, in.Body.Password)
	return out, nil
}

// verify finds the account that the name and the password belong to. Faults: Unauthenticated (invalid_credentials), TooMany,
// Unavailable (sign_in_busy).
func (a *API) verify(ctx context.Context, username, password string) (*store.Account, error) {
	if err := a.hasher.Crowded(); err != nil { // before the database is asked: a flood must not reach it
		return nil, err
	}
	acc, err := a.store.System().UserByUsername(ctx, username)
	var user *models.User
	switch {
	case err == nil:
		user, username = &acc.User, acc.Username // no other spelling counts apart
	case !fault.Is(err, fault.NotFound):
		return nil, err
	}
	try, err := a.attempt(ctx, auth.LoginLimits(username, requestFrom(ctx).ip), user)
	if err != nil {
		return nil, err
	}
	right, err := a.matches(ctx, user, password)
	switch {
	case err != nil:
		try.withdrawn(ctx)
		return nil, err
	case !right || !acc.MayWork():
		return nil, a.refuseLogin(ctx, try, right)
	case acc.TOTPEnabled:
		return acc, try.passedInPart(ctx)
	default:
		return acc, try.passed(ctx)
	}
}

// refuseLogin answers a sign-in that failed, always the same.
func (a *API) refuseLogin(ctx context.Context, try *attempt, right bool) error {
	reason := "wrong password"
	switch {
	case try.user == nil:
		reason = "unknown user"
	case right:
		reason = "account not active"
	}
	attrs := []any{slog.String("reason", reason), slog.String("ip", requestFrom(ctx).ip)}
	if user := try.user; user != nil {
		attrs = append(attrs, slog.Int64("user_id", user.ID))
		a.late.Go(func() { a.auditFailure(context.WithoutCancel(ctx), user, reason) })
	}
	a.log.InfoContext(ctx, "sign-in failed", attrs...)
	if err := try.failed(ctx); err != nil {
		return err
	}
	return fault.New(fault.Unauthenticated, "wrong user name or password").WithCode("invalid_credentials")
}

// loginCode asks for the second factor of an account whose password was right. Faults: Unauthenticated (totp_required,
// totp_invalid), TooMany.
func (a *API) loginCode(ctx context.Context, acc *store.Account, code string) (auth.Method, error) {
	if strings.TrimSpace(code) == "" {
		a.metrics.refused("totp_required")
		return "", fault.New(fault.Unauthenticated, "this account needs a second factor: send its code as totp_code").WithCode("totp_required")
	}
	method, err := a.proveCode(ctx, &acc.User, code, "body.totp_code")
	if codeOfFault(err) == codeTOTPInvalid {
		a.auditFailure(ctx, &acc.User, "wrong second factor")
		err = fault.New(fault.Unauthenticated, "the code is wrong, or was used before; take the next one").WithCode(codeTOTPInvalid)
	}
	return method, err
}

// auditFailure runs beside the answer where writing first would tell by the time it takes that the user exists.
func (a *API) auditFailure(ctx context.Context, user *models.User, reason string) {
	err := a.flood.Write(ctx, a.store.Tenant(user.TenantID), audit.Entry{
		Action: "auth.login", Outcome: audit.Failure, UserID: user.ID, Username: user.Username, After: map[string]any{"reason": reason},
	})
	if err != nil {
		a.log.ErrorContext(ctx, "failed sign-in not audited", slog.Int64("user_id", user.ID), slog.String("error", err.Error()))
	}
}

// startSession begins a session for an account that has proved itself.
func (a *API) startSession(ctx context.Context, acc *store.Account, method auth.Method, cookie bool) (*tokenOut, error) {
	token, hash := auth.NewRefreshToken()
	session := a.newSession(ctx, hash)
	session.UserID, session.Family = acc.ID, uuid.NewString()
	err := a.store.Tenant(acc.TenantID).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		tenant, err := t.Own(ctx)
		if err != nil {
			return err
		}
		session.MaxLife = maxLife(tenant)
		if err := t.CreateSession(ctx, session); err != nil {
			return err
		}
		if err := t.TouchLogin(ctx, acc.ID); err != nil {
			return err
		}
		return audit.Write(ctx, t, audit.Entry{
			Action: "auth.login", ResourceType: "session", ResourceID: session.Family, UserID: acc.ID, Username: acc.Username,
			After: map[string]any{"method": method},
		})
	})
	if err != nil {
		return nil, err
	}
	return a.tokens(acc, session.Family, token, cookie)
}

// newSession is what a sign-in or a refresh records about where it came from.
func (a *API) newSession(ctx context.Context, hash []byte) store.NewSession {
	from := audit.RequestFrom(ctx)
	return store.NewSession{TokenHash: hash, TTL: a.refreshLife(), IPAddress: from.IP, UserAgent: from.UserAgent}
}

// maxLife is how long a tenant lets a session live, used or not; 0: without an end.
func maxLife(tenant *models.Tenant) time.Duration {
	return time.Duration(tenant.Chosen().SessionMaxHours) * time.Hour
}

func (a *API) refreshLife() time.Duration {
	return time.Duration(a.cfg.RefreshTokenExpireDays) * 24 * time.Hour
}

// tokens makes the answer of login and refresh.
func (a *API) tokens(acc *store.Account, family, refresh string, cookie bool) (*tokenOut, error) {
	out, err := a.access(acc, family)
	if err != nil {
		return nil, err
	}
	if cookie {
		out.SetCookie = a.refreshCookie(refresh, a.refreshLife())
	} else {
		out.Body.RefreshToken = refresh
	}
	return out, nil
}

// access makes an answer with an access token only: for the visited tenant while the session is on a visit.
func (a *API) access(acc *store.Account, family string) (*tokenOut, error) {
	p, _ := a.onVisit(acc, family)
	life := a.accessLife(p)
	access, err := a.keys.Issue(p, a.clock.Now(), life)
	if err != nil {
		return nil, err
	}
	out := &tokenOut{CacheControl: "no-store"}
	out.Body.AccessToken, out.Body.TokenType, out.Body.ExpiresIn = access, "bearer", int(life.Seconds())
	return out, nil
}

// rehash renews a hash that was made with a lesser work factor, now that the password is at hand.
func (a *API) rehash(ctx context.Context, acc *store.Account, password string) {
	if !a.hasher.NeedsRehash(acc.PasswordHash) {
		return
	}
	hash, err := a.hasher.Hash(ctx, password)
	if err == nil {
		err = a.store.Tenant(acc.TenantID).Rehash(ctx, acc.ID, hash)
	}
	if err != nil {
		a.log.WarnContext(ctx, "password hash not renewed", slog.Int64("user_id", acc.ID), slog.String("error", err.Error()))
	}
}
