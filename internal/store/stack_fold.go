package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
)

const (
	foldChanges = 64      // changes that one transaction folds in
	foldPairs   = 200_000 // values on hosts after which it takes no further change
)

// FoldStacks folds waiting changes into the tenant's stacks and sources, in one transaction, and says how many there were;
// 0: none waits. Whoever else folds or reads the tenant's stacks waits for it.
func (t *Tenant) FoldStacks(ctx context.Context) (n int, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if err := t.holdStacks(ctx); err != nil {
			return err
		}
		f, err := t.readChanges(ctx)
		if err != nil || len(f.ids) == 0 {
			return err
		}
		n = len(f.ids)
		if err := t.foldSources(ctx, f); err != nil {
			return err
		}
		if err := t.foldValues(ctx, f); err != nil {
			return err
		}
		return t.exec(ctx, "DELETE FROM stack_changes WHERE tenant_id = $1 AND id = ANY($2::bigint[])", t.id, f.ids)
	})
	return n, err
}

// holdStacks makes the transaction the only one that writes the tenant's stacks.
func (t *Tenant) holdStacks(ctx context.Context) error {
	return t.exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('stacks', $1))", t.id)
}

// TenantsWithStackChanges gives the tenants whose changes wait.
func (y *System) TenantsWithStackChanges(ctx context.Context) (ids []int64, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw("SELECT DISTINCT tenant_id FROM stack_changes ORDER BY tenant_id").Scan(ctx, &ids)
	})
	return ids, err
}

// fold is many changes as one.
type fold struct {
	ids    []int64
	stacks map[stackName]*foldStack
	pairs  map[foldPair]*foldSpan
	hosts  map[foldHost]int64 // rows by source and host
}

type stackName struct{ field, source string }

type foldStack struct {
	id     int64
	room   int64 // values that it may still take
	rows   int64
	added  int64 // values that were new
	values map[string]*foldValueSpan
}

// foldValueSpan is one value of a stack.
type foldValueSpan struct {
	foldSpan

	stack *foldStack
	text  string
	id    int64 // 0: not in the database, and there is no room
	hosts int64 // that had not had it
}

type foldPair struct {
	value *foldValueSpan
	host  int64
}

type foldHost struct{ source, host int64 }

// foldSpan is how often and when something was seen.
type foldSpan struct {
	rows        int64
	first, last time.Time
}

func (s *foldSpan) add(rows int64, at time.Time) {
	if s.rows == 0 || at.Before(s.first) {
		s.first = at
	}
	if s.rows == 0 || at.After(s.last) {
		s.last = at
	}
	s.rows += rows
}

// waitingChange is a row of stack_changes.
type waitingChange struct {
	ID         int64
	SourceID   int64
	Source     string
	Seen       time.Time
	Fields     []string
	ValueField []int32
	ValueText  []string
	PairValue  []int32
	PairHost   []int64
	PairRows   []int32
	Host       []int64
	HostRows   []int32
}

// readChanges reads the oldest changes into one.
func (t *Tenant) readChanges(ctx context.Context) (*fold, error) {
	f := &fold{stacks: map[stackName]*foldStack{}, pairs: map[foldPair]*foldSpan{}, hosts: map[foldHost]int64{}}
	const read = `SELECT id, source_id, source, seen, fields, value_field, value_text, pair_value, pair_host, pair_rows, host, host_rows
FROM stack_changes WHERE tenant_id = $1 ORDER BY id LIMIT $2`
	err := t.rows(ctx, read, []any{t.id, foldChanges}, func(r pgx.Rows) error {
		if len(f.pairs) > foldPairs {
			return nil
		}
		c, err := pgx.RowToStructByPos[waitingChange](r)
		if err != nil {
			return err
		}
		f.take(&c)
		return nil
	})
	if err != nil || len(f.ids) == 0 {
		return f, err
	}
	return f, t.dropGone(ctx, f)
}

