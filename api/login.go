package api

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
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

// login gives tokens for a name and a password. Unknown user, wrong password and inactive account answer the same, in the
// same time.
func (a *API) login(ctx context.Context, in *loginIn) (*tokenOut, error) {
	ip := requestFrom(ctx).ip
	if err := a.brake.check(ip, in.Body.Username); err != nil {
		a.metrics.refused("braked")
		return nil, err
	}
	acc, err := a.verify(ctx, in.Body.Username, in.Body.Password)
	if err != nil {
		if fault.Is(err, fault.Unauthenticated) {
			a.brake.failed(ip, in.Body.Username)
			a.metrics.refused("wrong_credentials")
		}
		return nil, err
	}
	if acc.TOTPEnabled {
		a.metrics.refused("totp_required")
		return nil, fault.New(fault.Unauthenticated, "this account needs a second factor").WithCode("totp_required")
	}
	a.brake.passed(ip, in.Body.Username)
	out, err := a.startSession(ctx, acc, in.cookie())
	if err != nil {
		return nil, err
	}
	a.metrics.authenticated("password")
	a.rehash(ctx, acc, in.Body.Password)
	return out, nil
}

// verify finds the account that the name and the password belong to. Faults: Unauthenticated (invalid_credentials).
func (a *API) verify(ctx context.Context, username, password string) (*store.Account, error) {
	wrong := fault.New(fault.Unauthenticated, "wrong user name or password").WithCode("invalid_credentials")
	acc, err := a.store.System().UserByUsername(ctx, username)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err != nil || acc.PasswordHash == "" {
		if err := a.hasher.VerifyDummy(ctx, password); err != nil {
			return nil, err
		}
		a.log.InfoContext(ctx, "sign-in failed", slog.String("reason", "unknown user"), slog.String("ip", requestFrom(ctx).ip))
		return nil, wrong
	}
	right, err := a.hasher.Verify(ctx, acc.PasswordHash, password)
	if err != nil {
		return nil, err
	}
	if right && acc.MayWork() {
		return acc, nil
	}
	reason := "wrong password"
	if right {
		reason = "account not active"
	}
	a.log.InfoContext(ctx, "sign-in failed", slog.String("reason", reason), slog.Int64("user_id", acc.ID), slog.String("ip", requestFrom(ctx).ip))
	a.late.Go(func() { a.auditFailure(context.WithoutCancel(ctx), acc, reason) })
	return nil, wrong
}

// auditFailure runs beside the answer: writing first would tell by the time it takes that the user exists.
func (a *API) auditFailure(ctx context.Context, acc *store.Account, reason string) {
	err := audit.Write(ctx, a.store.Tenant(acc.TenantID), audit.Entry{
		Action: "auth.login", Outcome: audit.Failure, UserID: acc.ID, Username: acc.Username, After: map[string]any{"reason": reason},
	})
	if err != nil {
		a.log.ErrorContext(ctx, "failed sign-in not audited", slog.Int64("user_id", acc.ID), slog.String("error", err.Error()))
	}
}

// startSession begins a session for an account that has proved itself.
func (a *API) startSession(ctx context.Context, acc *store.Account, cookie bool) (*tokenOut, error) {
	token, hash := auth.NewRefreshToken()
	session := a.newSession(ctx, hash)
	session.UserID, session.Family = acc.ID, uuid.NewString()
	err := a.store.Tenant(acc.TenantID).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.CreateSession(ctx, session); err != nil {
			return err
		}
		if err := t.TouchLogin(ctx, acc.ID); err != nil {
			return err
		}
		return audit.Write(ctx, t, audit.Entry{Action: "auth.login", ResourceType: "session", ResourceID: session.Family, UserID: acc.ID, Username: acc.Username})
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
