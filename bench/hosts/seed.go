package hosts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Size is how much is seeded.
type Size struct {
	Hosts   int // of the measured tenant
	Tenants int // others
	Each    int // hosts of each other tenant
}

// Full is the size that the target names.
func Full() Size { return Size{Hosts: 1_000_000, Tenants: 200, Each: 2_000} }

// seed fills a migrated database, unless it was filled before, and gives the id of the measured tenant. The URL's role
// must own the tables.
func seed(ctx context.Context, url string, size Size) (tenant int64, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	err = conn.QueryRow(ctx, "SELECT id FROM tenants WHERE name = 'bench tenant 0'").Scan(&tenant)
	if !errors.Is(err, pgx.ErrNoRows) {
		return tenant, err
	}
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		ids, err := seedTenants(ctx, tx, size.Tenants+1)
		if err != nil {
			return err
		}
		tenant = ids[0]
		return aboveSecurity(ctx, tx, func() error {
			return withoutIndexes(ctx, tx, func() error { return seedHosts(ctx, tx, size, ids) })
		})
	})
	if err != nil {
		return 0, fmt.Errorf("seed: %w", err)
	}
	_, err = conn.Exec(ctx, "VACUUM ANALYZE hosts, host_labels")
	return tenant, err
}

// aboveSecurity lets the owner COPY while fill runs, which forced row-level security forbids; it is forced again in the same
// transaction.
func aboveSecurity(ctx context.Context, tx pgx.Tx, fill func() error) error {
	for _, force := range []string{"NO FORCE", "FORCE"} {
		for _, table := range []string{"hosts", "host_labels"} {
			if _, err := tx.Exec(ctx, "ALTER TABLE "+table+" "+force+" ROW LEVEL SECURITY"); err != nil {
				return err
			}
		}
		if force == "NO FORCE" {
			if err := fill(); err != nil {
				return err
			}
		}
	}
	return nil
}

func seedTenants(ctx context.Context, tx pgx.Tx, n int) ([]int64, error) {
	rows, err := tx.Query(ctx, "INSERT INTO tenants (name) SELECT 'bench tenant ' || i FROM generate_series(0, $1::integer - 1) AS i RETURNING id", n)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// withoutIndexes takes the indexes of hosts away while fill runs: building them at the end is much faster.
func withoutIndexes(ctx context.Context, tx pgx.Tx, fill func() error) error {
	rows, err := tx.Query(ctx, `SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_index AS i LEFT JOIN pg_constraint AS c ON c.conindid = i.indexrelid
WHERE i.indrelid = 'hosts'::regclass AND c.oid IS NULL`)
	if err != nil {
		return err
	}
	indexes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Drop, Create string }])
	if err != nil {
		return err
	}
	for _, x := range indexes {
		if _, err := tx.Exec(ctx, x.Drop); err != nil {
			return err
		}
	}
	if err := fill(); err != nil {
		return err
	}
	for _, x := range indexes {
		if _, err := tx.Exec(ctx, x.Create); err != nil {
			return err
		}
	}
	return nil
}

func seedHosts(ctx context.Context, tx pgx.Tx, size Size, tenants []int64) error {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	columns := []string{"tenant_id", "hostname", "ip_address", "os", "client_id", "threat_score", "online", "last_seen", "created_at", "host_metadata"}
	others := size.Tenants * size.Each
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"hosts"}, columns, pgx.CopyFromSlice(others+size.Hosts, func(i int) ([]any, error) {
		tenant := tenants[0]
		if i < others { // theirs come first, so that ours are not simply the beginning of the table
			tenant = tenants[1+i/size.Each]
		}
		r := scatter(i)
		score := float64(r%1000) / 1000
		return []any{
			tenant, fmt.Sprintf("%s-%07d", []string{"ws", "srv", "dc", "web", "db"}[i%5], i), fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255),
			[]string{"windows", "windows", "windows", "linux", "darwin"}[r>>10%5], fmt.Sprintf("C.%016x", i), score * score, r>>20%3 > 0,
			start.Add(time.Duration(r>>30%1_000_000) * time.Second), start.Add(time.Duration(i) * time.Second),
			fmt.Sprintf(`{"build": %d, "site": "s%d"}`, 19000+i%100, i%7),
		}, nil
	}))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO host_labels (tenant_id, host_id, label)
SELECT tenant_id, id, CASE WHEN id % 20 = 0 THEN 'vip' ELSE 'site-' || id % 7 END FROM hosts WHERE id % 4 = 0`)
	return err
}

// scatter turns a row's number into bits without a pattern, the same in every run (SplitMix64, Steele et al. 2014).
func scatter(i int) uint64 {
	z := uint64(i)*0x9e3779b97f4a7c15 + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
