package audit_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

// listed gives the ids that a list of the trail has, newest first, page by page.
func (b *bench) listed(q store.AuditQuery) (ids []int64) {
	b.Helper()
	q.PageQuery = store.PageQuery{Limit: 2, Sort: "id", Desc: true}
	for {
		rows, p, err := b.store.Tenant(b.tenant).ListAudit(b.Context(), q)
		require.NoError(b, err)
		for i := range rows {
			ids = append(ids, rows[i].ID)
		}
		if q.Cursor = p.Next; p.Next == "" {
			require.Len(b, ids, p.Total)
			return ids
		}
	}
}

// A line is in lists from its commit on, once, whether its seal is there or not yet, and by whatever it is found.
func TestLinesAreListedBeforeAndBehindTheirSeals(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lists := func(want []int64) {
		require.Equal(t, want, b.listed(store.AuditQuery{}))
		for name, q := range map[string]store.AuditQuery{
			"user": {UserID: 7}, "user name": {Username: "ADA"}, "action": {Action: "host.update"}, "actions": {Action: "host.*"},
			"resource": {ResourceType: "host"}, "outcome": {Outcome: "success"}, "text": {Q: "update"},
		} {
			require.Equal(t, want, b.listed(q), name)
		}
		require.Empty(t, b.listed(store.AuditQuery{Outcome: "denied"}))
		require.Empty(t, b.listed(store.AuditQuery{ResourceType: "case"}))
	}
	first := b.write(3)
	lists([]int64{first[2], first[1], first[0]})
	b.seal(3)
	lists([]int64{first[2], first[1], first[0]})
	next := b.write(2)
	all := []int64{next[1], next[0], first[2], first[1], first[0]}
	lists(all)
	for i, id := range all {
		line, err := b.store.Tenant(b.tenant).AuditLine(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, i < 2, line.Seq == nil, "the last two wait for their seals")
	}
	b.tenant = testkit.Tenant(t, b.store).ID
	require.Empty(t, b.listed(store.AuditQuery{}), "another tenant's")
}

func TestAFalsifiedIndexIsNamed(t *testing.T) {
	t.Parallel()
	setup(t).alterEach("UPDATE audit_seals SET %s = %s WHERE audit_id = $1", map[string]string{
		"created_at": "NULL", "user_id": "8", "username": "'eve'", "action": "'host.read'", "resource_type": "'x'", "resource_id": "'x'",
		"outcome": "'denied'", "ip_address": "'1.2.3.4'", "request_id": "'x'",
	})
}

// A line that is none of ours, with texts that no index takes, must not keep the others from their seals.
func TestAForeignLineWithLongTextsIsSealed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.owner.Exec(t.Context(), `INSERT INTO audit_logs (tenant_id, action, resource_type, resource_id) SELECT $1, x, x, x
FROM (SELECT string_agg(chr(65536 + (i * 7919) % 900000), '') AS x FROM generate_series(1, 3000) AS i) AS long`, b.tenant)
	require.NoError(t, err)
	b.write(1)
	b.seal(2)
	r := b.verify()
	require.Equal(t, []string{fmt.Sprintf("inserted 1 %d", b.ids()[0])}, found(r))
	require.Contains(t, b.log.String(), "not written by this installation")
}
