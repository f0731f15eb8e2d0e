package playbooks

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/file"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// The stable codes of an expression's faults.
const (
	CodeExpression = "expression_failed"
	CodeBudget     = "expression_too_large"
)

// maxShownValues is how many of an expression's values its fault shows.
const maxShownValues = 8

// expressionFault says which expression failed, where, why, and what it looked at. p is nil when it didn't compile.
func expressionFault(expression string, env *Env, p *program, err error) *fault.Error {
	message, line, column := explain(err)
	if line > 0 {
		message = fmt.Sprintf("%s (line %d, column %d of the expression)", message, line, column)
	}
	f := fault.New(fault.Invalid, "the expression %s: %s", shown(expression), message).WithCode(CodeExpression)
	if _, ok := errors.AsType[*budgetError](err); ok {
		f.Code = CodeBudget
	}
	if p != nil {
		var values []string
		for _, value := range shownValues(env, p) {
			values = append(values, value.Location+" = "+value.Message)
			f.Fields = append(f.Fields, value)
		}
		if len(values) > 0 {
			f.Message += "; " + strings.Join(values, ", ")
		}
	}
	return f
}

// shown is the expression itself, quoted as its author would.
func shown(expression string) string { return "`" + cut(strings.TrimSpace(expression)) + "`" }

// explain takes the sentence and the place out of an error of expr's or ours.
func explain(err error) (message string, line, column int) {
	located, ok := errors.AsType[*file.Error](err)
	if !ok {
		return firstLine(err.Error()), 0, 0
	}
	message = located.Message
	if strings.HasPrefix(message, "memory budget exceeded") {
		message = "makes larger lists than one evaluation may make"
	}
	return firstLine(message), max(located.Line, 1), located.Column + 1
}

// shownValues looks up what the expression looked at, each name once.
func shownValues(env *Env, p *program) []fault.Field {
	m := newMeter(Budget{Steps: 10_000, Items: 10_000, Text: 64 << 10, Memory: 1 << 20}, env, nil)
	var names []string
	var out []fault.Field
	for _, path := range p.paths {
		name := path.String()
		if len(out) == maxShownValues || slices.Contains(names, name) {
			continue
		}
		names = append(names, name)
		value, err := m.resolve(path)
		if err != nil {
			continue // the error itself names what is missing
		}
		out = append(out, fault.Field{Location: cut(name), Message: quote(value)})
	}
	return out
}
