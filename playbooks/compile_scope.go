package playbooks

import (
	"strings"
)

// The shapes of what every run knows. The runner fills Env.Run, Env.Tenant and Env.Failure accordingly.

func typeOfTenant() *dataType {
	return &dataType{name: "object", fields: map[string]*dataType{"id": {name: "integer"}, "name": {name: "string"}}}
}

func typeOfRun() *dataType {
	return &dataType{name: "object", fields: map[string]*dataType{
		"id": {name: "integer"}, "playbook_id": {name: "integer"}, "playbook": {name: "string"},
		"version": {name: "integer"}, "trigger_type": {name: "string"}, "started_at": nil, "dry_run": {name: "boolean"},
	}}
}

func typeOfFailure() *dataType {
	return &dataType{name: "object", fields: map[string]*dataType{
		"step": {name: "string"}, "type": {name: "string"}, "message": {name: "string"}, "kind": {name: "string"},
	}}
}

// eventScope is what a trigger's condition and an input's default may look at: the event alone.
func (c *compilation) eventScope() *names {
	s := &names{roots: make(map[string]*dataType), bare: make(map[string]*dataType)}
	if c.doc.Trigger.Type == TriggerEvent {
		s.roots[rootEvent] = c.event
		if len(c.doc.Inputs) == 0 {
			s.bare = c.event.fields
			s.open = c.event.open
		}
	}
	return s
}

// whenScope is eventScope with the tenant.
func (c *compilation) whenScope() *names {
	s := c.eventScope()
	s.roots[rootTenant] = typeOfTenant()
	return s
}

// varScope is what the first value of a variable may look at: everything there is before the first step.
func (c *compilation) varScope() *names {
	s := c.whenScope()
	s.roots[rootRun] = typeOfRun()
	inputs := &dataType{name: "object", fields: make(map[string]*dataType), open: len(c.doc.Inputs) == 0}
	for _, in := range c.doc.Inputs {
		t := typeOfInput(in)
		if !in.Required && in.Default == nil {
			t = nil // may be nothing
		}
		inputs.fields[in.Name] = t
	}
	s.roots[rootInputs] = inputs
	if len(c.doc.Inputs) > 0 {
		s.bare = inputs.fields
	} else {
		s.open = true // execute's inputs, whatever they are
	}
	return s
}

// stepScope is what a step may look at before any has run.
func (c *compilation) stepScope() *names {
	s := c.varScope()
	vars := &dataType{name: "object", fields: make(map[string]*dataType)}
	for _, name := range sortedKeys(c.doc.Vars) {
		vars.fields[name] = nil // set may give it another type
	}
	s.roots[rootVars] = vars
	s.roots[rootSteps] = &dataType{name: "object", fields: make(map[string]*dataType)}
	return s
}

func (c *compilation) trigger(at *trail) {
	if c.doc.Trigger.Type != TriggerEvent {
		return
	}
	for i, pattern := range c.doc.Trigger.Events {
		if len(matched(c.types, []string{pattern})) > 0 {
			continue
		}
		where := at.field("event")
		if n, _ := where.find(c.doc.source); n != nil && n.shape == shapeList {
			where = where.item(i)
		}
		var known []string
		for _, t := range c.types {
			known = append(known, t.Name)
		}
		c.complainf(where, "there is no event type %s%s", quote(pattern), suggestion(pattern, known))
	}
	c.condition(c.doc.Trigger.When, at.field("when"), c.whenScope())
}

// inputs checks the defaults; the parser has checked the rest.
func (c *compilation) inputs(at *trail) {
	for _, in := range c.doc.Inputs {
		where := at.field(in.Name).field("default")
		scope := c.eventScope()
		scope.bare, scope.open = nil, false
		if s, ok := in.Default.(string); ok && strings.Contains(s, "${") {
			c.template(s, where, scope, typeOfInput(in))
		}
	}
}
