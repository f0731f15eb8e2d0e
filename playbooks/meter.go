package playbooks

import "fmt"

// meter is what one evaluation may still spend. The rewritten program hands it to every operation, so that no operation
// is free, and it carries the names the expression sees. One meter serves one evaluation and is never shared.
type meter struct {
	env      *Env
	budget   Budget
	steps    int // operations left
	memory   int // bytes left
	patterns *patternCache
	compiled map[string]bool // patterns already paid for in this evaluation
}

// budgetError says which limit an evaluation ran into.
type budgetError struct{ message string }

// Error gives the sentence.
func (e *budgetError) Error() string { return e.message }

func newMeter(b Budget, env *Env, patterns *patternCache) *meter {
	return &meter{env: env, budget: b, steps: b.Steps, memory: b.Memory, patterns: patterns}
}

// spend pays for n operations.
func (m *meter) spend(n int) error {
	if n > m.steps {
		m.steps = 0
		return &budgetError{fmt.Sprintf("takes more than the %d operations one evaluation may take", m.budget.Steps)}
	}
	m.steps -= n
	return nil
}

// take pays for n bytes of new memory.
func (m *meter) take(n int) error {
	if n > m.memory {
		m.memory = 0
		return &budgetError{fmt.Sprintf("makes more than the %d bytes one evaluation may make", m.budget.Memory)}
	}
	m.memory -= n
	return nil
}

// text pays for making a text of n bytes.
func (m *meter) text(n int) error {
	if n > m.budget.Text {
		return &budgetError{fmt.Sprintf("makes a text of %d bytes; the limit is %d", n, m.budget.Text)}
	}
	if err := m.take(n); err != nil {
		return err
	}
	return m.spend(n / bytesPerStep)
}

// list pays for making a list of n items.
func (m *meter) list(n int) error {
	if err := m.walk(n); err != nil {
		return err
	}
	return m.take(n * bytesPerItem)
}

// walk pays for going through a list of n items.
func (m *meter) walk(n int) error {
	if n > m.budget.Items {
		return &budgetError{fmt.Sprintf("has a list of %d items; the limit is %d", n, m.budget.Items)}
	}
	return m.spend(n / itemsPerStep)
}

// What one step buys, measured: each takes about as long as one call of an operation, some 100 ns. These prices decide
// which expressions fail, so a replay depends on them: changing one takes a new PlanFormat.
const (
	bytesPerStep      = 128 // copied or compared
	foundBytesPerStep = 32  // searched for another text
	slowBytesPerStep  = 8   // decoded, hashed, changed in case
	itemsPerStep      = 4   // copied
	stepsPerRun       = 4   // an expression begun
	stepsPerTime      = 12  // a time read from or written to a text
	stepsPerDuration  = 6   // a duration read from a text
	stepsPerJSON      = 16  // JSON begun, either way
	replacerSteps     = 64  // a table of replacements built
	bytesPerItem      = 16  // an interface value
	maxDepth          = 64  // of nested lists and objects
)
