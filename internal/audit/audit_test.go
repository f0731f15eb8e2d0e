package audit_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// bench is a tenant with a trail, its sealer, and the database's owner, whom no policy holds.
type bench struct {
	*testing.T

	store  *store.Store
	owner  *pgx.Conn
	clock  *clock.Fixed
	tenant int64
	keys   *audit.Keyring
	log    *bytes.Buffer
	sealer *audit.Sealer
}

func operatorKeys(t *testing.T, seeds ...byte) *seal.Keys {
	t.Helper()
	var list []string
	for _, b := range seeds {
		list = append(list, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)))
	}
	keys, err := seal.ParseKeys(strings.Join(list, ","))
	require.NoError(t, err)
	return keys
}

func setup(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, clock: clock.NewFixed(clock.System{}.Now()), keys: audit.NewKeyring(operatorKeys(t, 1)), log: &bytes.Buffer{}}
	var url string
	b.store, url = testkit.StoreURL(t, func(p *store.Params) { p.Stamp, p.Clock = b.keys.Stamp, b.clock })
	var err error
	b.owner, err = pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.owner.Close(context.Background()) })
	b.tenant = testkit.Tenant(t, b.store).ID
	b.sealer = b.newSealer(b.keys)
	return b
}

func (b *bench) newSealer(keys *audit.Keyring) *audit.Sealer {
	return audit.NewSealer(audit.SealerParams{Store: b.store, Keys: keys, Clock: b.clock, Log: slog.New(slog.NewJSONHandler(b.log, nil))})
}

// write appends n lines and gives their ids.
func (b *bench) write(n int) []int64 {
	b.Helper()
	for i := range n {
		require.NoError(b, audit.Write(b.Context(), b.store.Tenant(b.tenant), audit.Entry{
			Action: "host.update", ResourceType: "host", ResourceID: strconv.Itoa(i), UserID: 7, Username: "ada",
			Before: map[string]any{"n": i, "score": 0.5}, After: map[string]any{"n": i + 1, "labels": []string{"x", "ü"}, "score": 1e21},
		}))
	}
	return b.ids()[len(b.ids())-n:]
}

// sealed writes n lines and seals them.
func (b *bench) sealed(n int) []int64 {
	b.Helper()
	ids := b.write(n)
	b.seal(n)
	return ids
}

// seal seals n lines. Transactions of all databases of the server count, those of tests beside this one too: what was
// written can be sealed when they are over.
func (b *bench) seal(n int) {
	b.Helper()
	sum := 0
	require.Eventually(b, func() bool {
		got, err := b.sealer.Sweep(b.Context())
		sum += got
		return err != nil || sum >= n
	}, 20*time.Second, 10*time.Millisecond)
	require.Equal(b, n, sum)
}

func (b *bench) ids() []int64 {
	b.Helper()
	rows, err := b.owner.Query(b.Context(), "SELECT id FROM audit_logs WHERE tenant_id = $1 ORDER BY id", b.tenant)
	require.NoError(b, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	require.NoError(b, err)
	return ids
}

// tamper runs SQL as the database's owner, who took the triggers away first.
func (b *bench) tamper(sql string, args ...any) {
	b.Helper()
	for _, table := range []string{"audit_logs", "audit_seals", "audit_heads", "audit_checkpoints"} {
		_, err := b.owner.Exec(b.Context(), "ALTER TABLE "+table+" DISABLE TRIGGER ALL")
		require.NoError(b, err)
	}
	_, err := b.owner.Exec(b.Context(), sql, args...)
	require.NoError(b, err)
}

func (b *bench) verify() *audit.Report {
	b.Helper()
	return b.verifyWith(b.keys, nil)
}

func (b *bench) verifyWith(keys *audit.Keyring, known *audit.KnownHead) *audit.Report {
	b.Helper()
	v := audit.NewVerifier(audit.VerifierParams{Store: b.store, Keys: keys, Clock: b.clock})
	r, err := v.Verify(b.Context(), b.tenant, known)
	require.NoError(b, err)
	return r
}

// found gives the findings as "kind seq id".
func found(r *audit.Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, fmt.Sprintf("%s %d %d", f.Kind, f.Seq, f.AuditID))
	}
	return out
}