func (f *fold) take(c *waitingChange) {
	f.ids = append(f.ids, c.ID)
	for i, host := range c.Host {
		f.hosts[foldHost{c.SourceID, host}] += int64(c.HostRows[i])
	}
	values := make([]*foldValueSpan, len(c.ValueText))
	for i, text := range c.ValueText {
		values[i] = f.value(stackName{c.Fields[c.ValueField[i]], c.Source}, text)
	}
	for i, at := range c.PairValue {
		p := foldPair{values[at], c.PairHost[i]}
		span := f.pairs[p]
		if span == nil {
			span = &foldSpan{}
			f.pairs[p] = span
		}
		span.add(int64(c.PairRows[i]), c.Seen)
	}
}

func (f *fold) value(name stackName, text string) *foldValueSpan {
	s := f.stacks[name]
	if s == nil {
		s = &foldStack{values: map[string]*foldValueSpan{}}
		f.stacks[name] = s
	}
	key := foldValue(text)
	v := s.values[key]
	if v == nil {
		v = &foldValueSpan{stack: s, text: text}
		s.values[key] = v
	}
	return v
}

// dropGone forgets what is said of hosts that were removed meanwhile. One that is removed from now on waits for this
// transaction before it takes what counts for it out of the stacks.
func (t *Tenant) dropGone(ctx context.Context, f *fold) error {
	all := map[int64]bool{}
	for h := range f.hosts {
		all[h.host] = true
	}
	ids := sortedKeys(all)
	err := t.rows(ctx, "SELECT id FROM hosts WHERE tenant_id = $1 AND id = ANY($2::bigint[])", []any{t.id, ids},
		func(r pgx.Rows) error {
			var id int64
			err := r.Scan(&id)
			delete(all, id)
			return err
		})
	if err != nil {
		return err
	}
	for h := range f.hosts {
		if all[h.host] {
			delete(f.hosts, h)
		}
	}
	for p, span := range f.pairs {
		if all[p.host] {
			delete(f.pairs, p)
			continue
		}
		p.value.rows += span.rows
		if p.value.first.IsZero() || span.first.Before(p.value.first) {
			p.value.first = span.first
		}
		if span.last.After(p.value.last) {
			p.value.last = span.last
		}
	}
	return nil
}

// foldSources counts the sources' rows and hosts.
func (t *Tenant) foldSources(ctx context.Context, f *fold) error {
	var source, host, rows []int64
	for _, h := range sortedBy(f.hosts, func(a, b foldHost) int { return compare2(a.source, b.source, a.host, b.host) }) {
		source, host, rows = append(source, h.source), append(host, h.host), append(rows, f.hosts[h])
	}
	return t.exec(ctx, `WITH put AS (
  INSERT INTO source_hosts AS h (tenant_id, source_id, host_id, rows, collected_at)
  SELECT $1, n.source, n.host, n.rows, s.collected_at FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS n (source, host, rows)
  JOIN sources AS s ON s.tenant_id = $1 AND s.id = n.source
  ON CONFLICT (tenant_id, source_id, host_id) DO UPDATE SET rows = h.rows + EXCLUDED.rows RETURNING source_id, (xmax = 0) AS fresh),
sum AS (SELECT source, sum(rows) AS rows FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS n (source, host, rows) GROUP BY source),
new AS (SELECT source_id, count(*) FILTER (WHERE fresh) AS hosts FROM put GROUP BY source_id)
UPDATE sources AS s SET rows = s.rows + sum.rows, hosts = s.hosts + new.hosts FROM sum JOIN new ON new.source_id = sum.source
WHERE s.tenant_id = $1 AND s.id = sum.source`, t.id, orEmpty(source), orEmpty(host), orEmpty(rows))
}

// StacksBehind says whether changes wait that the stacks don't show yet, after folding in some.
func (t *Tenant) StacksBehind(ctx context.Context) (behind bool, err error) {
	const waiting = "SELECT EXISTS (SELECT 1 FROM stack_changes WHERE tenant_id = $1)"
	for range 2 {
		err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
			return t.row(ctx, waiting, []any{t.id}, &behind)
		})
		if err != nil || !behind {
			return behind, err
		}
		if _, err := t.FoldStacks(ctx); err != nil {
			return true, err
		}
	}
	return behind, nil
}
