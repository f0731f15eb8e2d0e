package auth

import (
	"context"
	"time"
)

// Principal is the authenticated somebody a request or a run acts as.
type Principal struct {
	UserID    int64
	TenantID  int64
	Username  string
	Role      Role
	SessionID string // the refresh-token family, a UUID; empty where there is no session (a run, a service key)
	Visit     *Visit // the session's visit to another tenant; nil: none

	KeyID  int64        // the service key that acts for the user; zero: the user himself
	Scopes []Permission // with a service key: all that it may do, as far as the role has it

	ElevatedUntil time.Time // end of the session's step-up; zero: there was none, may lie in the past
	EnrolmentDue  bool      // the tenant demands a second factor that is not set up: until it is, nothing but account:own
}

type principalKey struct{}

// WithPrincipal gives a context that carries p.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalFrom is the principal that ctx carries, and whether there is one.
func PrincipalFrom(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(Principal)
	return p, ok
}