func TestAnUntouchedTrailIsIntact(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.True(t, b.verify().Intact(), "an empty trail")
	b.sealed(5)
	b.write(2)
	r := b.verify()
	require.Empty(t, r.Findings)
	require.Equal(t, []int64{5, 1, 5, 2, 0}, []int64{r.Checked, r.FirstSeq, r.LastSeq, r.Unsealed, r.Overdue})
	require.EqualValues(t, 5, r.Head.Seq)
	b.clock.Advance(time.Minute)
	require.EqualValues(t, 2, b.verify().Overdue)
	b.seal(2)
	b.seal(0)
	r = b.verify()
	require.True(t, r.Intact())
	require.Equal(t, []int64{7, 7, 0}, []int64{r.Checked, r.LastSeq, r.Unsealed})
}

// alterEach gives one column after the other another value in the second of three lines, each of a new tenant.
func (b *bench) alterEach(update string, columns map[string]string) {
	b.Helper()
	for column, value := range columns {
		b.tenant = testkit.Tenant(b, b.store).ID
		ids := b.sealed(3)
		b.tamper(fmt.Sprintf(update, column, value), ids[1])
		require.Equal(b, []string{fmt.Sprintf("altered 2 %d", ids[1])}, found(b.verify()), column)
	}
}

func TestAlteredLinesAreNamed(t *testing.T) {
	t.Parallel()
	setup(t).alterEach("UPDATE audit_logs SET %s = %s WHERE id = $1", map[string]string{
		"username": "'eve'", "action": "'host.read'", "user_id": "NULL", "resource_type": "'x'", "resource_id": "'x'", "ip_address": "'1.2.3.4'",
		"user_agent": "'x'", "request_id": "'x'", "outcome": "'denied'", "before": "NULL", "after": `'{"n": 2, "score": 0.6}'`,
		"created_at": "created_at - interval '1 microsecond'", "stamp": "NULL", "xact_id": "'3'",
	})
}

func TestADeletedLineIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(6)
	b.tamper("DELETE FROM audit_logs WHERE id = $1", ids[1])
	require.Equal(t, []string{fmt.Sprintf("missing 2 %d", ids[1])}, found(b.verify()))
	b.tamper("DELETE FROM audit_seals WHERE seq IN (2, 4)")
	b.tamper("DELETE FROM audit_logs WHERE id = $1", ids[3])
	require.Equal(t, []string{"missing 2 0", "missing 4 0"}, found(b.verify()), "with its seal")
}

func TestADeletedBeginningIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(4)
	b.tamper("DELETE FROM audit_logs WHERE id <= $1", ids[1])
	b.tamper("DELETE FROM audit_seals WHERE seq <= 2")
	require.Equal(t, []string{"missing 1 0", "missing 2 0"}, found(b.verify()))
}

func TestAnInsertedLineIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(3)
	insert := "INSERT INTO audit_logs (tenant_id, action, username) VALUES ($1, 'host.delete', 'ada') RETURNING id"
	var foreign int64
	require.NoError(t, b.owner.QueryRow(t.Context(), insert, b.tenant).Scan(&foreign))
	require.Equal(t, []string{fmt.Sprintf("inserted 0 %d", foreign)}, found(b.verify()), "before it is sealed")
	b.seal(1)
	require.Equal(t, []string{fmt.Sprintf("inserted 4 %d", foreign)}, found(b.verify()), "a seal doesn't make it genuine")
	require.Contains(t, b.log.String(), "not written by this installation")

	b.tamper("INSERT INTO audit_logs (tenant_id, action, xact_id) VALUES ($1, 'host.delete', '1')", b.tenant)
	all := b.ids()
	b.seal(0)
	require.Equal(t, []string{fmt.Sprintf("inserted 4 %d", foreign), fmt.Sprintf("inserted 0 %d", all[len(all)-1])}, found(b.verify()), "among old ones")

	b.tamper(`INSERT INTO audit_logs (tenant_id, user_id, username, action, resource_type, resource_id, outcome, before, after, created_at, stamp)
SELECT tenant_id, user_id, username, action, resource_type, resource_id, outcome, before, after, created_at, stamp FROM audit_logs WHERE id = $1`, ids[0])
	all = b.ids()
	b.seal(1)
	require.Contains(t, found(b.verify()), fmt.Sprintf("inserted 0 %d", all[len(all)-1]), "a copy of a genuine line")
}

func TestACutOffEndIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(5)
	b.tamper("DELETE FROM audit_logs WHERE id >= $1", ids[3])
	require.Equal(t, []string{fmt.Sprintf("cut 4 %d", ids[3]), fmt.Sprintf("cut 5 %d", ids[4])}, found(b.verify()), "lines")
	b.tamper("DELETE FROM audit_seals WHERE seq >= 4")
	require.Equal(t, []string{"cut 4 0", "cut 5 0"}, found(b.verify()), "lines and seals")
	b.tamper("UPDATE audit_heads h SET seq = s.seq, mac = s.mac FROM audit_seals s WHERE s.tenant_id = h.tenant_id AND s.seq = 3")
	require.Equal(t, []string{"cut 3 0"}, found(b.verify()), "lines, seals, and the head put back without its key")
	b.tamper("DELETE FROM audit_heads")
	require.Equal(t, []string{"cut 3 0"}, found(b.verify()), "no head at all")
}

