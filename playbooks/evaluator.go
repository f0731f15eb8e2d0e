package playbooks

import (
	"fmt"
	"sync"
	"time"
)

// Budget bounds one evaluation. It is pinned in the Plan, because changing a limit must not change a replay.
type Budget struct {
	Source int `json:"source"` // longest expression, bytes
	Nodes  int `json:"nodes"`  // largest expression, nodes of its tree
	Steps  int `json:"steps"`  // operations of one evaluation; one takes some 100 ns
	Items  int `json:"items"`  // longest list
	Text   int `json:"text"`   // longest text, bytes
	Memory int `json:"memory"` // bytes made in one evaluation
}

// DefaultBudget ends the worst expression within 10 ms.
func DefaultBudget() Budget {
	return Budget{Source: 4096, Nodes: 500, Steps: 25_000, Items: 10_000, Text: 64 << 10, Memory: 1 << 20}
}

// Env is what an expression sees.
type Env struct {
	Now     time.Time      // the moment, workflow time inside a workflow; zero makes now() an error
	Inputs  map[string]any // inputs, each also by its bare name
	Event   map[string]any // the event as Event.Fields gives it, nil when none started the run
	Steps   map[string]any // by step id, as Step.Finished, Step.Skipped and Step.Failed give them
	Vars    map[string]any
	Tenant  map[string]any // id, name
	Run     map[string]any // id, playbook_id, playbook, version, trigger_type, started_at, dry_run
	Failure map[string]any // in on_failure only: step, type, message, kind
	Locals  map[string]any // names bound by the steps around, such as a loop's item
}

// Evaluator evaluates expressions and templates within one budget. The answer depends on the expression, the Env and the
// budget alone: not on the clock, the machine, or what was evaluated before. It is safe for use from many goroutines,
// and keeps compiled programs.
type Evaluator struct {
	budget   Budget
	language *language
	patterns *patternCache

	mu        sync.Mutex
	programs  map[string]*program
	templates map[string]*template
}

// keptPrograms bounds each of an evaluator's two caches. A full one is emptied: what it holds never changes an answer.
const keptPrograms = 512

// NewEvaluator makes an evaluator with this budget.
func NewEvaluator(b Budget) *Evaluator {
	return &Evaluator{
		budget: b, language: newLanguage(b), patterns: newPatternCache(),
		programs: make(map[string]*program), templates: make(map[string]*template),
	}
}

// Bool evaluates a condition. An expression that fails, that takes more than the budget, or that gives anything but true
// or false is an Invalid fault with the expression, the place in it and the values it looked at.
func (e *Evaluator) Bool(expression string, env Env) (bool, error) {
	v, err := e.evaluate(expression, e.meter(&env))
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, expressionFault(expression, &env, nil,
			fmt.Errorf("a condition must be true or false, but this is %s: %s", kindOf(v), quote(v)))
	}
	return b, nil
}

// Value evaluates an expression to what JSON knows: nil, bool, int, float64, string, []any, map[string]any. Faults are
// those of Bool.
func (e *Evaluator) Value(expression string, env Env) (any, error) {
	m := e.meter(&env)
	v, err := e.evaluate(expression, m)
	if err != nil {
		return nil, err
	}
	out, err := export(m, v, 0)
	if err != nil {
		return nil, expressionFault(expression, &env, nil, err)
	}
	return out, nil
}

// Render fills in every ${…} in the texts of a tree of maps, lists and scalars and gives a new tree: a text that is one
// lone ${…} takes the value with its type, an embedded one becomes text, $${ stands for ${ itself. Keys are never
// rendered. All expressions of one tree share one budget. Faults are those of Bool, with the part of the tree as their
// field's location.
func (e *Evaluator) Render(tree any, env Env) (any, error) {
	return e.render(tree, e.meter(&env), "", 0)
}

func (e *Evaluator) meter(env *Env) *meter { return newMeter(e.budget, env, e.patterns) }

func (e *Evaluator) evaluate(expression string, m *meter) (any, error) {
	p, err := e.program(expression)
	if err != nil {
		return nil, expressionFault(expression, m.env, nil, err)
	}
	if err := m.spend(stepsPerRun); err != nil {
		return nil, expressionFault(expression, m.env, p, err)
	}
	v, err := p.run(m)
	if err != nil {
		return nil, expressionFault(expression, m.env, p, err)
	}
	return v, nil
}

func (e *Evaluator) program(expression string) (*program, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p, ok := e.programs[expression]; ok {
		return p, nil
	}
	p, err := e.language.compile(expression)
	if err != nil {
		return nil, err
	}
	if len(e.programs) >= keptPrograms {
		clear(e.programs)
	}
	e.programs[expression] = p
	return p, nil
}
