package audit_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Lines were once stamped and sealed by what their documents mean, and jsonb kept those in a text of its own.
func TestLinesInTheFormerFormStand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(4)
	tenant := b.store.Tenant(b.tenant)
	var lines []models.SealedLine
	read := func() {
		t.Helper()
		require.NoError(t, tenant.InTx(t.Context(), func(ctx context.Context, tx *store.Tenant) (err error) {
			lines, err = tx.SealedLines(ctx, 0, 10)
			return err
		}))
	}
	read()
	for i := range lines {
		stamp, err := audit.FormerStamp(b.keys, lines[i].Line)
		require.NoError(t, err)
		b.tamper("UPDATE audit_logs SET stamp = $2, before = before::jsonb::json, after = after::jsonb::json WHERE id = $1", ids[i], stamp)
	}
	read()
	require.Contains(t, string(lines[0].Line.After), `"score": 1000000000000000000000`)
	require.EqualValues(t, 4, b.verify().Found, "the seals are not of these stamps")
	head, err := tenant.AuditHead(t.Context())
	require.NoError(t, err)
	require.NoError(t, audit.FormerSeals(b.keys, lines, head))
	for _, s := range lines {
		b.tamper("UPDATE audit_seals SET line_mac = $3, mac = $4 WHERE tenant_id = $1 AND seq = $2", b.tenant, s.Seq, s.LineMAC, s.MAC)
	}
	b.tamper("UPDATE audit_heads SET mac = $2, signature = $3 WHERE tenant_id = $1", b.tenant, head.MAC, head.Signature)
	b.sealer = b.newSealer(b.keys)
	require.True(t, b.verify().Intact())
	b.sealed(2)
	r := b.verify()
	require.True(t, r.Intact())
	require.EqualValues(t, 6, r.Checked)
	b.tamper(`UPDATE audit_logs SET after = '{"n":3}' WHERE id = $1`, ids[2])
	require.Equal(t, []string{fmt.Sprintf("altered 3 %d", ids[2])}, found(b.verify()))
}

// A document is kept as the bytes that were stamped: whoever writes it otherwise has changed it.
func TestTheTextOfADocumentIsProved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(3)
	require.True(t, b.verify().Intact())
	b.tamper("UPDATE audit_logs SET after = after::jsonb::json WHERE id = $1", ids[1])
	require.Equal(t, []string{fmt.Sprintf("altered 2 %d", ids[1])}, found(b.verify()))
}
