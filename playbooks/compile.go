package playbooks

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Limits bound a compiled Plan. Zero values take the defaults.
type Limits struct {
	PlanBytes int // of the Plan as JSON, by default 512 KiB
	Steps     int // of the Plan, on_failure included, by default 2,000
}

// CompileOptions is what Compile needs beside the document.
type CompileOptions struct {
	Catalog *Catalog
	Limits  Limits
	Budget  Budget // of each evaluation at run time, zero takes DefaultBudget
}

func (o CompileOptions) withDefaults() CompileOptions {
	if o.Limits.PlanBytes == 0 {
		o.Limits.PlanBytes = 512 << 10
	}
	if o.Limits.Steps == 0 {
		o.Limits.Steps = 2000
	}
	if o.Budget == (Budget{}) {
		o.Budget = DefaultBudget()
	}
	return o
}

// Compile checks a document against the catalog and makes the Plan of it, with every timeout, retry, expression and
// budget pinned. It gives all diagnostics, warnings included. With an error among them there is no Plan, and the error is
// an Invalid fault with a field for each.
func Compile(doc *Document, opts CompileOptions) (*Plan, []Diagnostic, error) {
	c := newCompilation(doc, opts)
	plan := c.plan()
	c.lint(plan)
	if err := diagnosticsFault(fault.Invalid, c.diagnostics); err != nil {
		return nil, c.diagnostics, err
	}
	return plan, c.diagnostics, nil
}

// Validate says everything there is to say about a source, errors first to last as they stand in it.
func Validate(src []byte, opts CompileOptions) []Diagnostic {
	doc, _, diagnostics := parse(src)
	if doc == nil {
		return diagnostics
	}
	c := newCompilation(doc, opts)
	c.diagnostics = diagnostics
	plan := c.plan()
	if len(diagnostics) == 0 {
		c.lint(plan)
	}
	slices.SortStableFunc(c.diagnostics, func(a, b Diagnostic) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return c.diagnostics
}

// compilation is one document on its way to a Plan.
type compilation struct {
	doc         *Document
	opts        CompileOptions
	language    *language
	diagnostics []Diagnostic
	types       []EventType       // all there are
	event       *dataType         // what is known of the trigger's events
	ids         map[string]*trail // taken step ids
	used        map[string]bool   // names seen in expressions, as inputs.x and vars.x
	expressions int               // checked so far
}

func newCompilation(doc *Document, opts CompileOptions) *compilation {
	opts = opts.withDefaults()
	types := EventTypes()
	return &compilation{
		doc: doc, opts: opts, language: newLanguage(opts.Budget), types: types,
		event: typeOfEvents(matched(types, doc.Trigger.Events)), ids: make(map[string]*trail), used: make(map[string]bool),
	}
}

func (c *compilation) complainf(at *trail, format string, args ...any) {
	c.sayf(SeverityError, at, format, args...)
}

func (c *compilation) warnf(at *trail, format string, args ...any) {
	c.sayf(SeverityWarning, at, format, args...)
}

func (c *compilation) sayf(severity Severity, at *trail, format string, args ...any) {
	if len(c.diagnostics) >= maxDiagnostics {
		return
	}
	_, place := at.find(c.doc.source)
	c.diagnostics = append(c.diagnostics, Diagnostic{
		Severity: severity, Path: at.String(), Line: place.line, Column: place.column,
		Message: fmt.Sprintf(format, args...),
	})
}

func (c *compilation) plan() *Plan {
	p := &Plan{
		Format: PlanFormat, Name: c.doc.Name, Description: c.doc.Description, Trigger: c.doc.Trigger,
		Inputs: c.doc.Inputs, Vars: c.doc.Vars, Timeout: defaultTimeout, Budget: c.opts.Budget,
	}
	pick(&p.Timeout, c.doc.Timeout)
	if count := len(c.doc.Actions) + len(c.doc.OnFailure); count > c.opts.Limits.Steps {
		c.complainf((*trail)(nil).field("actions"), "the playbook has %d steps; the limit is %d", count, c.opts.Limits.Steps)
		return p
	}
	root := (*trail)(nil)
	c.trigger(root.field("trigger"))
	c.inputs(root.field("inputs"))
	c.templates(c.doc.Vars, root.field("vars"), c.varScope(), nil)
	scope := c.stepScope()
	p.Steps = c.steps(c.doc.Actions, root.field("actions"), "", scope)
	scope.roots[rootFailure] = typeOfFailure()
	p.OnFailure = c.steps(c.doc.OnFailure, root.field("on_failure"), "on_failure/", scope)
	if b, err := json.Marshal(p); err != nil || len(b) > c.opts.Limits.PlanBytes {
		c.complainf(root, "the compiled playbook has %d bytes; the limit is %d", len(b), c.opts.Limits.PlanBytes)
	}
	return p
}

// steps compiles a list of steps one after the other; each may look at those before it.
func (c *compilation) steps(docs []StepDocument, at *trail, prefix string, scope *names) []Step {
	ids := c.assign(docs, at)
	known := scope.roots[rootSteps]
	scope.later = slices.Clone(ids)
	var out []Step
	for i, doc := range docs {
		site := stepSite{StepDocument: doc, at: at.item(i), scope: scope}
		step := Step{Key: prefix + ids[i], ID: ids[i], Name: doc.Name, If: doc.If, OnError: doc.OnError}
		if step.OnError == "" {
			step.OnError = OnErrorFail
		}
		c.condition(doc.If, site.at.field("if"), scope)
		node := nodeOf(doc.Type)
		step.Kind = node.kind
		node.compile(c, site, &step)
		known.fields[step.ID] = c.typeOfStep(step)
		scope.later = scope.later[1:]
		out = append(out, step)
		if step.Kind == KindStop && (doc.If == "" || doc.If == "true") && i+1 < len(docs) {
			c.complainf(at.item(i+1), "no step after a stop without a condition can run")
			break
		}
	}
	return out
}

// assign gives every step an id: its own, or one from its type.
func (c *compilation) assign(docs []StepDocument, at *trail) []string {
	for i, doc := range docs {
		if doc.ID == "" {
			continue
		}
		where := at.item(i).field("id")
		if first, taken := c.ids[doc.ID]; taken {
			c.complainf(where, "the id %s is taken by %s", doc.ID, first.String())
			continue
		}
		c.ids[doc.ID] = at.item(i)
	}
	out := make([]string, len(docs))
	next := make(map[string]int)
	for i, doc := range docs {
		if out[i] = doc.ID; doc.ID == "" {
			out[i] = c.freeID(doc.Type, next)
			c.ids[out[i]] = at.item(i)
		}
	}
	return out
}

// freeID makes an id from a step's type: send_notification, send_notification_2, ….
func (c *compilation) freeID(typeName string, next map[string]int) string {
	id := typeName
	for {
		if _, taken := c.ids[id]; !taken {
			return id
		}
		next[typeName] = max(next[typeName], 1) + 1
		id = fmt.Sprintf("%s_%d", typeName, next[typeName])
	}
}

// typeOfStep is what later steps may look at.
func (c *compilation) typeOfStep(step Step) *dataType {
	out := &dataType{name: "object", fields: stepFields()}
	if step.Kind == KindAction && c.opts.Catalog != nil {
		return c.opts.Catalog.result[step.Action].with(stepFields())
	}
	return out
}
