package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// maxValueKey is how much of a value lists sort by, in bytes.
const maxValueKey = 120

// foldValues counts the values, their hosts and their stacks.
func (t *Tenant) foldValues(ctx context.Context, f *fold) error {
	values, err := t.foldStacks(ctx, f)
	if err != nil || len(values) == 0 {
		return err
	}
	if err := t.findValues(ctx, values); err != nil {
		return err
	}
	if err := t.foldPairs(ctx, f); err != nil {
		return err
	}
	values = slices.DeleteFunc(values, func(v *foldValueSpan) bool { return v.id == 0 })
	slices.SortFunc(values, func(a, b *foldValueSpan) int { return cmp.Compare(a.id, b.id) })
	var id, hosts, rows []int64
	var first, last []time.Time
	for _, v := range values {
		id, hosts, rows, first, last = append(id, v.id), append(hosts, v.hosts), append(rows, v.rows), append(first, v.first), append(last, v.last)
		v.stack.rows += v.rows
	}
	err = t.exec(ctx, `UPDATE stack_values AS v SET hosts = v.hosts + n.hosts, rows = v.rows + n.rows,
  first_seen = least(v.first_seen, n.first), last_seen = greatest(v.last_seen, n.last)
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[]) AS n (id, hosts, rows, first, last)
WHERE v.tenant_id = $1 AND v.id = n.id`, t.id, id, hosts, rows, first, last)
	if err != nil {
		return err
	}
	var stack, added, seen []int64
	for _, s := range f.stacks {
		stack, added, seen = append(stack, s.id), append(added, s.added), append(seen, s.rows)
	}
	return t.exec(ctx, `UPDATE stacks AS s SET value_count = s.value_count + n.added, rows = s.rows + n.rows
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS n (id, added, rows) WHERE s.tenant_id = $1 AND s.id = n.id`, t.id, stack, added, seen)
}

// foldStacks finds or makes the stacks and gives the values that are to be counted.
func (t *Tenant) foldStacks(ctx context.Context, f *fold) (values []*foldValueSpan, err error) {
	var fields, sources []string
	for name, s := range f.stacks {
		for key, v := range s.values {
			if v.rows == 0 { // all of its hosts are gone
				delete(s.values, key)
			}
		}
		if len(s.values) > 0 {
			fields, sources = append(fields, name.field), append(sources, name.source)
		} else {
			delete(f.stacks, name)
		}
	}
	if len(fields) == 0 {
		return nil, nil
	}
	err = t.exec(ctx, `INSERT INTO stacks (tenant_id, field, source) SELECT $1, n.field, n.source FROM unnest($2::text[], $3::text[]) AS n (field, source)
WHERE (SELECT count(*) FROM stacks WHERE tenant_id = $1) < $4 ON CONFLICT DO NOTHING`, t.id, fields, sources, maxStacks)
	if err != nil {
		return nil, err
	}
	err = t.rows(ctx, `SELECT s.id, s.value_count, s.field, s.source FROM unnest($2::text[], $3::text[]) AS n (field, source)
JOIN stacks AS s ON s.tenant_id = $1 AND s.field = n.field AND s.source = n.source`, []any{t.id, fields, sources}, func(r pgx.Rows) error {
		var id, count int64
		var name stackName
		err := r.Scan(&id, &count, &name.field, &name.source)
		s := f.stacks[name]
		s.id, s.room = id, max(maxStackValues-count, 0)
		return err
	})
	for name, s := range f.stacks {
		if s.id == 0 { // no room for another stack
			delete(f.stacks, name)
			continue
		}
		for _, v := range s.values {
			values = append(values, v)
		}
	}
	return values, err
}

