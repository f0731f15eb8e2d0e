package velotest

import (
	"iter"
	"slices"
	"strings"
)

// definition is an artifact that the simulated endpoints know, or one that somebody wrote.
type definition struct {
	name, kind, about string
	sources           []table // one without a name, or several with one
	params            []record
	permissions       []string
	systems           []string // none: all
	raw               string   // of one that somebody wrote
}

// table is one source of an artifact. A row is made when it is asked for: nothing is kept of a fleet's millions.
type table struct {
	name  string
	count func(c *collected) int
	row   func(c *collected, i int) record
}

// collected is what a source reads its rows from. It holds nothing that changes.
type collected struct {
	f        *flow
	rowsEach int
	seed     uint64
	isolated bool
	attacks  []record // what stands last among the rows
}

func parameter(name, kind, preset, about string, choices ...string) record {
	return record{
		{"name", name},
		{"default", preset},
		{"type", kind},
		{"description", about},
		{"choices", texts(choices)},
		{"friendly_name", ""},
		{"validating_regex", ""},
		{"artifact_type", ""},
		{"sources", false},
	}
}

// artifact finds a definition: one of the org's own, of the root org's, or of all servers.
func (o *org) artifact(name string) (definition, bool) {
	if d, ok := o.monitor.artifacts[name]; ok {
		return d, true
	}
	d, ok := o.p.catalog[name]
	return d, ok
}

// readable is what rows are read by: A, or A/Source of each.
func (d definition) readable() []string {
	out := make([]string, len(d.sources))
	for i, s := range d.sources {
		out[i] = d.name
		if s.name != "" {
			out[i] += "/" + s.name
		}
	}
	return out
}

// open finds a source of a flow; false for one that it doesn't have.
func (o *org) open(f *flow, artifact string) (table, *collected, bool) {
	name, src, _ := strings.Cut(artifact, "/")
	d, ok := o.artifact(name)
	if !ok || !slices.Contains(f.artifacts, name) || len(d.systems) > 0 && !slices.Contains(d.systems, f.e.system()) {
		return table{}, nil, false
	}
	i := slices.IndexFunc(d.sources, func(t table) bool { return t.name == src })
	if i < 0 || d.sources[i].count == nil {
		return table{}, nil, false
	}
	c := &collected{f: f, rowsEach: o.p.RowsEach, seed: o.p.Seed, isolated: o.isolated(f.e)}
	if f.e.attacked() {
		c.attacks = o.p.attacks.of(f.e, artifact, f.picked)
	}
	return d.sources[i], c, true
}

func (t table) size(c *collected) int {
	n := max(t.count(c), len(c.attacks))
	if most := c.f.maxRows; most > 0 {
		n = min(n, most)
	}
	return n
}

// at is one row; the last ones of an attacked endpoint tell of the attack.
func (t table) at(c *collected, i, of int) record {
	if k := i - (of - len(c.attacks)); k >= 0 && k < len(c.attacks) {
		return c.attacks[k]
	}
	return t.row(c, i)
}

// read is what a flow brought from one source; nothing, silently, for a source that it doesn't have.
func (o *org) read(f *flow, artifact string, start, count int) iter.Seq[any] {
	t, c, ok := o.open(f, artifact)
	if !ok {
		return none
	}
	size := t.size(c)
	to := size
	if count >= 0 {
		to = min(size, start+count)
	}
	return func(yield func(any) bool) {
		for i := start; i < to; i++ {
			if !yield(t.at(c, i, size)) {
				return
			}
		}
	}
}

// results are a flow's sources that have rows, and how many rows there are.
func (o *org) results(f *flow) (sources []string, rows int) {
	sources = []string{}
	for _, name := range f.artifacts {
		d, _ := o.artifact(name)
		for _, s := range d.readable() {
			if t, c, ok := o.open(f, s); ok {
				if n := t.size(c); n > 0 {
					sources, rows = append(sources, s), rows+n
				}
			}
		}
	}
	return sources, rows
}

func (d definition) row() record {
	sources := []record{}
	for _, s := range d.sources {
		if s.name != "" {
			sources = append(sources, record{{"name", s.name}})
		}
	}
	params := d.params
	if params == nil {
		params = []record{}
	}
	return record{
		{"name", d.name}, {"description", d.about}, {"type", d.kind}, {"required_permissions", texts(d.permissions)}, {"parameters", params}, {"sources", sources},
	}
}

func artifactDefinitions(q asked) answer {
	var rows []record
	for _, d := range definitions() {
		rows = append(rows, d.row())
	}
	for _, d := range q.org.monitor.artifacts {
		rows = append(rows, d.row())
	}
	return answer{rows: each(rows)}
}
