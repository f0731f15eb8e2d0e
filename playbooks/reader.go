package playbooks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// reader turns nodes into the parts of a Document and collects what is wrong with them, so that an author hears it all
// at once.
type reader struct {
	diagnostics []Diagnostic
}

func (r *reader) complainf(at position, path *trail, format string, args ...any) {
	if len(r.diagnostics) >= maxDiagnostics {
		return
	}
	r.diagnostics = append(r.diagnostics, Diagnostic{
		Severity: SeverityError, Path: path.String(), Line: at.line, Column: at.column,
		Message: fmt.Sprintf(format, args...),
	})
}

// object is a reader's view of one object: it remembers which fields were asked for, so that the rest are unknown.
type object struct {
	*reader
	node  *node
	path  *trail
	known []string
}

// object opens a node that must be an object, nil with a complaint where it is none.
func (r *reader) object(n *node, path *trail) *object {
	if n.shape != shapeObject {
		r.complainf(n.at, path, "must be an object, not %s", n.shape)
		return nil
	}
	return &object{reader: r, node: n, path: path}
}

// take finds a field; one that is null counts as absent.
func (o *object) take(name string) (*node, *trail) {
	o.known = append(o.known, name)
	f, ok := o.node.lookup(name)
	if !ok || f.value.shape == shapeNull {
		return nil, nil
	}
	return f.value, o.path.field(name)
}

// done complains about every field nobody asked for. later says, by field, in what the language is still to grow.
func (o *object) done(later map[string]string) {
	for _, f := range o.node.fields {
		if slices.Contains(o.known, f.name) {
			continue
		}
		path := o.path.field(f.name)
		if what, ok := later[f.name]; ok {
			o.complainf(f.at, path, "%s is not part of the language yet: %s", f.name, what)
			continue
		}
		o.complainf(f.at, path, "unknown field %s%s", quote(f.name), suggestion(f.name, o.known))
	}
}

// text reads a text of at most limit characters, "" where it is absent.
func (o *object) text(name string, limit int) string {
	n, path := o.take(name)
	if n == nil {
		return ""
	}
	s, ok := n.scalar.(string)
	if !ok {
		o.complainf(n.at, path, "must be a text, not %s", n.shape)
		return ""
	}
	if length := utf8.RuneCountInString(s); length > limit {
		o.complainf(n.at, path, "has %d characters; the limit is %d", length, limit)
	}
	return s
}

// required reads a text that may not be empty.
func (o *object) required(name string, limit int) string {
	s := o.text(name, limit)
	if strings.TrimSpace(s) == "" && !o.complained(name) {
		o.complainf(o.node.at, o.path, "the field %s is missing", name)
	}
	return s
}

// complained says whether the field itself was already complained about.
func (o *object) complained(name string) bool {
	path := o.path.field(name).String()
	return slices.ContainsFunc(o.diagnostics, func(d Diagnostic) bool { return d.Path == path })
}

// choice reads one of some words, "" where it is absent.
func (o *object) choice(name string, words ...string) string {
	n, path := o.take(name)
	if n == nil {
		return ""
	}
	s, ok := n.scalar.(string)
	if !ok || !slices.Contains(words, s) {
		o.complainf(n.at, path, "must be one of %s, not %s", strings.Join(words, ", "), quote(n.raw()))
		return ""
	}
	return s
}

// boolean reads true or false, false where it is absent.
func (o *object) boolean(name string) bool {
	n, path := o.take(name)
	if n == nil {
		return false
	}
	b, ok := n.scalar.(bool)
	if !ok {
		o.complainf(n.at, path, "must be true or false, not %s", n.shape)
	}
	return b
}

// number reads a number between two bounds, nil where it is absent.
func (o *object) number(name string, least, most float64) *float64 {
	n, path := o.take(name)
	if n == nil {
		return nil
	}
	f, ok := number(n.scalar)
	if !ok {
		o.complainf(n.at, path, "must be a number, not %s", n.shape)
		return nil
	}
	if f < least || f > most {
		o.complainf(n.at, path, "must be between %s and %s", floatText(least), floatText(most))
	}
	return &f
}

// duration reads a text such as 30m or 7d between two bounds, 0 where it is absent.
func (o *object) duration(name string, least, most time.Duration) time.Duration {
	n, path := o.take(name)
	if n == nil {
		return 0
	}
	s, ok := n.scalar.(string)
	if !ok {
		o.complainf(n.at, path, `must be a duration such as "30m", not %s`, n.shape)
		return 0
	}
	d, err := parseDuration(s)
	if err != nil {
		o.complainf(n.at, path, "%s", err.Error())
		return 0
	}
	if d < least || d > most {
		o.complainf(n.at, path, "must be between %s and %s", durationText(least), durationText(most))
	}
	return d
}

// condition reads an expression; true and false may be written without quotes.
func (o *object) condition(name string) string {
	n, path := o.take(name)
	if n == nil {
		return ""
	}
	switch x := n.scalar.(type) {
	case bool:
		return strconv.FormatBool(x)
	case string:
		if strings.TrimSpace(x) == "" {
			o.complainf(n.at, path, "the condition is empty")
		}
		return x
	}
	o.complainf(n.at, path, "must be a condition (a text), not %s", n.shape)
	return ""
}

// values reads an object of free values, nil where it is absent.
func (o *object) values(name string) map[string]any {
	n, path := o.take(name)
	if n == nil {
		return nil
	}
	values, ok := n.raw().(map[string]any)
	if !ok {
		o.complainf(n.at, path, "must be an object, not %s", n.shape)
	}
	return values
}

// durationText writes a duration as an author would: 36h, 90s, 7d.
func durationText(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
