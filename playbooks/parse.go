package playbooks

import (
	"errors"
	"regexp"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Parse reads a document from YAML or JSON, the short form included. It is strict: an unknown field, a field given
// twice, a wrong type, NUL, invalid UTF-8, an alias and an oversized source are all refused. The error is a fault, Malformed
// where the source can't be read and Invalid where it can but isn't a playbook; its fields name the part
// (actions[2].params.title), their messages the line and the column.
func Parse(src []byte) (*Document, error) {
	doc, kind, diagnostics := parse(src)
	if err := diagnosticsFault(kind, diagnostics); err != nil {
		return nil, err
	}
	return doc, nil
}

func parse(src []byte) (*Document, fault.Kind, []Diagnostic) {
	root, err := readSource(src)
	if e, ok := errors.AsType[*sourceError](err); ok {
		return nil, e.kind, []Diagnostic{e.diagnostic}
	}
	r := &reader{}
	doc := r.document(root)
	return doc, fault.Invalid, r.diagnostics
}

// laterInDocument is what a document will be able to hold.
func laterInDocument() map[string]string {
	return map[string]string{
		"concurrency": "runs of one playbook don't wait for each other",
		"tests":       "a playbook can't bring its own tests",
	}
}

func (r *reader) document(n *node) *Document {
	doc := &Document{source: n}
	o := r.object(n, nil)
	if o == nil {
		return doc
	}
	doc.Name = o.required("name", maxTitle)
	doc.Description = o.text("description", maxDescription)
	doc.Trigger = r.trigger(o)
	doc.Inputs = r.inputs(o)
	doc.Vars = o.values("vars")
	if len(doc.Vars) > maxVars {
		o.complainf(n.at, o.path.field("vars"), "holds %d variables; the limit is %d", len(doc.Vars), maxVars)
	}
	doc.Timeout = o.duration("timeout", minTimeout, maxRunTimeout)
	doc.Actions = r.steps(o, "actions")
	if len(doc.Actions) == 0 && !o.complained("actions") {
		o.complainf(n.at, o.path, "the field actions is missing or empty: a playbook needs at least one step")
	}
	doc.OnFailure = r.steps(o, "on_failure")
	o.done(laterInDocument())
	return doc
}

// trigger reads trigger_type and trigger, which must agree.
func (r *reader) trigger(o *object) Trigger {
	short := r.triggerType(o, "trigger_type")
	n, path := o.take("trigger")
	if n == nil {
		return Trigger{Type: orManual(short)}
	}
	t := r.object(n, path)
	if t == nil {
		return Trigger{Type: orManual(short)}
	}
	var out Trigger
	long := r.triggerType(t, "type")
	out.Events = r.patterns(t)
	out.When = t.condition("when")
	t.done(map[string]string{
		"cron":     "there is no schedule trigger",
		"timezone": "there is no schedule trigger",
		"overlap":  "there is no schedule trigger",
	})
	if short != "" && long != "" && short != long {
		r.complainf(n.at, path.field("type"), "trigger_type says %s and trigger.type says %s; they must agree", short, long)
	}
	out.Type = long
	if long == "" {
		out.Type = short
	}
	if out.Type == "" && len(out.Events) > 0 {
		out.Type = TriggerEvent
	}
	out.Type = orManual(out.Type)
	if out.Type == TriggerManual && (len(out.Events) > 0 || out.When != "") {
		r.complainf(n.at, path, "event and when belong to a trigger of type event, but this one is manual")
	}
	return out
}

func orManual(t TriggerType) TriggerType {
	if t == "" {
		return TriggerManual
	}
	return t
}

// triggerType takes every accepted spelling, "" where there is none.
func (r *reader) triggerType(o *object, name string) TriggerType {
	n, path := o.take(name)
	if n == nil {
		return ""
	}
	word, _ := n.scalar.(string)
	switch word {
	case "manual":
		return TriggerManual
	case "event", "event-based":
		return TriggerEvent
	case "schedule", "scheduled":
		r.complainf(n.at, path, "the trigger %s is not part of the language yet; there are manual and event", word)
	case "webhook":
		r.complainf(n.at, path, "a webhook starts a playbook as the event webhook.received: write type event")
	default:
		r.complainf(n.at, path, "must be manual or event, not %s", quote(n.raw()))
	}
	return ""
}

// patterns reads event: one pattern or a list of them.
func (r *reader) patterns(o *object) []string {
	n, path := o.take("event")
	if n == nil {
		return nil
	}
	nodes, trails := []*node{n}, []*trail{path}
	if n.shape == shapeList {
		nodes, trails = n.items, nil
		for i := range n.items {
			trails = append(trails, path.item(i))
		}
		if len(nodes) == 0 || len(nodes) > maxEventPatterns {
			r.complainf(n.at, path, "must name 1 to %d event types", maxEventPatterns)
			return nil
		}
	}
	var out []string
	for i, item := range nodes {
		pattern, ok := item.scalar.(string)
		if !ok || strings.TrimSpace(pattern) == "" {
			r.complainf(item.at, trails[i], "must be the name of an event type, not %s", quote(item.raw()))
			continue
		}
		out = append(out, pattern)
	}
	return out
}

// isIdentifier says whether a name can stand after a dot in an expression.
func isIdentifier(s string) bool {
	return len(s) <= 64 && regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(s) && !isReserved(s)
}

// isReserved says whether a name means something else in an expression.
func isReserved(s string) bool {
	if _, isRoot := new(Env).root(s); isRoot {
		return true
	}
	switch s {
	case "secrets", "true", "false", "nil", "null", "not", "in", "and", "or", "let", "if", "else", "matches", "contains",
		"startsWith", "endsWith":
		return true
	}
	return false
}
