package playbooks

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

func opEqual(m *meter, args []any) (any, error) { return equal(m, args[0], args[1], 0) }

// equal compares by value and pays for every part it compares. Numbers are equal across int and float, times across
// zones, and a time equals the text that names it.
func equal(m *meter, a, b any, depth int) (bool, error) {
	if depth > maxDepth {
		return false, &budgetError{fmt.Sprintf("compares values nested more than %d levels deep", maxDepth)}
	}
	a, b, err := plainPair(m, a, b)
	if err != nil {
		return false, err
	}
	switch x := a.(type) {
	case nil:
		return b == nil, nil
	case bool:
		y, ok := b.(bool)
		return ok && x == y, nil
	case string:
		if y, ok := b.(string); ok {
			return x == y, m.spend(min(len(x), len(y)) / bytesPerStep)
		}
	case int, float64:
		fx, _ := number(a)
		fy, ok := number(b)
		return ok && fx == fy, nil
	case []any:
		if y, ok := b.([]any); ok {
			return equalLists(m, x, y, depth)
		}
		return false, nil
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			return equalObjects(m, x, y, depth)
		}
		return false, nil
	}
	order, ok, err := compareTimes(m, a, b)
	return ok && order == 0, err
}

func equalLists(m *meter, a, b []any, depth int) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	for i := range a {
		if err := m.spend(1); err != nil {
			return false, err
		}
		if same, err := equal(m, a[i], b[i], depth+1); err != nil || !same {
			return false, err
		}
	}
	return true, nil
}

func equalObjects(m *meter, a, b map[string]any, depth int) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	if err := m.spend(len(a)); err != nil {
		return false, err
	}
	for _, key := range sortedKeys(a) {
		if err := m.spend(1); err != nil {
			return false, err
		}
		other, ok := b[key]
		if !ok {
			return false, nil
		}
		if same, err := equal(m, a[key], other, depth+1); err != nil || !same {
			return false, err
		}
	}
	return true, nil
}

func plainPair(m *meter, a, b any) (plainA, plainB any, err error) {
	if plainA, err = plain(m, a); err != nil {
		return nil, nil, err
	}
	if plainB, err = plain(m, b); err != nil {
		return nil, nil, err
	}
	return plainA, plainB, nil
}

func opNotEqual(m *meter, args []any) (any, error) {
	same, err := equal(m, args[0], args[1], 0)
	return !same, err
}

func opLess(m *meter, args []any) (any, error) {
	order, err := compare(m, "<", args[0], args[1])
	return order < 0, err
}

func opLessOrEqual(m *meter, args []any) (any, error) {
	order, err := compare(m, "<=", args[0], args[1])
	return order <= 0, err
}

func opMore(m *meter, args []any) (any, error) {
	order, err := compare(m, ">", args[0], args[1])
	return order > 0, err
}

func opMoreOrEqual(m *meter, args []any) (any, error) {
	order, err := compare(m, ">=", args[0], args[1])
	return order >= 0, err
}

// compare orders numbers, texts, times and durations; anything else has no order.
func compare(m *meter, op string, a, b any) (int, error) {
	a, b, err := plainPair(m, a, b)
	if err != nil {
		return 0, err
	}
	if x, ok := a.(int); ok {
		if y, ok := b.(int); ok {
			return cmp.Compare(x, y), nil
		}
	}
	if x, ok := number(a); ok {
		if y, ok := number(b); ok {
			return cmp.Compare(x, y), nil
		}
	}
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return strings.Compare(x, y), m.spend(min(len(x), len(y)) / bytesPerStep)
		}
	}
	if order, ok, err := compareTimes(m, a, b); ok || err != nil {
		return order, err
	}
	return 0, fmt.Errorf("can't compare %s %s %s: %s and %s", quote(a), op, quote(b), kindOf(a), kindOf(b))
}

// compareTimes orders two times or two durations. One of two times may be its RFC 3339 text, as events carry it.
func compareTimes(m *meter, a, b any) (order int, ok bool, err error) {
	if x, isDuration := a.(time.Duration); isDuration {
		y, ok := b.(time.Duration)
		return cmp.Compare(x, y), ok, nil
	}
	x, isTimeX := a.(time.Time)
	y, isTimeY := b.(time.Time)
	if isTimeX == isTimeY {
		return x.Compare(y), isTimeX, nil
	}
	if err := m.spend(stepsPerTime); err != nil {
		return 0, false, err
	}
	if s, isText := a.(string); isText {
		x, isTimeX = timeOfText(s)
	}
	if s, isText := b.(string); isText {
		y, isTimeY = timeOfText(s)
	}
	return x.Compare(y), isTimeX && isTimeY, nil
}

// opIn looks for a value in a list, or for a key in an object.
func opIn(m *meter, args []any) (any, error) {
	switch collection := args[1].(type) {
	case nil:
		return false, nil
	case []any:
		return contains(m, collection, args[0])
	case map[string]any:
		key, ok := args[0].(string)
		if !ok {
			return nil, fmt.Errorf("the key of an object is a text, but %s is %s", quote(args[0]), kindOf(args[0]))
		}
		_, found := collection[key]
		return found, m.spend(len(key) / bytesPerStep)
	case string:
		return nil, errors.New("to look for a text in a text write: text contains part")
	}
	return nil, fmt.Errorf("can't look into %s: %s", quote(args[1]), kindOf(args[1]))
}

func contains(m *meter, list []any, wanted any) (bool, error) {
	for _, item := range list {
		if err := m.spend(1); err != nil {
			return false, err
		}
		if same, err := equal(m, item, wanted, 0); err != nil || same {
			return same, err
		}
	}
	return false, nil
}
