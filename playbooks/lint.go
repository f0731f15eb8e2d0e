package playbooks

import (
	"strings"
)

// lint warns about what is allowed and yet hardly meant.
func (c *compilation) lint(p *Plan) {
	root := (*trail)(nil)
	if p.Trigger.Type == TriggerEvent && len(p.Trigger.Events) == 0 {
		at := root.field("trigger")
		if n, _ := at.find(c.doc.source); n == nil {
			at = root.field("trigger_type")
		}
		c.warnf(at, "no event is named, so only execute starts this playbook; name one under trigger.event")
	}
	for _, in := range p.Inputs {
		at := root.field("inputs").field(in.Name)
		if !c.used[rootInputs+"."+in.Name] && !c.used[in.Name] {
			c.warnf(at, "the input %s is not used", in.Name)
		}
		if s, ok := in.Default.(string); ok && in.Required && strings.Contains(s, "${") {
			continue
		}
		if in.Required && in.Default != nil {
			c.warnf(at, "the input has a default, so required says nothing")
		}
	}
	for _, name := range sortedKeys(p.Vars) {
		if !c.used[rootVars+"."+name] {
			c.warnf(root.field("vars").field(name), "the variable %s is not used", name)
		}
	}
	c.lintSteps(p.Steps, root.field("actions"))
	c.lintSteps(p.OnFailure, root.field("on_failure"))
}

func (c *compilation) lintSteps(steps []Step, at *trail) {
	for i, step := range steps {
		if step.If == "false" {
			c.warnf(at.item(i).field("if"), "the step never runs")
		}
		if step.Retry.MaxAttempts == 1 && step.Retry.InitialInterval > 0 {
			if n, _ := at.item(i).field("retry").field("initial_interval").find(c.doc.source); n != nil {
				c.warnf(at.item(i).field("retry"), "one attempt in all: the intervals say nothing")
			}
		}
	}
}

// saw remembers the inputs and variables an expression uses. A root used as a whole uses all of it.
func (c *compilation) saw(paths []*path) {
	for _, path := range paths {
		c.used[path.root] = true
		if len(path.keys) > 0 {
			c.used[path.upTo(1)] = true
			continue
		}
		switch path.root {
		case rootInputs:
			for _, in := range c.doc.Inputs {
				c.used[rootInputs+"."+in.Name] = true
			}
		case rootVars:
			for _, name := range sortedKeys(c.doc.Vars) {
				c.used[rootVars+"."+name] = true
			}
		}
	}
}
