package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
)

func TestWhatACallerMustHaveBeforeAnOperationRuns(t *testing.T) {
	t.Parallel()
	c := clock.NewFixed(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	now := c.Now()
	admin := auth.Principal{UserID: 1, TenantID: 1, Role: auth.RoleAdmin, SessionID: "s"}
	with := func(change func(*auth.Principal)) auth.Principal {
		p := admin
		change(&p)
		return p
	}
	plain, dangerous := op{Needs: auth.UsersManage}, op{Needs: auth.UsersManage, StepUp: true}
	for name, test := range map[string]struct {
		who  auth.Principal
		what op
		code string // empty: admitted
	}{
		"plain":                     {admin, plain, ""},
		"dangerous, not proved":     {admin, dangerous, "step_up_required"},
		"dangerous, proved":         {with(func(p *auth.Principal) { p.ElevatedUntil = now.Add(time.Second) }), dangerous, ""},
		"dangerous, proved before":  {with(func(p *auth.Principal) { p.ElevatedUntil = now }), dangerous, "step_up_required"},
		"dangerous, a lesser role":  {with(func(p *auth.Principal) { p.Role, p.ElevatedUntil = auth.RoleUser, now.Add(time.Second) }), dangerous, auth.CodePermissionDenied},
		"a key":                     {with(func(p *auth.Principal) { p.KeyID, p.Scopes = 1, []auth.Permission{auth.UsersManage} }), plain, ""},
		"dangerous, a key":          {with(func(p *auth.Principal) { p.KeyID, p.Scopes = 1, []auth.Permission{auth.UsersManage} }), dangerous, auth.CodeNotForKeys},
		"no second factor":          {with(func(p *auth.Principal) { p.EnrolmentDue = true }), plain, auth.CodeEnrolmentRequired},
		"no second factor, proved":  {with(func(p *auth.Principal) { p.EnrolmentDue, p.ElevatedUntil = true, now.Add(time.Second) }), dangerous, auth.CodeEnrolmentRequired},
		"no second factor, at home": {with(func(p *auth.Principal) { p.EnrolmentDue = true }), op{Needs: auth.AccountOwn}, ""},
		"no second factor, no role": {with(func(p *auth.Principal) { p.EnrolmentDue, p.Role = true, auth.RoleViewer }), plain, auth.CodePermissionDenied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &API{clock: c}
			got, err := a.mayCall(test.who, test.what)
			if test.code != "" {
				require.Equal(t, test.code, codeOfFault(err))
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.who, got)
		})
	}
}
