package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// rowsAtOnce is how many rows one statement takes: memory stays flat however many a call brings.
const rowsAtOnce = 10_000

// HostRow is a row with the host that it is about.
type HostRow struct {
	HostID int64
	Row
}

// AddObservations keeps rows that a source reports about one host and says how many were new; otherwise it is AddHostRows.
func (t *Tenant) AddObservations(ctx context.Context, src *models.Source, hostID int64, rows []Row) (fresh int, err error) {
	all := make([]HostRow, len(rows))
	for i := range rows {
		all[i] = HostRow{HostID: hostID, Row: rows[i]}
	}
	ids, err := t.AddHostRows(ctx, src, all)
	for _, id := range ids {
		if id != 0 {
			fresh++
		}
	}
	return fresh, err
}

// AddHostRows keeps rows that a source reports about many hosts. For each row it gives the new observation's id, or 0 where
// the same row of the same host was known from this source or came earlier in rows. src needs Kind, Name and Key; its key
// decides whether it is known: a repeat finds the same source with its first CollectedAt, so that the same rows are the same
// observations. Some thousands of rows a call are best. Faults: Invalid (unknown_reference) for a host that does not exist.
func (t *Tenant) AddHostRows(ctx context.Context, src *models.Source, rows []HostRow) (fresh []int64, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if err := t.holdSource(ctx, src); err != nil {
			return err
		}
		if err := t.holdHosts(ctx, rows); err != nil {
			return err
		}
		keep, err := t.stackRules(ctx)
		if err != nil {
			return err
		}
		fresh = make([]int64, len(rows))
		for from := 0; from < len(rows); from += rowsAtOnce {
			to := min(from+rowsAtOnce, len(rows))
			if err := t.addSome(ctx, src, rows[from:to], fresh[from:to], keep); err != nil {
				return err
			}
		}
		return nil
	})
	return fresh, err
}

// addSome keeps as many rows as one statement takes, and what they add to the stacks.
func (t *Tenant) addSome(ctx context.Context, src *models.Source, rows []HostRow, fresh []int64, keep stackRules) error {
	if err := t.copyRows(ctx, rows); err != nil {
		return err
	}
	if err := t.insertCopied(ctx, src, rows, fresh); err != nil {
		return err
	}
	c := newStackChange(keep)
	for i := range rows {
		if fresh[i] != 0 {
			c.add(rows[i].HostID, rows[i].Data)
		}
	}
	return t.noteStackChange(ctx, src, c)
}

// holdSource gives src the id, name and time of the source with its key, new or known, and keeps it from being removed
// meanwhile. A known source is not written: many hosts' rows come from one.
func (t *Tenant) holdSource(ctx context.Context, src *models.Source) error {
	const (
		find = `SELECT id, kind, name, collected_at FROM sources WHERE tenant_id = $1 AND key = $2 FOR KEY SHARE`
		add  = `INSERT INTO sources (tenant_id, kind, name, key, collected_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, key) DO NOTHING RETURNING id, kind, name, collected_at`
	)
	src.TenantID = t.id
	if src.CollectedAt.IsZero() {
		src.CollectedAt = t.s.Now()
	}
	for { // somebody else may make it, or retention remove it, between the two
		err := t.row(ctx, find, []any{t.id, src.Key}, &src.ID, &src.Kind, &src.Name, &src.CollectedAt)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		err = t.row(ctx, add, []any{t.id, src.Kind, src.Name, src.Key, src.CollectedAt}, &src.ID, &src.Kind, &src.Name, &src.CollectedAt)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
	}
}

// holdHosts checks that the rows' hosts exist and keeps them from being removed meanwhile: once a call, where a foreign key
// would look once a row.
func (t *Tenant) holdHosts(ctx context.Context, rows []HostRow) error {
	ids := make([]int64, 0, 64)
	for i := range rows {
		if i == 0 || rows[i].HostID != rows[i-1].HostID {
			ids = append(ids, rows[i].HostID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	held := 0
	err := t.rows(ctx, "SELECT id FROM hosts WHERE tenant_id = $1 AND id = ANY($2::bigint[]) ORDER BY id FOR KEY SHARE", []any{t.id, ids},
		func(pgx.Rows) error { held++; return nil })
	if err == nil && held < len(ids) {
		return fault.InvalidField("host_id", "there is no such host").WithCode("unknown_reference")
	}
	return err
}

// copyRows goes through a temporary table, because COPY into a table with row-level security is refused.
func (t *Tenant) copyRows(ctx context.Context, rows []HostRow) error {
	const makeTable = `CREATE TEMPORARY TABLE IF NOT EXISTS incoming (host_id bigint, event_time timestamptz, content_hash bytea, data jsonb) ON COMMIT DROP;
TRUNCATE incoming`
	if _, err := t.conn.Exec(ctx, makeTable); err != nil {
		return err
	}
	_, err := t.conn.CopyFrom(ctx, pgx.Identifier{"incoming"}, []string{"host_id", "event_time", "content_hash", "data"},
		pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			return []any{rows[i].HostID, rows[i].EventTime, rows[i].Hash[:], rows[i].Data}, nil
		}))
	return err
}

// insertCopied takes over what is new of the copied rows and notes their ids.
func (t *Tenant) insertCopied(ctx context.Context, src *models.Source, rows []HostRow, fresh []int64) error {
	const insert = `INSERT INTO observations (tenant_id, host_id, source_id, collected_at, event_time, content_hash, data)
SELECT $1, host_id, $2, $3, event_time, content_hash, data FROM incoming ON CONFLICT DO NOTHING RETURNING id, host_id, content_hash`
	at := make(map[rowKey]int, len(rows))
	for i := range rows {
		key := rowKey{rows[i].HostID, rows[i].Hash}
		if _, twice := at[key]; !twice {
			at[key] = i
		}
	}
	var id int64
	var key rowKey
	var hash []byte
	out, err := t.conn.Query(ctx, insert, t.id, src.ID, src.CollectedAt)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(out, []any{&id, &key.host, &hash}, func() error {
		copy(key.hash[:], hash)
		fresh[at[key]] = id
		return nil
	})
	return err
}

// rowKey is what makes an observation of a source one.
type rowKey struct {
	host int64
	hash [sha256.Size]byte
}
