package hosts

import (
	"context"
	"fmt"
	"math/rand/v2"
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

// seed fills a migrated, empty database as its owner and gives the id of the measured tenant.
func seed(ctx context.Context, url string, size Size) (tenant int64, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	err = conn.QueryRow(ctx, "SELECT id FROM tenants WHERE name = 'tenant 0'").Scan(&tenant)
	if err == nil {
		return tenant, nil // seeded before
	}
	ids, err := seedTenants(ctx, conn, size.Tenants+1)
	if err != nil {
		return 0, err
	}
	rows := &hostRows{size: size, tenants: ids, random: rand.New(rand.NewPCG(1, 2)), start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} //nolint:gosec // a repeatable seed, no secret
	columns := []string{"tenant_id", "hostname", "ip_address", "os", "client_id", "threat_score", "online", "last_seen", "created_at", "host_metadata"}
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"hosts"}, columns, rows); err != nil {
		return 0, fmt.Errorf("seed hosts: %w", err)
	}
	_, err = conn.Exec(ctx, `INSERT INTO host_labels (tenant_id, host_id, label)
SELECT tenant_id, id, CASE id % 20 WHEN 0 THEN 'vip' ELSE 'site-' || id % 7 END FROM hosts WHERE id % 4 = 0`)
	if err != nil {
		return 0, fmt.Errorf("seed labels: %w", err)
	}
	if _, err := conn.Exec(ctx, "VACUUM ANALYZE"); err != nil {
		return 0, err
	}
	return ids[0], nil
}

func seedTenants(ctx context.Context, conn *pgx.Conn, n int) ([]int64, error) {
	rows, err := conn.Query(ctx, "INSERT INTO tenants (name) SELECT 'tenant ' || i FROM generate_series(0, $1 - 1) AS i RETURNING id", n)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// hostRows makes the hosts as COPY asks for them: those of the other tenants first.
type hostRows struct {
	size    Size
	tenants []int64
	random  *rand.Rand
	start   time.Time
	n       int
}

// Next says whether there is another row.
func (h *hostRows) Next() bool {
	h.n++
	return h.n <= h.size.Hosts+h.size.Tenants*h.size.Each
}

// Err is never set.
func (h *hostRows) Err() error { return nil }

// Values are the row's.
func (h *hostRows) Values() ([]any, error) {
	i, tenant := h.n-1, h.tenants[0]
	if others := h.size.Tenants * h.size.Each; i < others {
		tenant = h.tenants[1+i/h.size.Each]
	}
	kind := []string{"ws", "srv", "dc", "web", "db"}[i%5]
	os := []string{"windows", "windows", "windows", "linux", "darwin"}[h.random.IntN(5)]
	score := float64(h.random.IntN(1000)) / 1000
	return []any{
		tenant, fmt.Sprintf("%s-%07d", kind, i), fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255), os, fmt.Sprintf("C.%016x", i),
		score * score, h.random.IntN(3) > 0, h.start.Add(time.Duration(h.random.IntN(1e6)) * time.Second),
		h.start.Add(time.Duration(i) * time.Second), fmt.Sprintf(`{"build": %d, "site": "s%d"}`, 19000+i%100, i%7),
	}, nil
}
