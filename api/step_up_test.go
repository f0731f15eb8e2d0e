package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func (c *client) elevatedUntil() *time.Time {
	c.b.t.Helper()
	var me struct {
		Until *time.Time `json:"elevated_until"`
	}
	c.get("/api/auth/me").into(&me)
	return me.Until
}

func TestAStepUpElevatesOneSessionForFiveMinutes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleAdmin)
	other := b.login("ada", password)
	require.Nil(t, c.elevatedUntil())
	a := c.post("/api/auth/step-up", map[string]any{"password": password})
	require.Equal(t, http.StatusOK, a.status, a.text)
	var got struct {
		Until time.Time `json:"elevated_until"`
	}
	a.into(&got)
	require.Equal(t, b.clock.Now().Add(5*time.Minute), got.Until)
	require.Equal(t, got.Until, *c.elevatedUntil())
	require.Nil(t, other.elevatedUntil(), "another device has to prove itself")

	b.clock.Advance(4 * time.Minute)
	var fresh tokens
	b.anonymous().post("/api/auth/refresh", map[string]any{"refresh_token": c.refresh}).into(&fresh)
	c.token = fresh.Access
	require.Equal(t, got.Until, *c.elevatedUntil(), "the session stays the same over a refresh")
	b.clock.Advance(time.Minute)
	require.Nil(t, c.elevatedUntil())
}

func TestAStepUpTakesTheStrongestProofThereIs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleAdmin)
	c.post("/api/auth/step-up", map[string]any{}).refused(http.StatusUnprocessableEntity, "password_required")
	c.post("/api/auth/step-up", map[string]any{"totp_code": "123456"}).refused(http.StatusUnprocessableEntity, "password_required")
	a := c.post("/api/auth/step-up", map[string]any{"password": "not the password"}).refused(http.StatusUnprocessableEntity, "password_wrong")
	require.NotContains(t, a.text, "not the password")
	require.Nil(t, c.elevatedUntil())
	p := c.enrol()
	c.post("/api/auth/step-up", map[string]any{"password": password}).refused(http.StatusUnprocessableEntity, "totp_required")
	c.post("/api/auth/step-up", map[string]any{"password": password, "totp_code": "000000"}).refused(http.StatusUnprocessableEntity, "totp_invalid")
	require.Nil(t, c.elevatedUntil())
	require.Equal(t, http.StatusOK, c.post("/api/auth/step-up", map[string]any{"totp_code": p.next()}).status)
	require.NotNil(t, c.elevatedUntil())
	b.clock.Advance(10 * time.Minute)
	require.Equal(t, http.StatusOK, c.post("/api/auth/step-up", map[string]any{"totp_code": p.paper[0]}).status)
	b.anonymous().post("/api/auth/step-up", map[string]any{"password": password}).refused(http.StatusUnauthorized, "unauthenticated")

	var reasons []string
	for _, line := range names(t, ownerConn(t, b), "SELECT after::text FROM audit_logs WHERE action = 'auth.step_up' ORDER BY id") {
		var after struct{ Method, Reason string }
		require.NoError(t, json.Unmarshal([]byte(line), &after))
		reasons = append(reasons, after.Method+after.Reason)
	}
	require.Equal(t, []string{"password_wrong", "totp_invalid", "totp", "recovery_code"}, reasons)
}

func TestAStepUpIsUnderTheBrake(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleAdmin)
	status := 0
	for range 6 {
		status = c.post("/api/auth/step-up", map[string]any{"password": "not the password"}).status
	}
	require.Equal(t, http.StatusTooManyRequests, status)
	c.post("/api/auth/step-up", map[string]any{"password": password}).refused(http.StatusTooManyRequests, "too_many_attempts")
	c.post("/api/auth/password", map[string]any{"current_password": password, "new_password": "another good password"}).
		refused(http.StatusTooManyRequests, "too_many_attempts")
}

// TestEveryDangerousOperationAsksForAStepUp walks the document: before it, refused; after it, not for that reason.
func TestEveryDangerousOperationAsksForAStepUp(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	walked := map[string]bool{}
	for n, o := range operations(t, i.api) {
		dangerous, _ := o.Extensions["x-step-up"].(bool)
		if !dangerous {
			continue
		}
		walked[o.OperationID] = true
		path, body := fill(t, o.Path, i.idsB), sampleBody(t, i.api, o)
		c := i.colleague(i.b.user.TenantID, "step-"+itoa(int64(n)), auth.RoleSuperAdmin)
		c.do(o.Method, path, body).refused(http.StatusForbidden, "step_up_required")
		if a := c.elevate().do(o.Method, path, body); a.status == http.StatusForbidden {
			require.NotEqual(t, "step_up_required", a.problem().Code, o.OperationID)
		}
	}
	for _, id := range []string{"create-api-key", "reset-user-2fa"} {
		require.True(t, walked[id], id)
	}
}
