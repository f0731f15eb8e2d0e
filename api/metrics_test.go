package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// scraped is what a monitoring system would read.
func (b *bench) scraped() string {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.api.MetricsHandler().ServeHTTP(w, httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, "/metrics", nil))
	require.Equal(b.t, http.StatusOK, w.Code)
	return w.Body.String()
}

func TestActiveUsersAreThoseOfTheLastMinutes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada, bob := b.somebody("A", "ada", auth.RoleUser), b.somebody("B", "bob", auth.RoleUser)
	require.Contains(t, b.scraped(), "active_users 0\n", "signing in is not yet being at work")
	for range 2 {
		require.Equal(t, http.StatusOK, ada.get("/api/auth/me").status)
		require.Equal(t, http.StatusOK, bob.get("/api/auth/me").status)
	}
	require.Contains(t, b.scraped(), "active_users 2\n")
	b.clock.Advance(3 * time.Minute)
	require.Equal(t, http.StatusOK, bob.get("/api/auth/me").status)
	b.clock.Advance(3 * time.Minute)
	require.Contains(t, b.scraped(), "active_users 1\n")
	b.clock.Advance(3 * time.Minute)
	require.Contains(t, b.scraped(), "active_users 0\n", "nobody has to come for the others to be gone")
}
