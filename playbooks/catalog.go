package playbooks

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Catalog is the set of actions a playbook may use. It never changes once made and may be shared.
type Catalog struct {
	specs  map[string]ActionSpec
	params map[string]*checkedSchema
	shapes map[string]*dataType // of the parameters
	result map[string]*dataType
}

// stepFields are what steps.<id> tells about every step, beside its result.
func stepFields() map[string]*dataType {
	return map[string]*dataType{"skipped": {name: "boolean"}, "failed": {name: "boolean"}, "error": {name: "string"}}
}

// NewCatalog checks specs and makes a catalog of them. A spec with a name that isn't verb_noun or is there twice, with an
// unknown effect or role, with schemas that can't be used, or with a result that uses a name of the language is an
// Internal fault: specs are ours.
func NewCatalog(specs []ActionSpec) (*Catalog, error) {
	c := &Catalog{
		specs: make(map[string]ActionSpec), params: make(map[string]*checkedSchema),
		shapes: make(map[string]*dataType), result: make(map[string]*dataType),
	}
	for _, spec := range specs {
		if err := c.add(spec); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the action %s can't be offered", spec.Name)
		}
	}
	return c, nil
}

func (c *Catalog) add(spec ActionSpec) error {
	if err := spec.check(); err != nil {
		return err
	}
	if _, twice := c.specs[spec.Name]; twice {
		return fmt.Errorf("there are two actions %s", spec.Name)
	}
	params, err := compileSchema(spec.Params)
	if err != nil {
		return fmt.Errorf("parameters: %w", err)
	}
	if _, err := compileSchema(spec.Result); err != nil {
		return fmt.Errorf("result: %w", err)
	}
	shape, err := typeOfSchema(spec.Params)
	if err != nil {
		return fmt.Errorf("parameters: %w", err)
	}
	result, err := typeOfSchema(spec.Result)
	if err != nil {
		return fmt.Errorf("result: %w", err)
	}
	if result == nil || result.name != "object" || shape == nil || shape.name != "object" {
		return errors.New("parameters and result must be objects")
	}
	for _, name := range sortedKeys(stepFields()) {
		if _, taken := result.fields[name]; taken {
			return fmt.Errorf("result: the name %s belongs to the language", name)
		}
	}
	c.specs[spec.Name], c.params[spec.Name], c.shapes[spec.Name], c.result[spec.Name] = spec, params, shape, result
	return nil
}

func (s ActionSpec) check() error {
	if !isIdentifier(s.Name) || s.Name != strings.ToLower(s.Name) {
		return fmt.Errorf("the name %s is not verb_noun", quote(s.Name))
	}
	if isNode(s.Name) || slices.Contains(laterTypes(), s.Name) {
		return fmt.Errorf("the name %s belongs to the language", s.Name)
	}
	switch s.Effect {
	case EffectNone, EffectDatabase, EffectOutside, EffectWork:
	default:
		return fmt.Errorf("there is no effect %s", quote(string(s.Effect)))
	}
	if !slices.Contains([]string{"viewer", "user", "admin", "super_admin"}, s.Role) {
		return fmt.Errorf("there is no role %s", quote(s.Role))
	}
	if s.Timeout <= 0 || s.Retry.MaxAttempts < 1 {
		return errors.New("it needs a timeout and at least one attempt")
	}
	return nil
}

// Lookup finds a spec by name.
func (c *Catalog) Lookup(name string) (ActionSpec, bool) {
	if c == nil {
		return ActionSpec{}, false
	}
	spec, ok := c.specs[name]
	return spec, ok
}

// List gives all specs in the order of their names.
func (c *Catalog) List() []ActionSpec {
	if c == nil {
		return nil
	}
	return slices.SortedFunc(maps.Values(c.specs), func(a, b ActionSpec) int { return strings.Compare(a.Name, b.Name) })
}

// names lists every word a step's type may be.
func (c *Catalog) names() []string {
	var out []string
	for _, spec := range c.List() {
		out = append(out, spec.Name)
	}
	for _, n := range nodes() {
		out = append(out, string(n.kind))
	}
	return out
}

// CheckParams checks rendered parameters against the action's JSON Schema: the activity does so before it acts, because
// only then every ${…} has its value. The error is an Invalid fault located like params.title.
func (c *Catalog) CheckParams(action string, params map[string]any) error {
	if _, ok := c.Lookup(action); !ok {
		return fault.New(fault.NotFound, "there is no action %s", cut(action))
	}
	if params == nil {
		params = map[string]any{}
	}
	return c.params[action].check("params", params)
}
