package playbooks

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// template is a text with ${…} in it, taken apart.
type template struct {
	parts []templatePart
}

// templatePart is a piece of plain text or an expression.
type templatePart struct {
	text       string
	expression bool
	offset     int // of the expression in the whole text, bytes
}

// lone says whether the template is one ${…} and nothing else, which keeps the value's type.
func (t *template) lone() bool { return len(t.parts) == 1 && t.parts[0].expression }

// constant says whether there is nothing to fill in.
func (t *template) constant() bool {
	for _, part := range t.parts {
		if part.expression {
			return false
		}
	}
	return true
}

// parseTemplate takes a text apart. An expression ends at the brace that closes it, so braces and quotes may stand in it.
func parseTemplate(s string) (*template, error) {
	t := &template{}
	var text strings.Builder
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "$${"):
			text.WriteString("${")
			i += 3
		case strings.HasPrefix(s[i:], "${"):
			length := closingBrace(s[i+2:])
			if length < 0 {
				return nil, fmt.Errorf("${ at %d is never closed; write $${ for a literal one", i+1)
			}
			if text.Len() > 0 {
				t.parts = append(t.parts, templatePart{text: text.String()})
				text.Reset()
			}
			t.parts = append(t.parts, templatePart{text: s[i+2 : i+2+length], expression: true, offset: i + 2})
			i += 2 + length + 1
		default:
			text.WriteByte(s[i])
			i++
		}
	}
	if text.Len() > 0 || len(t.parts) == 0 {
		t.parts = append(t.parts, templatePart{text: text.String()})
	}
	return t, nil
}

// closingBrace finds the brace that ends an expression, -1 where there is none.
func closingBrace(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		case '"', '\'', '`':
			end := closingQuote(s[i:])
			if end < 0 {
				return -1
			}
			i += end
		}
	}
	return -1
}

// closingQuote finds the end of the text that s begins with. Backticks know no escapes.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] == s[0] {
			return i
		}
		if s[i] == '\\' && s[0] != '`' {
			i++
		}
	}
	return -1
}

func (e *Evaluator) template(s string) (*template, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t, ok := e.templates[s]; ok {
		return t, nil
	}
	t, err := parseTemplate(s)
	if err != nil {
		return nil, err
	}
	if len(e.templates) >= keptPrograms {
		clear(e.templates)
	}
	e.templates[s] = t
	return t, nil
}

func (e *Evaluator) render(tree any, m *meter, where string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fault.InvalidField(where, "is nested more than %d levels deep", maxDepth)
	}
	switch x := tree.(type) {
	case string:
		v, err := e.renderText(x, m)
		return v, atField(err, where)
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			v, err := e.render(item, m, where+"["+strconv.Itoa(i)+"]", depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(x))
		for _, key := range sortedKeys(x) {
			v, err := e.render(x[key], m, join(where, key), depth+1)
			if err != nil {
				return nil, err
			}
			out[key] = v
		}
		return out, nil
	default:
		return tree, nil
	}
}

func (e *Evaluator) renderText(s string, m *meter) (any, error) {
	if !strings.Contains(s, "${") {
		return s, nil
	}
	t, err := e.template(s)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "%s: %s", quote(s), err.Error()).WithCode(CodeExpression)
	}
	if t.lone() {
		v, err := e.evaluate(t.parts[0].text, m)
		if err != nil {
			return nil, err
		}
		out, err := export(m, v, 0)
		if err != nil {
			return nil, expressionFault(t.parts[0].text, m.env, nil, err)
		}
		return out, nil
	}
	var b strings.Builder
	for _, part := range t.parts {
		text := part.text
		if part.expression {
			v, err := e.evaluate(part.text, m)
			if err != nil {
				return nil, err
			}
			if text, err = textOf(m, v); err != nil {
				return nil, expressionFault(part.text, m.env, nil, err)
			}
		}
		if b.Len()+len(text) > m.budget.Text {
			return nil, expressionFault(s, m.env, nil, m.text(b.Len()+len(text)))
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// atField puts the part of the tree before what else a fault says.
func atField(err error, where string) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || where == "" {
		return err
	}
	f.Fields = append([]fault.Field{{Location: where, Message: f.Message}}, f.Fields...)
	return f
}

// join makes the path of a field.
func join(where, key string) string {
	if where == "" {
		return key
	}
	return where + "." + key
}
