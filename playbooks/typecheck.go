package playbooks

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
)

// names is what an expression at one place of a document may name: the roots that exist there, and what is known of
// them.
type names struct {
	roots map[string]*dataType
	bare  map[string]*dataType // inputs, loop items
	open  bool                 // other bare names may exist too: the fields of an event or of execute's inputs
	later []string             // steps that only come after this place
}

// checkExpression finds what is wrong with an expression before any run and gives the paths it follows and the type of its
// value, nil where that is unknown. The error is a *file.Error where the place is known.
func (l *language) checkExpression(source string, scope *names) ([]*path, reflect.Type, error) {
	p, err := l.compile(source)
	if err != nil {
		return nil, nil, err
	}
	for _, path := range p.paths {
		if err := scope.check(path); err != nil {
			return nil, nil, (&file.Error{Location: path.at, Message: err.Error()}).Bind(file.NewSource(source))
		}
	}
	result, err := l.checkTypes(source, scope.environment(p.paths))
	return p.paths, result, err
}

// check says whether a path leads somewhere.
func (s *names) check(p *path) error {
	current, isRoot := s.roots[p.root]
	if !isRoot {
		return s.checkBare(p)
	}
	for i, key := range p.keys {
		if current == nil {
			return nil
		}
		name, isName := key.(string)
		switch {
		case current.name == "object" && isName:
			next, known := current.fields[name]
			if !known && current.open {
				return nil
			}
			if !known {
				return s.unknownField(p, i, current)
			}
			current = next
		case current.name == "array" && !isName:
			current = current.items
		case current.name == "array" || current.name == "object":
			return fmt.Errorf("%s is an %s and has no %s", p.upTo(i), current.name, keyText(key))
		default:
			return fmt.Errorf("%s is a %s and has no %s", p.upTo(i), current.name, keyText(key))
		}
	}
	return nil
}

func (s *names) unknownField(p *path, i int, in *dataType) error {
	name := keyText(p.keys[i])
	if p.root == rootSteps && i == 0 {
		if slices.Contains(s.later, name) {
			return fmt.Errorf("the step %s can't have run here", name)
		}
		return fmt.Errorf("there is no step %s before this one%s", name, suggestion(name, sortedKeys(in.fields)))
	}
	return fmt.Errorf("%s has no %s%s", p.upTo(i), name, suggestion(name, sortedKeys(in.fields)))
}

func (s *names) checkBare(p *path) error {
	if _, known := s.bare[p.root]; known || (s.open && p.root != "secrets") {
		if _, isReserved := new(Env).root(p.root); !isReserved {
			return nil
		}
	}
	switch p.root {
	case "secrets":
		return errors.New("secrets are not part of the language yet")
	case rootEvent:
		return errors.New("there is no event here: only a trigger of type event brings one")
	case rootFailure:
		return errors.New("failure exists in on_failure only")
	case rootInputs, rootSteps, rootVars, rootTenant, rootRun:
		return fmt.Errorf("there is no %s here", p.root)
	}
	known := append(sortedKeys(s.bare), sortedKeys(s.roots)...)
	return fmt.Errorf("there is no name %s%s", cut(p.root), suggestion(p.root, known))
}

// checkTypes lets expr's own checker judge the tree as the author wrote it.
func (l *language) checkTypes(source string, environment types.Map) (_ reflect.Type, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the expression can't be understood: %s", firstLine(fmt.Sprint(r)))
		}
	}()
	tree, err := l.parse(source)
	if err != nil {
		return nil, err
	}
	config := conf.CreateNew()
	config.WithEnv(environment)
	config.Disabled = l.config.Disabled
	config.Functions = l.typed
	result, err := checker.Check(tree, config)
	if located, ok := errors.AsType[*file.Error](err); ok {
		located.Message = strings.TrimPrefix(located.Message, "invalid operation: ")
		return nil, located
	}
	if err != nil || tree.Node.Nature().IsUnknown(&config.NtCache) {
		return nil, err
	}
	return result, nil
}

// environment is what the paths touch of the scope, in the words of expr's checker. The rest is left out, because a plan
// of 2,000 steps has 2,000 of these.
func (s *names) environment(paths []*path) types.Map {
	out := types.Map{types.Extra: types.Any}
	for _, p := range paths {
		known, isRoot := s.roots[p.root]
		if !isRoot {
			known = s.bare[p.root]
		}
		if p.root != rootSteps || !isRoot {
			out[p.root] = known.exprType()
			continue
		}
		steps, ok := out[rootSteps].(types.Map)
		if !ok {
			steps = types.Map{types.Extra: types.Any}
			out[rootSteps] = steps
		}
		if len(p.keys) > 0 {
			id := keyText(p.keys[0])
			steps[id] = known.fields[id].exprType()
		}
	}
	return out
}

// wordOf names a checked type as JSON Schema does, "" where it is unknown or none of JSON's.
func wordOf(t reflect.Type) string {
	if t == nil || t == reflect.TypeFor[any]() {
		return ""
	}
	return map[reflect.Kind]string{
		reflect.Bool: "boolean", reflect.String: "string", reflect.Int: "number", reflect.Float64: "number",
		reflect.Slice: "array", reflect.Map: "object",
	}[t.Kind()]
}
