package playbooks

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/file"
)

// path is a chain of constant members such as event.host.os, resolved in one operation so that an error can name all of
// it and a usual condition stays fast.
type path struct {
	root     string
	keys     []any // string or int
	at       file.Location
	tolerant bool // a missing part gives nil: left of ??, inside default(), after ?.
}

// String writes the path as the author did, as far as it goes.
func (p *path) String() string { return p.upTo(len(p.keys)) }

func (p *path) upTo(n int) string {
	var b strings.Builder
	b.WriteString(p.root)
	for _, key := range p.keys[:n] {
		switch k := key.(type) {
		case string:
			b.WriteString("." + k)
		case int:
			b.WriteString("[" + strconv.Itoa(k) + "]")
		}
	}
	return b.String()
}

// The names an expression may start from beside inputs' and loops' own.
const (
	rootInputs  = "inputs"
	rootEvent   = "event"
	rootSteps   = "steps"
	rootVars    = "vars"
	rootTenant  = "tenant"
	rootRun     = "run"
	rootFailure = "failure"
)

// root finds the object behind a root name; ok is false for any other name.
func (e *Env) root(name string) (object map[string]any, ok bool) {
	switch name {
	case rootInputs:
		return e.Inputs, true
	case rootEvent:
		return e.Event, true
	case rootSteps:
		return e.Steps, true
	case rootVars:
		return e.Vars, true
	case rootTenant:
		return e.Tenant, true
	case rootRun:
		return e.Run, true
	case rootFailure:
		return e.Failure, true
	}
	return nil, false
}

// bare finds a name without a root: a loop's own name, an input, or a field of the event.
func (e *Env) bare(name string) (any, bool) {
	for _, scope := range []map[string]any{e.Locals, e.Inputs, e.Event} {
		if v, ok := scope[name]; ok {
			return v, true
		}
	}
	return nil, false
}

func opPath(m *meter, args []any) (any, error) {
	p, ok := args[0].(*path)
	if !ok {
		return nil, fmt.Errorf("%T is not a path", args[0])
	}
	return m.resolve(p)
}

func (m *meter) resolve(p *path) (any, error) {
	current, rest, err := m.start(p)
	if err != nil || rest == nil {
		return current, err
	}
	for i, key := range rest {
		done := len(p.keys) - len(rest) + i
		if current == nil {
			if p.tolerant {
				return nil, nil
			}
			return nil, fmt.Errorf("%s is nothing, so it has no %s", p.upTo(done), keyText(key))
		}
		if current, err = member(m, current, key, p.tolerant); err != nil {
			return nil, fmt.Errorf("%s %w", p.upTo(done), err)
		}
	}
	return current, nil
}

// start finds the value the path begins with and the keys that are left. The rest is nil when the value is final.
func (m *meter) start(p *path) (any, []any, error) {
	object, isRoot := m.env.root(p.root)
	if !isRoot {
		v, ok := m.env.bare(p.root)
		if !ok {
			return nil, nil, m.missing(p, p.root)
		}
		v, err := plain(m, v)
		return v, p.keys, err
	}
	if object == nil {
		if len(p.keys) == 0 || p.tolerant {
			return nil, nil, nil
		}
		return nil, nil, fmt.Errorf("%s is nothing here, so it has no %s", p.root, keyText(p.keys[0]))
	}
	if len(p.keys) == 0 {
		return object, nil, nil
	}
	// These hold exactly what was declared, so a missing one is a mistake and not an absent value.
	if p.root == rootInputs || p.root == rootSteps || p.root == rootVars {
		key, _ := p.keys[0].(string)
		if _, ok := object[key]; !ok {
			return nil, nil, m.missing(p, p.root+"."+key)
		}
	}
	return object, p.keys, nil
}

func (m *meter) missing(p *path, name string) error {
	if p.tolerant {
		return nil
	}
	return &missingError{name}
}

// missingError is a name that stands for nothing.
type missingError struct{ name string }

// Error names it.
func (e *missingError) Error() string { return e.name + " is missing" }

