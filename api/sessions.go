package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// refreshCookieName is the cookie of a browser's session; only /api/auth ever gets it.
const refreshCookieName = "vc_refresh"

// refreshCookie writes the cookie; an empty token takes it away.
func (a *API) refreshCookie(token string, life time.Duration) string {
	c := &http.Cookie{ //nolint:gosec // Secure follows PUBLIC_URL: a laptop has no https
		Name: refreshCookieName, Value: token, Path: "/api/auth", HttpOnly: true, Secure: a.https,
		SameSite: http.SameSiteStrictMode, MaxAge: int(life.Seconds()),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c.String()
}

// RefreshInput finds the refresh token: in the body, or in the cookie of a caller who sends X-Session: cookie. The header
// is what keeps another site's form from using the cookie.
type RefreshInput struct {
	SessionHeader

	Cookie string `cookie:"vc_refresh" maxLength:"200"`
	Body   *struct {
		RefreshToken string `json:"refresh_token,omitempty" maxLength:"200"`
	}
}

func (in *RefreshInput) token() (token string, cookie bool) {
	if in.Body != nil && in.Body.RefreshToken != "" {
		return in.Body.RefreshToken, in.cookie()
	}
	if in.cookie() {
		return in.Cookie, true
	}
	return "", false
}

func worthless(code string) error {
	return fault.New(fault.Unauthenticated, "the refresh token is not valid any more; sign in again").WithCode(code)
}

// refresh swaps a refresh token for new tokens. A spent one ends its whole session.
func (a *API) refresh(ctx context.Context, in *RefreshInput) (*tokenOut, error) {
	token, cookie := in.token()
	if token == "" {
		return nil, fault.New(fault.Unauthenticated, "send the refresh token in the body, or its cookie with the header X-Session: cookie").
			WithCode("refresh_missing")
	}
	old := auth.HashToken(token)
	owner, err := a.store.System().TokenOwner(ctx, old)
	if fault.Is(err, fault.NotFound) {
		a.metrics.refused("refresh_refused")
		return nil, worthless("refresh_invalid")
	}
	if err != nil {
		return nil, err
	}
	next, hash := auth.NewRefreshToken()
	outcome, was, err := a.rotate(ctx, owner.TenantID, old, a.newSession(ctx, hash))
	if err != nil {
		return nil, err
	}
	if outcome != store.Rotated {
		a.metrics.refused("refresh_refused")
		return nil, a.refusedRefresh(ctx, outcome, was)
	}
	acc, err := a.store.System().UserByID(ctx, was.UserID, was.Family)
	if err != nil {
		return nil, err
	}
	if !acc.MayWork() || !acc.SessionLive {
		a.metrics.refused("refresh_refused")
		return nil, worthless("account_disabled")
	}
	a.metrics.authenticated("refresh")
	return a.tokens(acc, was.Family, next, cookie)
}

// rotate spends a token. One that was spent before was copied: in the same transaction its family ends, the trail says so
// and the user is told.
func (a *API) rotate(ctx context.Context, tenant int64, old []byte, next store.NewSession) (out store.Rotation, was *models.RefreshToken, err error) {
	err = a.store.Tenant(tenant).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		own, err := t.Own(ctx)
		if err != nil {
			return err
		}
		next.MaxLife = maxLife(own)
		out, was, err = t.RotateSession(ctx, old, next)
		if err != nil || out == store.Worthless {
			return err
		}
		user, err := t.User(ctx, was.UserID)
		if err != nil {
			return err
		}
		line := audit.Entry{Action: "auth.refresh", ResourceType: "session", ResourceID: was.Family, UserID: user.ID, Username: user.Username}
		if out == store.Rotated {
			return noteMove(ctx, t, line, was, next)
		}
		line.Action, line.Outcome = "auth.refresh_reused", audit.Denied
		err = audit.Write(ctx, t, line)
		if err != nil {
			return err
		}
		return tell(ctx, t, was.UserID, store.Notice{
			Type: "security.session_reuse", Title: "A session was ended: it may have been copied", Severity: models.SeverityHigh,
			Message: "A token that had been used before came again, from " + next.IPAddress + ". If you see sessions you don't know, end them and change your password.",
		})
	})
	return out, was, err
}

// noteMove records a session that goes on from another address or another program. One that stays where it was is renewed
// with every page a browser loads: a line for each would only hide the others.
func noteMove(ctx context.Context, t *store.Tenant, line audit.Entry, was *models.RefreshToken, next store.NewSession) error {
	if was.IPAddress == next.IPAddress && was.UserAgent == next.UserAgent {
		return nil
	}
	line.Before = map[string]any{"ip_address": was.IPAddress, "user_agent": was.UserAgent}
	line.After = map[string]any{"ip_address": next.IPAddress, "user_agent": next.UserAgent}
	return audit.Write(ctx, t, line)
}

