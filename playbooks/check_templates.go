package playbooks

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// holes are the parts of a tree that hold ${…}: what stands there is known only at run time.
type holes map[string]hole

// hole says what little is known of one.
type hole struct{ text bool } // an embedded ${…}: certainly a text

func holeKey(path []string) string { return strings.Join(path, "\x00") }

// ignores says whether a schema's complaint about a part is void because of a hole. That a text stands where none may is
// known even so.
func (h holes) ignores(path []string, isType bool) bool {
	found, ok := h[holeKey(path)]
	return ok && (!isType || !found.text)
}

// in says whether a parameter has a hole.
func (h holes) in(name string) bool {
	for key := range h {
		if key == name || strings.HasPrefix(key, name+"\x00") {
			return true
		}
	}
	return false
}

// templates checks every ${…} of a tree: that it can be read, that its names exist, and that its type fits the schema.
func (c *compilation) templates(tree any, at *trail, scope *names, schema *dataType) holes {
	found := make(holes)
	c.walkTemplates(tree, at, nil, scope, schema, found)
	return found
}

func (c *compilation) walkTemplates(tree any, at *trail, path []string, scope *names, schema *dataType, found holes) {
	switch x := tree.(type) {
	case string:
		if known, ok := c.template(x, at, scope, schema); ok {
			found[holeKey(path)] = known
		}
	case []any:
		for i, item := range x {
			var items *dataType
			if schema != nil {
				items = schema.items
			}
			c.walkTemplates(item, at.item(i), slices.Concat(path, []string{strconv.Itoa(i)}), scope, items, found)
		}
	case map[string]any:
		for _, key := range sortedKeys(x) {
			if strings.Contains(key, "${") {
				c.complainf(at.field(key), "the name of a field can't hold ${…}")
			}
			var value *dataType
			if schema != nil {
				value = schema.fields[key]
			}
			c.walkTemplates(x[key], at.field(key), slices.Concat(path, []string{key}), scope, value, found)
		}
	}
}

// template checks one text; ok is false where there is nothing to fill in.
func (c *compilation) template(s string, at *trail, scope *names, schema *dataType) (known hole, ok bool) {
	if !strings.Contains(s, "${") {
		return hole{}, false
	}
	t, err := parseTemplate(s)
	if err != nil {
		c.complainf(at, "%s", err.Error())
		return hole{}, true
	}
	if t.constant() {
		return hole{text: true}, true
	}
	for _, part := range t.parts {
		if !part.expression {
			continue
		}
		result, ok := c.expression(part.text, at, scope)
		if ok && t.lone() {
			c.checkFit(result, at, schema)
		}
	}
	return hole{text: !t.lone()}, true
}

// checkFit complains when a lone ${…} certainly gives a value of another type than its place takes.
func (c *compilation) checkFit(result reflect.Type, at *trail, schema *dataType) {
	word := wordOf(result)
	if schema == nil || word == "" {
		return
	}
	wanted := schema.name
	if wanted == "integer" {
		wanted = "number"
	}
	if word != wanted {
		c.complainf(at, "must be of type %s, but the expression gives a value of type %s", schema.name, word)
	}
}

// maxExpressions bounds the work of compiling one document.
const maxExpressions = 5000

// expression checks one expression and complains about it; ok is false where it did.
func (c *compilation) expression(source string, at *trail, scope *names) (result reflect.Type, ok bool) {
	if c.expressions++; c.expressions > maxExpressions {
		if c.expressions == maxExpressions+1 {
			c.complainf(nil, "the playbook has more than %d expressions", maxExpressions)
		}
		return nil, false
	}
	paths, result, err := c.language.checkExpression(source, scope)
	if err != nil {
		message, line, column := explain(err)
		if line > 0 {
			c.complainf(at, "in %s at %d:%d: %s", shown(source), line, column, message)
		} else {
			c.complainf(at, "in %s: %s", shown(source), message)
		}
		return nil, false
	}
	c.saw(paths)
	return result, true
}

// condition checks an expression that must be true or false.
func (c *compilation) condition(source string, at *trail, scope *names) {
	if source == "" {
		return
	}
	result, ok := c.expression(source, at, scope)
	if ok && result != nil && wordOf(result) != "boolean" && result != reflect.TypeFor[any]() {
		c.complainf(at, "a condition must be true or false, but %s gives %s", shown(source), typeWord(result))
	}
}

func typeWord(t reflect.Type) string {
	if word := wordOf(t); word != "" {
		return "a value of type " + word
	}
	return "a " + t.String()
}
