package playbooks

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// operation is one metered operation of the rewritten program.
type operation func(m *meter, args []any) (any, error)

func errOperands(op string, a, b any) error {
	return fmt.Errorf("can't compute %s %s %s: %s and %s", quote(a), op, quote(b), kindOf(a), kindOf(b))
}

// opBool insists on a condition; expr's own check would only name Go types.
func opBool(_ *meter, args []any) (any, error) {
	if b, ok := args[0].(bool); ok {
		return b, nil
	}
	return nil, fmt.Errorf("a condition must be true or false, but %s is %s", quote(args[0]), kindOf(args[0]))
}

// opTick pays for one round of a predicate: the size of its body, then the body's value.
func opTick(m *meter, args []any) (any, error) {
	weight, _ := args[0].(int)
	return args[1], m.spend(weight)
}

func opTickBool(m *meter, args []any) (any, error) {
	if _, err := opTick(m, args); err != nil {
		return nil, err
	}
	return opBool(m, args[1:])
}

func opTickNumber(m *meter, args []any) (any, error) {
	if _, err := opTick(m, args); err != nil {
		return nil, err
	}
	switch args[1].(type) {
	case int, float64, time.Duration:
		return args[1], nil
	}
	return nil, fmt.Errorf("can't sum %s: %s", quote(args[1]), kindOf(args[1]))
}

func opAdd(m *meter, args []any) (any, error) {
	a, b := args[0], args[1]
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return x + y, m.text(len(x) + len(y))
		}
	case time.Time:
		if y, ok := b.(time.Duration); ok {
			return x.Add(y), nil
		}
	case time.Duration:
		switch y := b.(type) {
		case time.Duration:
			return x + y, nil
		case time.Time:
			return y.Add(x), nil
		}
	}
	return arithmetic("+", a, b, func(x, y int) (int, bool) {
		sum := x + y
		return sum, (sum > x) == (y > 0)
	}, func(x, y float64) float64 { return x + y })
}

func opSubtract(_ *meter, args []any) (any, error) {
	a, b := args[0], args[1]
	switch x := a.(type) {
	case time.Time:
		switch y := b.(type) {
		case time.Time:
			return x.Sub(y), nil
		case time.Duration:
			return x.Add(-y), nil
		}
	case time.Duration:
		if y, ok := b.(time.Duration); ok {
			return x - y, nil
		}
	}
	return arithmetic("-", a, b, func(x, y int) (int, bool) {
		difference := x - y
		return difference, (difference < x) == (y > 0)
	}, func(x, y float64) float64 { return x - y })
}

func opMultiply(_ *meter, args []any) (any, error) {
	a, b := args[0], args[1]
	if d, ok := b.(time.Duration); ok {
		a, b = d, a
	}
	if d, ok := a.(time.Duration); ok {
		if factor, ok := number(b); ok {
			return time.Duration(float64(d) * factor), nil
		}
	}
	return arithmetic("*", a, b, func(x, y int) (int, bool) {
		if x == 0 || y == 0 {
			return 0, true
		}
		product := x * y
		negated := (x == -1 && y == math.MinInt) || (y == -1 && x == math.MinInt)
		return product, product/y == x && !negated
	}, func(x, y float64) float64 { return x * y })
}

func opDivide(_ *meter, args []any) (any, error) {
	x, okX := number(args[0])
	y, okY := number(args[1])
	if !okX || !okY {
		return nil, errOperands("/", args[0], args[1])
	}
	if y == 0 {
		return nil, errors.New("division by zero")
	}
	return finite(x / y)
}

func opModulo(_ *meter, args []any) (any, error) {
	x, okX := integer(args[0])
	y, okY := integer(args[1])
	if !okX || !okY {
		return nil, errOperands("%", args[0], args[1])
	}
	if y == 0 {
		return nil, errors.New("division by zero")
	}
	return x % y, nil
}

func opPower(_ *meter, args []any) (any, error) {
	x, okX := number(args[0])
	y, okY := number(args[1])
	if !okX || !okY {
		return nil, errOperands("**", args[0], args[1])
	}
	return finite(math.Pow(x, y))
}

func opNegate(_ *meter, args []any) (any, error) {
	switch x := args[0].(type) {
	case int:
		if x == math.MinInt {
			return nil, errors.New("the number is too large")
		}
		return -x, nil
	case float64:
		return -x, nil
	case time.Duration:
		return -x, nil
	}
	return nil, fmt.Errorf("can't negate %s: %s", quote(args[0]), kindOf(args[0]))
}

func opPlus(_ *meter, args []any) (any, error) {
	if _, ok := number(args[0]); ok {
		return args[0], nil
	}
	return nil, fmt.Errorf("%s is not a number: %s", quote(args[0]), kindOf(args[0]))
}

// opRange makes a list of whole numbers, both ends included.
func opRange(m *meter, args []any) (any, error) {
	from, okFrom := integer(args[0])
	to, okTo := integer(args[1])
	if !okFrom || !okTo {
		return nil, errOperands("..", args[0], args[1])
	}
	if to < from {
		return []any{}, nil
	}
	// Unsigned, because the distance between two ints may be more than an int holds.
	n := uint64(to) - uint64(from)
	if n >= uint64(m.budget.Items) {
		return nil, &budgetError{fmt.Sprintf("has a range of more than %d items", m.budget.Items)}
	}
	if err := m.list(int(n) + 1); err != nil {
		return nil, err
	}
	out := make([]any, n+1)
	for i := range out {
		out[i] = from + i
	}
	return out, nil
}

// opContains, opStartsWith and opEndsWith are false for nothing, as in expr.
func opContains(m *meter, args []any) (any, error) {
	return textTest(m, "contains", args, strings.Contains)
}

func opStartsWith(m *meter, args []any) (any, error) {
	return textTest(m, "startsWith", args, strings.HasPrefix)
}

func opEndsWith(m *meter, args []any) (any, error) {
	return textTest(m, "endsWith", args, strings.HasSuffix)
}

func textTest(m *meter, op string, args []any, test func(s, part string) bool) (any, error) {
	if args[0] == nil || args[1] == nil {
		return false, nil
	}
	s, okS := args[0].(string)
	part, okPart := args[1].(string)
	if !okS || !okPart {
		return nil, errOperands(op, args[0], args[1])
	}
	return test(s, part), m.spend(len(s) / foundBytesPerStep)
}

func arithmetic(op string, a, b any, ints func(x, y int) (int, bool), floats func(x, y float64) float64) (any, error) {
	x, okX := a.(int)
	y, okY := b.(int)
	if okX && okY {
		result, ok := ints(x, y)
		if !ok {
			return nil, fmt.Errorf("%d %s %d is too large a number", x, op, y)
		}
		return result, nil
	}
	fx, okX := number(a)
	fy, okY := number(b)
	if !okX || !okY {
		return nil, errOperands(op, a, b)
	}
	return finite(floats(fx, fy))
}

func finite(f float64) (any, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errors.New("the number is too large")
	}
	return f, nil
}

// number is the value of an int or a float.
func number(v any) (float64, bool) {
	switch x := v.(type) {
	case int:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

// integer is the value of an int or of a float without a fraction, which is what JSON makes of an int.
func integer(v any) (int, bool) {
	switch x := v.(type) {
	case int:
		return x, true
	case float64:
		if x == math.Trunc(x) && math.Abs(x) <= 1<<53 {
			return int(x), true
		}
	}
	return 0, false
}
