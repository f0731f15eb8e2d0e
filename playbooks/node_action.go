package playbooks

import (
	"slices"
)

func actionNode() stepNode { return stepNode{kind: KindAction, compile: compileAction} }

// compileAction looks the action up and pins what the step leaves to it.
func compileAction(c *compilation, s stepSite, step *Step) {
	spec, ok := c.opts.Catalog.Lookup(s.Type)
	if !ok {
		c.unknownType(s)
		return
	}
	step.Action, step.Effect, step.Role, step.DryRun = spec.Name, spec.Effect, spec.Role, spec.DryRun
	step.Params = s.Params
	if step.Params == nil {
		step.Params = map[string]any{}
	}
	step.Timeout = spec.Timeout
	pick(&step.Timeout, s.Timeout)
	step.Retry = s.Retry.over(spec.Retry)
	step.Zero = c.opts.Catalog.result[spec.Name].zeroFields()

	at := s.at.field("params")
	holes := c.templates(step.Params, at, s.scope, c.opts.Catalog.shapes[spec.Name])
	for _, name := range spec.Constant {
		if holes.in(name) {
			c.complainf(at.field(name), "must be a constant text: ${…} may not stand in it, because what it says is carried out as code; hand values over beside it")
		}
	}
	problems := c.opts.Catalog.params[spec.Name].problems(step.Params, holes.ignores)
	for _, problem := range problems {
		c.complainf(at.down(problem.path), "%s", problem.message)
	}
}

func (c *compilation) unknownType(s stepSite) {
	switch {
	case s.Type == "":
		// The parser has complained already.
	case slices.Contains(laterTypes(), s.Type):
		c.complainf(s.at.field("type"), "%s is not part of the language yet", s.Type)
	default:
		c.complainf(s.at.field("type"), "there is no action %s%s", quote(s.Type), suggestion(s.Type, c.opts.Catalog.names()))
	}
}