// findValues finds or makes values, as far as their stacks have room, and gives them their ids.
func (t *Tenant) findValues(ctx context.Context, values []*foldValueSpan) error {
	slices.SortFunc(values, func(a, b *foldValueSpan) int {
		return cmp.Or(cmp.Compare(a.stack.id, b.stack.id), cmp.Compare(a.text, b.text))
	})
	missing, err := t.knownValues(ctx, values)
	if err != nil || len(missing) == 0 {
		return err
	}
	var stack []int64
	var digest []uuid.UUID
	var text, key []string
	var first, last []time.Time
	for _, v := range missing {
		if v.stack.room <= 0 {
			continue
		}
		v.stack.room--
		v.stack.added++
		stack, digest, text, key = append(stack, v.stack.id), append(digest, valueDigest(v.text)), append(text, v.text), append(key, valueKey(v.text))
		first, last = append(first, v.first), append(last, v.last)
	}
	err = t.exec(ctx, `INSERT INTO stack_values (tenant_id, stack_id, digest, value, value_key, first_seen, last_seen)
SELECT $1, n.* FROM unnest($2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[]) AS n`,
		t.id, orEmpty(stack), orEmpty(digest), orEmpty(text), orEmpty(key), orEmpty(first), orEmpty(last))
	if err != nil {
		return err
	}
	_, err = t.knownValues(ctx, missing)
	return err
}

// knownValues gives values their ids, and those back that have none.
func (t *Tenant) knownValues(ctx context.Context, values []*foldValueSpan) (missing []*foldValueSpan, err error) {
	stack, digest := make([]int64, len(values)), make([]uuid.UUID, len(values))
	for i, v := range values {
		stack[i], digest[i] = v.stack.id, valueDigest(v.text)
	}
	err = t.rows(ctx, `SELECT n.at, v.id FROM unnest($2::bigint[], $3::uuid[]) WITH ORDINALITY AS n (stack, digest, at)
JOIN stack_values AS v ON v.tenant_id = $1 AND v.stack_id = n.stack AND v.digest = n.digest`, []any{t.id, stack, digest}, func(r pgx.Rows) error {
		var at, id int64
		err := r.Scan(&at, &id)
		values[at-1].id = id
		return err
	})
	for _, v := range values {
		if v.id == 0 {
			missing = append(missing, v)
		}
	}
	return missing, err
}

// foldPairs counts values on hosts, and how many hosts are new to each value.
func (t *Tenant) foldPairs(ctx context.Context, f *fold) error {
	byID := map[int64]*foldValueSpan{}
	var value, host, rows []int64
	var first, last []time.Time
	for _, p := range sortedBy(f.pairs, func(a, b foldPair) int { return compare2(a.value.id, b.value.id, a.host, b.host) }) {
		if p.value.id == 0 {
			continue
		}
		span := f.pairs[p]
		byID[p.value.id] = p.value
		value, host, rows = append(value, p.value.id), append(host, p.host), append(rows, span.rows)
		first, last = append(first, span.first), append(last, span.last)
	}
	return t.rows(ctx, `WITH put AS (
  INSERT INTO stack_hosts AS h (tenant_id, value_id, host_id, rows, first_seen, last_seen)
  SELECT $1, n.* FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[]) AS n
  ON CONFLICT (tenant_id, value_id, host_id) DO UPDATE SET rows = h.rows + EXCLUDED.rows,
    first_seen = least(h.first_seen, EXCLUDED.first_seen), last_seen = greatest(h.last_seen, EXCLUDED.last_seen)
  RETURNING value_id, (xmax = 0) AS fresh)
SELECT value_id, count(*) FROM put WHERE fresh GROUP BY value_id`,
		[]any{t.id, orEmpty(value), orEmpty(host), orEmpty(rows), orEmpty(first), orEmpty(last)}, func(r pgx.Rows) error {
			var id, n int64
			err := r.Scan(&id, &n)
			byID[id].hosts = n
			return err
		})
}

// valueDigest stands for a value in indexes: the first half of the SHA-256 of its lower-case form.
func valueDigest(value string) uuid.UUID {
	sum := sha256.Sum256([]byte(foldValue(value)))
	return uuid.UUID(sum[:16])
}

func valueKey(value string) string {
	key := foldValue(value)
	if len(key) > maxValueKey {
		key = strings.ToValidUTF8(key[:maxValueKey], "")
	}
	return key
}

// sortedBy gives the keys of a map in an order.
func sortedBy[K comparable, V any](m map[K]V, order func(a, b K) int) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, order)
	return keys
}

func sortedKeys[V any](m map[int64]V) []int64 { return sortedBy(m, cmp.Compare[int64]) }

func compare2(a, b, c, d int64) int { return cmp.Or(cmp.Compare(a, b), cmp.Compare(c, d)) }