// refusedRefresh tells the owner of a copied token by mail as well.
func (a *API) refusedRefresh(ctx context.Context, outcome store.Rotation, was *models.RefreshToken) error {
	if outcome != store.Reused {
		return worthless("refresh_invalid")
	}
	a.log.WarnContext(ctx, "spent refresh token presented again: its session was ended", slog.Int64("user_id", was.UserID), slog.String("session", was.Family))
	if acc, err := a.store.System().UserByID(ctx, was.UserID, ""); err == nil && acc.MayWork() {
		a.write(ctx, "session_reuse", &acc.User, func(to notify.Addressee) (notify.Mail, error) {
			return a.post.letters.SessionReuse(to, a.origin(ctx))
		})
	}
	return worthless("refresh_reused")
}

type logoutIn struct {
	RefreshInput

	Authorization string `header:"Authorization" maxLength:"5000"`
}

type logoutOut struct {
	SetCookie string `header:"Set-Cookie"`
}

// logout ends the session of the access token, of the refresh token, or of the cookie: whichever is still good.
func (a *API) logout(ctx context.Context, in *logoutIn) (*logoutOut, error) {
	out := &logoutOut{}
	if in.cookie() {
		out.SetCookie = a.refreshCookie("", 0)
	}
	if access, ok := bearer(in.Authorization); ok {
		if p, _, err := a.Authenticate(ctx, access); err == nil {
			p = p.Home()
			return out, a.endFamily(ctx, p.TenantID, p.UserID, p.SessionID)
		}
	}
	token, _ := in.token()
	if token == "" {
		return nil, fault.New(fault.Unauthenticated, "there is no session to end: send the access token or the refresh token")
	}
	was, err := a.store.System().TokenOwner(ctx, auth.HashToken(token))
	if fault.Is(err, fault.NotFound) {
		return nil, worthless("refresh_invalid")
	}
	if err != nil {
		return nil, err
	}
	return out, a.endFamily(ctx, was.TenantID, was.UserID, was.Family)
}

func (a *API) endFamily(ctx context.Context, tenant, user int64, family string) error {
	return a.store.Tenant(tenant).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		ended, err := t.EndSession(ctx, user, family)
		if err != nil || !ended {
			return err
		}
		row, err := t.User(ctx, user)
		if err != nil {
			return err
		}
		return audit.Write(ctx, t, audit.Entry{Action: "auth.logout", ResourceType: "session", ResourceID: family, UserID: user, Username: row.Username})
	})
}

// Session is one sign-in on one device.
type Session struct {
	ID        string    `json:"id" format:"uuid"`
	CreatedAt time.Time `json:"created_at"`
	LastUsed  time.Time `json:"last_used_at"`
	ExpiresAt time.Time `json:"expires_at"`
	IPAddress string    `json:"ip_address"`
	UserAgent string    `json:"user_agent"`
	Current   bool      `json:"current" doc:"the session that asks"`
}

type sessionsOut struct {
	Body []Session `nullable:"false"`
}

func (a *API) listSessions(ctx context.Context, _ *struct{}) (*sessionsOut, error) {
	me := actor(ctx)
	rows, err := a.tenant(ctx).Sessions(ctx, me.UserID)
	if err != nil {
		return nil, err
	}
	out := &sessionsOut{Body: make([]Session, 0, len(rows))}
	for _, s := range rows {
		out.Body = append(out.Body, Session{
			ID: s.Family, CreatedAt: s.CreatedAt, LastUsed: s.LastUsed, ExpiresAt: s.ExpiresAt, IPAddress: s.IPAddress,
			UserAgent: s.UserAgent, Current: s.Family == me.SessionID,
		})
	}
	return out, nil
}

func (a *API) endSessions(ctx context.Context, _ *struct{}) (*struct{}, error) {
	me := actor(ctx)
	return nil, a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if _, err := t.EndSessions(ctx, me.UserID, me.SessionID); err != nil {
			return err
		}
		return audit.Write(ctx, t, audit.Entry{Action: "auth.end_sessions"})
	})
}

type sessionIn struct {
	ID string `path:"id" format:"uuid"`
}

func (a *API) endSession(ctx context.Context, in *sessionIn) (*struct{}, error) {
	if err := uuid.Validate(in.ID); err != nil {
		return nil, fault.InvalidField("path.id", "must be a UUID")
	}
	me := actor(ctx)
	return nil, a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		ended, err := t.EndSession(ctx, me.UserID, in.ID)
		if err != nil {
			return err
		}
		if !ended {
			return fault.New(fault.NotFound, "there is no such session")
		}
		return audit.Write(ctx, t, audit.Entry{Action: "auth.end_session", ResourceType: "session", ResourceID: in.ID})
	})
}
