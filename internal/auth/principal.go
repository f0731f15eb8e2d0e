package auth

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Principal is the authenticated somebody a request or a run acts as.
type Principal struct {
	UserID    int64
	TenantID  int64
	Username  string
	Role      Role
	SessionID string // the refresh-token family, a UUID; empty where there is no session (a run, a service key)
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

// Require is the one question every guarded operation asks: who is it, and is the role enough. Faults: Unauthenticated
// without a principal, Forbidden with a lesser role.
func Require(ctx context.Context, least Role) (Principal, error) {
	p, ok := PrincipalFrom(ctx)
	if !ok {
		return Principal{}, fault.New(fault.Unauthenticated, "sign in first")
	}
	if !p.Role.AtLeast(least) {
		return Principal{}, fault.New(fault.Forbidden, "this needs the role %s; yours is %s", least, p.Role)
	}
	return p, nil
}
