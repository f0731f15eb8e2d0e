package audit_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/audit"
)

// lines gives "action after" of the tenant's lines.
func (b *bench) lines() (out []string) {
	b.Helper()
	rows, err := b.owner.Query(b.Context(), "SELECT action, user_id, coalesce(after::text, '') FROM audit_logs WHERE tenant_id = $1 ORDER BY id", b.tenant)
	require.NoError(b, err)
	defer rows.Close()
	for rows.Next() {
		var action, after string
		var user *int64
		require.NoError(b, rows.Scan(&action, &user, &after))
		out = append(out, action+" "+after)
	}
	require.NoError(b, rows.Err())
	return out
}

func TestAFloodOfRefusalsCantFillATrail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := audit.NewFlood(b.clock)
	write := func(user int64, resource string) {
		e := audit.Entry{Action: "auth.denied", ResourceType: "operation", ResourceID: resource, Outcome: audit.Denied, UserID: user, Username: "eve"}
		require.NoError(t, f.Write(t.Context(), b.store.Tenant(b.tenant), e))
	}
	for range 500 {
		write(7, "list-users")
	}
	require.Len(t, b.lines(), 5, "the first ones are there at once")
	for i := range 500 {
		write(8, fmt.Sprintf("made-up-%d", i))
	}
	require.Len(t, b.lines(), 60, "a tenant's share")
	require.NoError(t, f.Flush(t.Context(), b.store))
	all := b.lines()
	require.Len(t, all, 62)
	require.Contains(t, fmt.Sprint(all), `"repeated":495`)
	require.Contains(t, fmt.Sprint(all), `"repeated":445`)
	require.NoError(t, f.Flush(t.Context(), b.store))
	require.Len(t, b.lines(), 62, "nothing is told twice")
	write(7, "list-users")
	require.Len(t, b.lines(), 63, "a new minute")
}
