package api

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
)

// authenticate finds out who calls and checks the operation's permission, before anything of the request is read.
func (a *API) authenticate(o op) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if o.Needs == auth.Public {
			next(ctx)
			return
		}
		c, err := a.admit(ctx.Context(), ctx.Header("Authorization"), o)
		if err != nil {
			a.denied(ctx.Context(), o, err)
			a.answer(ctx, err)
			return
		}
		next(huma.WithContext(ctx, c))
	}
}

// allow is authenticate for routes that Gin serves directly.
func (a *API) allow(o op) gin.HandlerFunc {
	return func(c *gin.Context) {
		if o.Needs == auth.Public {
			c.Next()
			return
		}
		ctx, err := a.admit(c.Request.Context(), c.GetHeader("Authorization"), o)
		if err != nil {
			a.denied(c.Request.Context(), o, err)
			a.plainProblem(c, err)
			return
		}
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

// knowCallers prepares what answers who calls.
func (a *API) knowCallers(p Params) {
	a.accounts = newAccountCache(a.clock.Now, func(ctx context.Context, key accountKey) (*store.Account, error) {
		return a.store.System().UserByID(ctx, key.user, key.session)
	})
	if p.Bus != nil {
		p.Bus.Subscribe(a.accounts.handle)
	}
	a.authenticator = p.Authenticator
	if a.authenticator == nil {
		a.authenticator = func(ctx context.Context, token string) (auth.Principal, error) {
			who, _, err := a.Authenticate(ctx, token)
			return who, err
		}
	}
}

// admit gives a context that carries the caller. Faults: Unauthenticated, Forbidden, Unavailable.
func (a *API) admit(ctx context.Context, header string, o op) (context.Context, error) {
	token, ok := bearer(header)
	if !ok {
		return nil, fault.New(fault.Unauthenticated, "sign in first: send the header Authorization: Bearer <access token>")
	}
	p, err := a.caller(ctx, token)
	if err != nil {
		return nil, err
	}
	p, mayNot := a.mayCall(p, o)
	if mayNot != nil && p.SessionID != "" {
		// Another process may have granted it a moment ago: nobody is refused by what is only remembered.
		if p, err = a.lookAgain(ctx, token); err != nil {
			return nil, err
		}
		p, mayNot = a.mayCall(p, o)
	}
	requestFrom(ctx).principal = p
	ctx = telemetry.WithUser(telemetry.WithTenant(auth.WithPrincipal(ctx, p), p.TenantID), p.UserID)
	if mayNot != nil {
		return nil, mayNot
	}
	return ctx, nil
}

// mayCall says as whom a caller calls an operation, and whether he may. Faults: Forbidden.
func (a *API) mayCall(p auth.Principal, o op) (auth.Principal, error) {
	if ownMatter(o.Needs) {
		p = p.Home()
	}
	if err := p.Permit(o.Needs); err != nil || !o.StepUp {
		return p, err
	}
	return p, a.steppedUp(p)
}

// lookAgain is Authenticate with a look at the database itself.
func (a *API) lookAgain(ctx context.Context, token string) (auth.Principal, error) {
	claims, err := a.keys.Parse(token, a.clock.Now())
	if err != nil {
		return auth.Principal{}, err
	}
	return a.whoisNow(ctx, claims)
}

// bearer takes the token out of an Authorization header.
func bearer(header string) (string, bool) {
	scheme, token, ok := strings.Cut(header, " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "bearer") && strings.TrimSpace(token) != ""
}

// Authenticate says who a valid access token stands for, as the database knows him now, and when the token ends. A
// deactivated user, a suspended tenant and an ended session make it worthless at once. Faults: Unauthenticated,
// Unavailable.
func (a *API) Authenticate(ctx context.Context, token string) (auth.Principal, time.Time, error) {
	claims, err := a.keys.Parse(token, a.clock.Now())
	if err != nil {
		a.metrics.refused(codeOfFault(err))
		return auth.Principal{}, time.Time{}, err
	}
	p, err := a.whois(ctx, claims)
	return p, claims.ExpiresAt, err
}

// whois is the second half of Authenticate: whom genuine claims stand for by now. Faults: Unauthenticated, Unavailable.
func (a *API) whois(ctx context.Context, claims auth.Claims) (auth.Principal, error) {
	acc, err := a.accounts.get(ctx, accountKey{claims.UserID, claims.SessionID})
	if err == nil && acc.MayWork() && acc.SessionLive {
		if p, there := a.whereabouts(acc, claims.SessionID, claims.TenantID); there {
			a.metrics.active(acc.ID)
			return p, nil
		}
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return auth.Principal{}, err
	}
	return a.whoisNow(ctx, claims) // a tenant that works again, a visit that has begun elsewhere: remembered or not, it counts
}

// whoisNow is whois with a look at the database itself: for refusals, and for connections that were let in once and stay.
func (a *API) whoisNow(ctx context.Context, claims auth.Claims) (auth.Principal, error) {
	acc, err := a.store.System().UserByID(ctx, claims.UserID, claims.SessionID)
	switch {
	case fault.Is(err, fault.NotFound):
		return auth.Principal{}, a.refuse(ctx, claims, auth.CodeTokenInvalid, "the access token is not valid")
	case err != nil:
		return auth.Principal{}, err
	case !acc.MayWork():
		return auth.Principal{}, a.refuse(ctx, claims, "account_disabled", "this account is not active")
	case !acc.SessionLive:
		return auth.Principal{}, a.refuse(ctx, claims, "session_ended", "this session has ended; sign in again")
	}
	p, ok := a.whereabouts(acc, claims.SessionID, claims.TenantID)
	if !ok {
		return auth.Principal{}, a.refuse(ctx, claims, "visit_ended", "this visit is over; go on in your own tenant")
	}
	a.metrics.active(acc.ID)
	return p, nil
}

// permitted is who with the question for a permission behind it: for doors that no operation stands before.
func permitted(
	who func(context.Context, auth.Claims) (auth.Principal, error), needs auth.Permission,
) func(context.Context, auth.Claims) (auth.Principal, error) {
	return func(ctx context.Context, claims auth.Claims) (auth.Principal, error) {
		p, err := who(ctx, claims)
		if err != nil {
			return auth.Principal{}, err
		}
		return p, p.Permit(needs)
	}
}

func (a *API) refuse(ctx context.Context, c auth.Claims, code, message string) error {
	a.metrics.refused(code)
	a.log.InfoContext(ctx, "access token refused", slog.String("code", code), slog.Int64("user_id", c.UserID), slog.Int64("tenant_id", c.TenantID))
	return fault.New(fault.Unauthenticated, "%s", message).WithCode(code)
}

// codeOfFault is the stable code of an expected error.
func codeOfFault(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.StableCode()
	}
	return string(fault.KindOf(err))
}

// answer writes an error from a huma middleware.
func (a *API) answer(ctx huma.Context, err error) {
	p := a.toProblem(ctx.Context(), err)
	for k, values := range p.GetHeaders() {
		for _, v := range values {
			ctx.SetHeader(k, v)
		}
	}
	ctx.SetHeader("Content-Type", problemType)
	if _, err := a.transformProblem(ctx, "", p); err != nil {
		a.log.ErrorContext(ctx.Context(), "problem", slog.String("error", err.Error()))
	}
	ctx.SetStatus(p.Status)
	_ = a.huma.Marshal(ctx.BodyWriter(), jsonType, p) // the client may be gone
}
