package playbooks

import "slices"

// setNode changes variables: params {vars: {name: value}}. It does no I/O, so the workflow evaluates it itself.
func setNode() stepNode {
	return stepNode{kind: KindSet, compile: compileSet, params: func() map[string]any {
		schema := schemaObject(schemaFields{"vars": schemaFree()})
		schema["required"] = []any{"vars"}
		return schema
	}}
}

func compileSet(c *compilation, s stepSite, step *Step) {
	c.pure(s)
	at := s.at.field("params")
	vars, ok := s.Params["vars"].(map[string]any)
	if !ok || len(vars) == 0 {
		c.complainf(at, "set needs vars: an object of the variables to set")
		return
	}
	c.only(s, "vars")
	for _, name := range sortedKeys(vars) {
		if _, declared := c.doc.Vars[name]; !declared {
			c.complainf(at.field("vars").field(name), "there is no variable %s; declare it under vars of the playbook%s",
				quote(name), suggestion(name, sortedKeys(c.doc.Vars)))
		}
	}
	c.templates(vars, at.field("vars"), s.scope, nil)
	step.Vars = vars
}

// pure complains about what only an action can have.
func (c *compilation) pure(s stepSite) {
	if s.Timeout != 0 {
		c.complainf(s.at.field("timeout"), "%s takes no time and has no timeout", s.Type)
	}
	if s.Retry != nil {
		c.complainf(s.at.field("retry"), "%s does nothing that could be tried again", s.Type)
	}
}

// only complains about parameters that a node doesn't have.
func (c *compilation) only(s stepSite, known ...string) {
	for _, name := range sortedKeys(s.Params) {
		if !slices.Contains(known, name) {
			c.complainf(s.at.field("params").field(name), "unknown field %s%s", quote(name), suggestion(name, known))
		}
	}
}