// opMember is obj.key and obj[key] where the object or the key is computed.
func opMember(m *meter, args []any) (any, error) {
	v, err := member(m, args[0], args[1], false)
	if err != nil {
		return nil, fmt.Errorf("the value %w", err)
	}
	return v, nil
}

func opMemberTolerant(m *meter, args []any) (any, error) {
	if args[0] == nil {
		return nil, nil
	}
	v, err := member(m, args[0], args[1], true)
	if err != nil {
		return nil, fmt.Errorf("the value %w", err)
	}
	return v, nil
}

// member is one step down. Its errors begin with a verb: the caller knows the subject.
func member(m *meter, from, key any, tolerant bool) (any, error) {
	switch x := from.(type) {
	case map[string]any:
		name, ok := key.(string)
		if !ok {
			return nil, fmt.Errorf("is an object: its keys are texts, not %s", quote(key))
		}
		if err := m.spend(len(name) / bytesPerStep); err != nil {
			return nil, err
		}
		return plain(m, x[name])
	case []any:
		i, err := index(len(x), key)
		if err != nil || i < 0 {
			return nil, orTolerate(err, tolerant)
		}
		return plain(m, x[i])
	case string:
		return characterAt(m, x, key, tolerant)
	case nil:
		return nil, fmt.Errorf("is nothing, so it has no %s", keyText(key))
	}
	return nil, fmt.Errorf("is %s and has no %s", kindOf(from), keyText(key))
}

// characterAt counts characters, not bytes: len, indexOf and slices do too.
func characterAt(m *meter, s string, key any, tolerant bool) (any, error) {
	if err := m.spend(len(s) / slowBytesPerStep); err != nil {
		return nil, err
	}
	i, err := index(utf8.RuneCountInString(s), key)
	if err != nil {
		return nil, orTolerate(err, tolerant)
	}
	for _, r := range s {
		if i == 0 {
			return string(r), nil
		}
		i--
	}
	return nil, nil
}

func orTolerate(err error, tolerant bool) error {
	if tolerant {
		return nil
	}
	return err
}

// index turns a key into a position; negative ones count from the end.
func index(length int, key any) (int, error) {
	i, ok := integer(key)
	if !ok {
		return -1, fmt.Errorf("is a list or a text of %d: it has no %s", length, keyText(key))
	}
	at := i
	if at < 0 {
		at += length
	}
	if at < 0 || at >= length {
		return -1, fmt.Errorf("has no [%d]: its length is %d", i, length)
	}
	return at, nil
}

func keyText(key any) string {
	if s, ok := key.(string); ok {
		return cut(s)
	}
	return "[" + quote(key) + "]"
}

// opSlice is obj[from:to] of a list or of a text's characters; ends beyond the value are cut to it.
func opSlice(m *meter, args []any) (any, error) {
	switch x := args[0].(type) {
	case []any:
		from, to, err := sliceEnds(len(x), args[1], args[2])
		if err != nil {
			return nil, err
		}
		return x[from:to:to], nil
	case string:
		if err := m.spend(len(x) / slowBytesPerStep); err != nil {
			return nil, err
		}
		if err := m.take(4 * len(x)); err != nil {
			return nil, err
		}
		characters := []rune(x)
		from, to, err := sliceEnds(len(characters), args[1], args[2])
		if err != nil {
			return nil, err
		}
		return string(characters[from:to]), nil
	}
	return nil, fmt.Errorf("can't take a part of %s: %s", quote(args[0]), kindOf(args[0]))
}

func sliceEnds(length int, from, to any) (start, end int, err error) {
	end = length
	if from != nil {
		if start, err = sliceEnd(length, from); err != nil {
			return 0, 0, err
		}
	}
	if to != nil {
		if end, err = sliceEnd(length, to); err != nil {
			return 0, 0, err
		}
	}
	return min(start, end), end, nil
}

func sliceEnd(length int, v any) (int, error) {
	i, ok := integer(v)
	if !ok {
		return 0, fmt.Errorf("a position is a whole number, not %s", quote(v))
	}
	if i < 0 {
		i += length
	}
	return max(0, min(i, length)), nil
}