// TestARestoredOldStateIsFound is the cut that leaves the database in a state that was right once.
func TestARestoredOldStateIsFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(3)
	old := b.verify().Head
	b.sealed(2)
	known := b.verify().Head
	b.tamper("DELETE FROM audit_logs WHERE id > $1", ids[2])
	b.tamper("DELETE FROM audit_seals WHERE seq > 3")
	b.tamper("UPDATE audit_heads SET seq = 3, mac = $1, xact_id = $2::bigint::text::xid8, audit_id = $3, sealed_at = $4, signature = $5",
		old.MAC, old.XactID, old.AuditID, old.SealedAt, old.Signature)
	require.True(t, b.verify().Intact(), "the database alone can't know")
	r := b.verifyWith(b.keys, &audit.KnownHead{Seq: known.Seq, MAC: known.MAC})
	require.Equal(t, []string{"cut 5 0"}, found(r), "who kept the head from the log can")
	require.Equal(t, "contradicted", r.KnownHead)
	require.Equal(t, "confirmed", b.verifyWith(b.keys, &audit.KnownHead{Seq: 3, MAC: old.MAC}).KnownHead)

	b.sealed(1)
	require.Contains(t, b.log.String(), "the head went back from 5 to 3", "and so does the process that sealed it")
	require.Equal(t, []string{"cut 4 0", "cut 5 0", "cut 5 0"}, found(b.verify()))
}

func TestSwappedLinesAreNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(5)
	b.tamper(`UPDATE audit_logs a SET resource_id = o.resource_id, before = o.before, after = o.after, stamp = o.stamp, xact_id = o.xact_id
FROM audit_logs o WHERE (a.id, o.id) IN (($1, $2), ($2, $1))`, ids[1], ids[3])
	require.Equal(t, []string{fmt.Sprintf("altered 2 %d", ids[1]), fmt.Sprintf("altered 4 %d", ids[3])}, found(b.verify()))
}

func TestSwappedSealsAreNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(5)
	b.tamper("UPDATE audit_seals SET seq = 100 + seq WHERE seq IN (2, 3)")
	b.tamper("UPDATE audit_seals SET seq = 105 - seq WHERE seq > 100")
	r := b.verify()
	require.Contains(t, found(r), fmt.Sprintf("altered 2 %d", ids[2]))
	require.Contains(t, found(r), fmt.Sprintf("altered 3 %d", ids[1]))
}

func TestAReplacedMACIsNamed(t *testing.T) {
	t.Parallel()
	for _, column := range []string{"mac", "line_mac"} {
		b := setup(t)
		ids := b.sealed(5)
		b.tamper("UPDATE audit_seals SET " + column + " = sha256('x') WHERE seq = 3")
		require.Equal(t, []string{fmt.Sprintf("altered 3 %d", ids[2])}, found(b.verify()), column)
	}
}

func TestAReplacedLastMACIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(3)
	b.tamper("UPDATE audit_seals SET mac = sha256('x') WHERE seq = 3")
	require.Equal(t, []string{fmt.Sprintf("altered 3 %d", ids[2])}, found(b.verify()))
}

func TestSealingNeverCoversTampering(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.sealed(5)
	b.tamper("DELETE FROM audit_logs WHERE id >= $1", ids[3])
	b.tamper("DELETE FROM audit_seals WHERE seq >= 4")
	b.tamper("UPDATE audit_heads h SET seq = s.seq, mac = s.mac FROM audit_seals s WHERE s.tenant_id = h.tenant_id AND s.seq = 3")
	b.sealer = b.newSealer(b.keys) // another process, that never saw the end
	b.sealed(2)
	b.sealed(1)
	r := b.verify()
	require.Equal(t, []string{"cut 3 0"}, found(r))
	require.Contains(t, r.Findings[0].Detail, "broken")
	require.EqualValues(t, 6, r.Checked, "and what came later is provable")
	b.tamper("UPDATE audit_logs SET username = 'eve' WHERE id = (SELECT max(id) FROM audit_logs)")
	all := b.ids()
	require.Equal(t, []string{"cut 3 0", fmt.Sprintf("altered 6 %d", all[len(all)-1])}, found(b.verify()))
	b.tamper("UPDATE audit_checkpoints SET reason = 'maintenance'")
	require.Contains(t, found(b.verify()), "altered 3 0")
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sealed(2)
	rotated := audit.NewKeyring(operatorKeys(t, 2), operatorKeys(t, 1))
	b.sealer = b.newSealer(rotated)
	b.sealed(2)
	require.True(t, b.verifyWith(rotated, nil).Intact())
	require.True(t, b.verifyWith(audit.NewKeyring(operatorKeys(t, 3, 2, 1)), nil).Intact())
	r := b.verify()
	require.Equal(t, int64(3), r.Found, "two seals and the head of a key that is not there")
	require.Contains(t, r.Findings[0].Detail, "not configured")
	b.write(1)
	_, err := b.newSealer(b.keys).Seal(t.Context(), b.tenant)
	require.ErrorContains(t, err, "not configured", "nobody signs a chain he can't check")
}

