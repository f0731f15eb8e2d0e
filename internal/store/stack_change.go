package store

import (
	"context"
	"encoding/binary"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/rawjson"
	"github.com/velocicompanion/velocicompanion/models"
)

// stackChange gathers what rows add to the stacks: a count for each value on each host.
type stackChange struct {
	rules stackRules
	paths map[string]*stackPath

	fields     []string
	valueField []int32
	valueText  []string
	values     map[string]int32 // by the place of the field and the value, as it came and in lower case
	pairs      map[stackPair]int32
	pairValue  []int32
	pairHost   []int64
	pairRows   []int32
	hosts      map[int64]int32
	host       []int64
	hostRows   []int32

	walker  rawjson.Walker
	row     []rowValue
	scratch []byte
}

// stackPath is what is known of a path after its first sight.
type stackPath struct {
	field  int32  // its place in fields; -1: not counted
	digest int    // 3 for a SHA-256, 2 for a SHA-1, 1 for an MD5, else 0
	parent string // the path above a digest
}

type stackPair struct {
	value int32
	host  int64
}

// rowValue is one value of the row at hand.
type rowValue struct {
	path  *stackPath
	value int32
}

func newStackChange(rules stackRules) *stackChange {
	return &stackChange{
		rules: rules, paths: map[string]*stackPath{}, values: map[string]int32{}, pairs: map[stackPair]int32{}, hosts: map[int64]int32{},
	}
}

// add counts one fresh row.
func (c *stackChange) add(host int64, data []byte) {
	c.row = c.row[:0]
	_ = c.walker.Walk(data, c.leaf) // canonical JSON is JSON
	at, known := c.hosts[host]
	if !known {
		at = int32(len(c.host))
		c.hosts[host] = at
		c.host, c.hostRows = append(c.host, host), append(c.hostRows, 0)
	}
	c.hostRows[at]++
	for i, v := range c.row {
		if !c.spare(i) {
			c.count(stackPair{v.value, host})
		}
	}
}

// spare says whether the row says the same already: the value twice, or a weaker digest of the same thing.
func (c *stackChange) spare(i int) bool {
	v := c.row[i]
	for j, o := range c.row {
		if j < i && o.value == v.value || v.path.digest > 0 && o.path.digest > v.path.digest && o.path.parent == v.path.parent {
			return true
		}
	}
	return false
}

func (c *stackChange) count(p stackPair) {
	at, known := c.pairs[p]
	if !known {
		at = int32(len(c.pairValue))
		c.pairs[p] = at
		c.pairValue, c.pairHost, c.pairRows = append(c.pairValue, p.value), append(c.pairHost, p.host), append(c.pairRows, 0)
	}
	c.pairRows[at]++
}

// maxRowValues is how many counted values one row may have: the rest of a hostile one is not looked at.
const maxRowValues = 100

func (c *stackChange) leaf(l *rawjson.Leaf) bool {
	if !stackable(l) {
		return true
	}
	if p := c.path(l); p.field >= 0 {
		c.row = append(c.row, rowValue{p, c.value(p.field, l.Text)})
	}
	return len(c.row) < maxRowValues
}

// path tells a leaf's field, from memory where it was seen before.
func (c *stackChange) path(l *rawjson.Leaf) *stackPath {
	c.scratch = l.AppendDotted(c.scratch[:0])
	if p, known := c.paths[string(c.scratch)]; known {
		return p
	}
	p := &stackPath{field: -1}
	path, parent, key := string(c.scratch), string(l.Parent()), string(l.Key())
	if len(c.paths) >= maxStackPaths {
		return p
	}
	c.paths[path] = p
	if len(c.fields) < maxStackFields && c.rules.counts(path, parent, key, strings.Count(path, ".")+1) {
		p.field = int32(len(c.fields))
		p.digest = map[string]int{"sha256": 3, "sha1": 2, "md5": 1}[strings.ToLower(key)]
		p.parent = strings.TrimSuffix(path, key)
		c.fields = append(c.fields, path)
	}
	return p
}

// value gives a value's place. Spellings that differ in case are one value.
func (c *stackChange) value(field int32, text []byte) int32 {
	c.scratch = append(binary.LittleEndian.AppendUint32(c.scratch[:0], uint32(field)), text...)
	if at, known := c.values[string(c.scratch)]; known {
		return at
	}
	asItCame := string(c.scratch)
	folded := asItCame[:4] + foldValue(asItCame[4:])
	at, known := c.values[folded]
	if !known {
		at = int32(len(c.valueText))
		c.values[folded] = at
		c.valueField, c.valueText = append(c.valueField, field), append(c.valueText, asItCame[4:])
	}
	c.values[asItCame] = at
	return at
}

// foldValue is what two spellings of a value share.
func foldValue(s string) string { return strings.ToLower(s) }

// noteStackChange writes a change in the rows' own transaction.
func (t *Tenant) noteStackChange(ctx context.Context, src *models.Source, c *stackChange) error {
	if len(c.host) == 0 {
		return nil
	}
	return t.exec(ctx, `INSERT INTO stack_changes (tenant_id, source_id, source, seen, fields, value_field, value_text, pair_value, pair_host,
  pair_rows, host, host_rows) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		t.id, src.ID, src.Name, src.CollectedAt, orEmpty(c.fields), orEmpty(c.valueField), orEmpty(c.valueText), orEmpty(c.pairValue),
		orEmpty(c.pairHost), orEmpty(c.pairRows), c.host, c.hostRows)
}

// orEmpty is a list that the driver doesn't take for NULL.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
