package playbooks

import "time"

// laterInStep is what a step will be able to say.
func laterInStep() map[string]string {
	return map[string]string{
		"depends_on":  "steps run from top to bottom",
		"for_each":    "there are no loops",
		"as":          "there are no loops",
		"while":       "there are no loops",
		"max_items":   "there are no loops",
		"concurrency": "there are no loops",
		"parallel":    "steps run one after the other",
		"branches":    "steps run one after the other",
		"join":        "steps run one after the other",
		"switch":      "give each step a condition of its own with if",
		"then":        "give each step a condition of its own with if",
		"else":        "give each step a condition of its own with if",
		"cases":       "give each step a condition of its own with if",
		"actions":     "steps can't hold steps",
		"group":       "steps can't hold steps",
		"undo":        "a step can't be taken back",
		"compensate":  "a step can't be taken back",
		"wait":        "a run can't wait",
		"approval":    "a run can't ask",
	}
}

// laterTypes are the nodes of the language that a step's type will be able to name.
func laterTypes() []string {
	return []string{
		"approval", "wait", "run_playbook", "group", "parallel", "switch", "for_each", "while", "for", "if", "branch",
	}
}

func (r *reader) steps(o *object, name string) []StepDocument {
	n, path := o.take(name)
	if n == nil {
		return nil
	}
	if n.shape != shapeList {
		r.complainf(n.at, path, "must be a list of steps, not %s", n.shape)
		return nil
	}
	out := make([]StepDocument, 0, len(n.items))
	for i, item := range n.items {
		if step := r.object(item, path.item(i)); step != nil {
			out = append(out, r.step(step))
		} else {
			out = append(out, StepDocument{})
		}
	}
	return out
}

func (r *reader) step(o *object) StepDocument {
	s := StepDocument{
		ID:          o.text("id", maxTitle),
		Name:        o.text("name", maxTitle),
		Description: o.text("description", maxDescription),
		If:          o.condition("if"),
		Params:      o.values("params"),
		Timeout:     o.duration("timeout", minTimeout, maxStepTimeout),
		Retry:       r.retry(o),
		OnError:     r.onError(o),
	}
	if s.ID != "" && !isIdentifier(s.ID) {
		n, path := o.take("id")
		o.complainf(n.at, path, "an id is letters, digits and _, at most 64, and none of the language's own words")
	}
	// What a node to come would be is told by its fields; that it has no type is no news.
	if !o.node.isLater() {
		s.Type = o.required("type", maxTitle)
	}
	o.done(laterInStep())
	return s
}

// isLater says whether a step is written as a node that is still to come.
func (n *node) isLater() bool {
	_, hasType := n.lookup("type")
	if hasType {
		return false
	}
	for _, f := range n.fields {
		if _, ok := laterInStep()[f.name]; ok {
			return true
		}
	}
	return false
}

func (r *reader) onError(o *object) OnError {
	n, path := o.take("on_error")
	if n == nil {
		return ""
	}
	switch n.scalar {
	case string(OnErrorFail):
		return OnErrorFail
	case string(OnErrorContinue):
		return OnErrorContinue
	case "compensate":
		r.complainf(n.at, path, "compensate is not part of the language yet; there are fail and continue")
	default:
		r.complainf(n.at, path, "must be fail or continue, not %s", quote(n.raw()))
	}
	return ""
}

func (r *reader) retry(o *object) *RetryDocument {
	n, path := o.take("retry")
	if n == nil {
		return nil
	}
	t := r.object(n, path)
	if t == nil {
		return nil
	}
	out := &RetryDocument{
		InitialInterval: t.duration("initial_interval", minRetryInterval, maxRetryInterval),
		MaxInterval:     t.duration("max_interval", minRetryInterval, maxRetryInterval),
	}
	if attempts := t.number("max_attempts", 1, maxAttempts); attempts != nil {
		out.MaxAttempts = int(*attempts)
		if *attempts != float64(out.MaxAttempts) {
			r.complainf(n.at, path.field("max_attempts"), "must be a whole number")
		}
	}
	if backoff := t.number("backoff", 1, maxBackoff); backoff != nil {
		out.Backoff = *backoff
	}
	t.done(nil)
	return out
}

// over lays what a step says over an action's own policy.
func (d *RetryDocument) over(p RetryPolicy) RetryPolicy {
	if d != nil {
		pick(&p.MaxAttempts, d.MaxAttempts)
		pick(&p.InitialInterval, d.InitialInterval)
		pick(&p.Backoff, d.Backoff)
		pick(&p.MaxInterval, d.MaxInterval)
	}
	p.MaxInterval = max(p.MaxInterval, p.InitialInterval)
	return p
}

func pick[T int | float64 | time.Duration](into *T, value T) {
	if value != 0 {
		*into = value
	}
}