func TestATrailFromBeforeIsAdopted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 3 {
		_, err := b.owner.Exec(t.Context(), "INSERT INTO audit_logs (tenant_id, action, xact_id) VALUES ($1, 'host.create', '0')", b.tenant)
		require.NoError(t, err)
	}
	b.write(2)
	require.True(t, b.verify().Intact())
	b.seal(5)
	require.True(t, b.verify().Intact())
	_, err := b.owner.Exec(t.Context(), "INSERT INTO audit_logs (tenant_id, action, xact_id) VALUES ($1, 'host.create', '0')", b.tenant)
	require.NoError(t, err)
	b.seal(0)
	require.EqualValues(t, 1, b.verify().Found, "afterwards none comes from before")
}

func TestManySealersMakeOneChain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	stop, cancel := context.WithCancel(t.Context())
	var writers, sealers sync.WaitGroup
	for range 3 {
		s := b.newSealer(b.keys)
		sealers.Go(func() {
			for stop.Err() == nil {
				_, _ = s.Sweep(stop)
			}
		})
	}
	for range 8 {
		writers.Go(func() {
			for range 40 {
				err := b.store.Tenant(b.tenant).InTx(t.Context(), func(ctx context.Context, t *store.Tenant) error {
					return audit.Write(ctx, t, audit.Entry{Action: "host.create"})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	cancel()
	sealers.Wait()
	var r *audit.Report
	require.Eventually(t, func() bool {
		_, err := b.sealer.Sweep(t.Context())
		r = b.verify()
		return err != nil || r.Unsealed == 0
	}, 20*time.Second, 10*time.Millisecond)
	require.Empty(t, r.Findings)
	require.Equal(t, []int64{320, 320, 0}, []int64{r.Checked, r.LastSeq, r.Unsealed})
}

// TestALineOfAnOpenTransactionHoldsItsPlace has a writer that began first and commits last.
func TestALineOfAnOpenTransactionHoldsItsPlace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	slow, err := b.store.Conn(t.Context())
	require.NoError(t, err)
	defer func() { _ = slow.Close(context.Background()) }()
	_, err = slow.Exec(t.Context(), "BEGIN; SELECT pg_current_xact_id()")
	require.NoError(t, err)
	b.write(2)
	b.seal(0)
	_, err = slow.Exec(t.Context(), "COMMIT")
	require.NoError(t, err)
	b.seal(2)
	require.True(t, b.verify().Intact())
}

func TestARestoredDatabaseGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sealed(2)
	// Lines and head of a former life, whose transactions this database has not come to yet.
	b.write(2)
	b.tamper("UPDATE audit_logs SET xact_id = ((xact_id::text::bigint) + 1000000)::text::xid8 WHERE id IN (SELECT id FROM audit_logs ORDER BY id DESC LIMIT 2)")
	head := b.verify().Head
	head.XactID += 2_000_000
	audit.SignHead(b.keys, head)
	b.tamper("UPDATE audit_heads SET xact_id = $1::bigint::text::xid8, signature = $2", head.XactID, head.Signature)
	b.write(3)
	b.seal(5)
	b.sealed(1)
	r := b.verify()
	require.Empty(t, r.Findings)
	require.EqualValues(t, 8, r.Checked)
	b.seal(0)
	b.write(1)
	require.Len(t, b.listed(store.AuditQuery{}), 9, "those of the former life, too, and each once")
}

func TestHeadsGoToTheLog(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sealed(3)
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, b.sealer.Run(stopped))
	r := b.verify()
	require.Contains(t, b.log.String(), fmt.Sprintf(`"msg":"audit head","tenant_id":%d,"seq":3,"mac":"%x"`, b.tenant, r.Head.MAC))
}
