package store

import (
	"context"

	"github.com/uptrace/bun"
)

// forgetRows removes a host's observations and what they count for. The caller holds the host's row, so that no more come.
func (t *Tenant) forgetRows(ctx context.Context, host int64) error {
	if err := t.holdStacks(ctx); err != nil {
		return err
	}
	for _, sql := range []string{
		"DELETE FROM observations WHERE tenant_id = $1 AND host_id = $2",
		`WITH gone AS (DELETE FROM source_hosts WHERE tenant_id = $1 AND host_id = $2 RETURNING source_id, rows)
UPDATE sources AS s SET rows = greatest(s.rows - gone.rows, 0), hosts = greatest(s.hosts - 1, 0) FROM gone WHERE s.tenant_id = $1 AND s.id = gone.source_id`,
		`WITH gone AS (DELETE FROM stack_hosts WHERE tenant_id = $1 AND host_id = $2 RETURNING value_id, rows)
UPDATE stack_values AS v SET rows = greatest(v.rows - gone.rows, 0), hosts = greatest(v.hosts - 1, 0) FROM gone WHERE v.tenant_id = $1 AND v.id = gone.value_id`,
	} {
		if err := t.exec(ctx, sql, t.id, host); err != nil {
			return err
		}
	}
	return nil
}

// moveObservations gives a host's observations to another. A row that both have from one source stays once.
func (t *Tenant) moveObservations(ctx context.Context, db bun.IDB, from, to int64) error {
	if err := t.holdStacks(ctx); err != nil {
		return err
	}
	for _, sql := range []string{
		`WITH twice AS (DELETE FROM observations AS o WHERE o.tenant_id = ?0 AND o.host_id = ?1 AND EXISTS (
  SELECT 1 FROM observations AS k WHERE k.tenant_id = ?0 AND k.host_id = ?2 AND k.collected_at = o.collected_at AND k.source_id = o.source_id
    AND k.content_hash = o.content_hash) RETURNING o.source_id),
sum AS (SELECT source_id, count(*) AS n FROM twice GROUP BY source_id),
own AS (UPDATE source_hosts AS h SET rows = greatest(h.rows - sum.n, 0) FROM sum WHERE h.tenant_id = ?0 AND h.source_id = sum.source_id AND h.host_id = ?1)
UPDATE sources AS s SET rows = greatest(s.rows - sum.n, 0) FROM sum WHERE s.tenant_id = ?0 AND s.id = sum.source_id`,
		"UPDATE observations SET host_id = ?2 WHERE tenant_id = ?0 AND host_id = ?1",
	} {
		if _, err := db.NewRaw(sql, t.id, from, to).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// moveStacks gives what a host counts for in stacks and sources to another.
func (t *Tenant) moveStacks(ctx context.Context, db bun.IDB, from, to int64) error {
	if err := t.holdStacks(ctx); err != nil {
		return err
	}
	for _, sql := range []string{
		`UPDATE stack_changes SET pair_host = array_replace(pair_host, ?1::bigint, ?2::bigint), host = array_replace(host, ?1::bigint, ?2::bigint)
WHERE tenant_id = ?0 AND host @> ARRAY[?1::bigint]`,
		`UPDATE stack_values AS v SET hosts = greatest(v.hosts - 1, 0) FROM stack_hosts AS a JOIN stack_hosts AS b
  ON b.tenant_id = a.tenant_id AND b.value_id = a.value_id AND b.host_id = ?2
WHERE a.tenant_id = ?0 AND a.host_id = ?1 AND v.tenant_id = ?0 AND v.id = a.value_id`,
		`WITH gone AS (DELETE FROM stack_hosts WHERE tenant_id = ?0 AND host_id = ?1 RETURNING value_id, rows, first_seen, last_seen)
INSERT INTO stack_hosts AS h (tenant_id, value_id, host_id, rows, first_seen, last_seen)
SELECT ?0, value_id, ?2, rows, first_seen, last_seen FROM gone ON CONFLICT (tenant_id, value_id, host_id) DO UPDATE
SET rows = h.rows + EXCLUDED.rows, first_seen = least(h.first_seen, EXCLUDED.first_seen), last_seen = greatest(h.last_seen, EXCLUDED.last_seen)`,
		`UPDATE sources AS s SET hosts = greatest(s.hosts - 1, 0) FROM source_hosts AS a JOIN source_hosts AS b
  ON b.tenant_id = a.tenant_id AND b.source_id = a.source_id AND b.host_id = ?2
WHERE a.tenant_id = ?0 AND a.host_id = ?1 AND s.tenant_id = ?0 AND s.id = a.source_id`,
		`WITH gone AS (DELETE FROM source_hosts WHERE tenant_id = ?0 AND host_id = ?1 RETURNING source_id, rows, collected_at)
INSERT INTO source_hosts AS h (tenant_id, source_id, host_id, rows, collected_at) SELECT ?0, source_id, ?2, rows, collected_at FROM gone
ON CONFLICT (tenant_id, source_id, host_id) DO UPDATE SET rows = h.rows + EXCLUDED.rows`,
	} {
		if _, err := db.NewRaw(sql, t.id, from, to).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
