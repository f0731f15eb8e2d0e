package playbooks

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

func numberArgument(args []any) (float64, error) {
	f, ok := number(args[0])
	if !ok {
		return 0, fmt.Errorf("needs a number, but %s is %s", quote(args[0]), kindOf(args[0]))
	}
	return f, nil
}

func fnAbs(m *meter, args []any) (any, error) {
	if i, ok := args[0].(int); ok {
		if i < 0 {
			return opNegate(m, args)
		}
		return i, nil
	}
	f, err := numberArgument(args)
	return math.Abs(f), err
}

func fnCeil(_ *meter, args []any) (any, error) { return rounded(args, math.Ceil) }

func fnFloor(_ *meter, args []any) (any, error) { return rounded(args, math.Floor) }

func fnRound(_ *meter, args []any) (any, error) { return rounded(args, math.Round) }

func rounded(args []any, round func(float64) float64) (any, error) {
	f, err := numberArgument(args)
	return round(f), err
}

// fnInt cuts the fraction off and reads texts.
func fnInt(_ *meter, args []any) (any, error) {
	switch x := args[0].(type) {
	case int:
		return x, nil
	case float64:
		if math.Abs(x) > 1<<62 {
			return nil, errors.New("the number is too large")
		}
		return int(x), nil
	case string:
		i, err := strconv.Atoi(strings.TrimSpace(cut(x)))
		if err != nil {
			return nil, fmt.Errorf("%s is not a whole number", quote(x))
		}
		return i, nil
	}
	return nil, fmt.Errorf("%s is not a number: %s", quote(args[0]), kindOf(args[0]))
}

func fnFloat(_ *meter, args []any) (any, error) {
	if s, ok := args[0].(string); ok {
		f, err := strconv.ParseFloat(strings.TrimSpace(cut(s)), 64)
		if err != nil {
			return nil, fmt.Errorf("%s is not a number", quote(s))
		}
		return finite(f)
	}
	f, err := numberArgument(args)
	return f, err
}

func fnMax(m *meter, args []any) (any, error) {
	return best(m, args, func(order int) bool { return order > 0 })
}

func fnMin(m *meter, args []any) (any, error) {
	return best(m, args, func(order int) bool { return order < 0 })
}

// best takes values or one list of them.
func best(m *meter, args []any, better func(order int) bool) (any, error) {
	list, err := several(m, args)
	if err != nil {
		return nil, err
	}
	var out any
	for i, item := range list {
		if err := m.spend(1); err != nil {
			return nil, err
		}
		if i == 0 {
			out = item
			continue
		}
		order, err := compare(m, "<", item, out)
		if err != nil {
			return nil, err
		}
		if better(order) {
			out = item
		}
	}
	return out, nil
}

func several(m *meter, args []any) ([]any, error) {
	if len(args) == 1 {
		return listOf(m, args[0])
	}
	// The virtual machine owns args: keep none of it.
	return slices.Clone(args), nil
}

func fnMean(m *meter, args []any) (any, error) {
	list, err := numbers(m, args)
	if err != nil || len(list) == 0 {
		return 0.0, err
	}
	sum := 0.0
	for _, f := range list {
		sum += f
	}
	return finite(sum / float64(len(list)))
}

func fnMedian(m *meter, args []any) (any, error) {
	list, err := numbers(m, args)
	if err != nil || len(list) == 0 {
		return 0.0, err
	}
	if err := m.spend(4 * len(list)); err != nil {
		return nil, err
	}
	slices.Sort(list)
	middle := len(list) / 2
	if len(list)%2 == 1 {
		return list[middle], nil
	}
	return finite((list[middle-1] + list[middle]) / 2)
}

func numbers(m *meter, args []any) ([]float64, error) {
	list, err := several(m, args)
	if err != nil {
		return nil, err
	}
	if err := m.list(len(list)); err != nil {
		return nil, err
	}
	out := make([]float64, len(list))
	for i, item := range list {
		f, ok := number(item)
		if !ok {
			return nil, fmt.Errorf("needs numbers, but %s is %s", quote(item), kindOf(item))
		}
		out[i] = f
	}
	return out, nil
}

func fnType(_ *meter, args []any) (any, error) {
	switch args[0].(type) {
	case nil:
		return "nil", nil
	case bool:
		return "bool", nil
	case int:
		return "int", nil
	case float64:
		return "float", nil
	case string:
		return "string", nil
	case []any:
		return "array", nil
	case map[string]any:
		return "map", nil
	case time.Duration:
		return "duration", nil
	default:
		return "time", nil
	}
}

// fnDefault gives the second value where the first is nothing. Names and members in its first argument may be missing.
func fnDefault(_ *meter, args []any) (any, error) {
	if args[0] == nil {
		return args[1], nil
	}
	return args[0], nil
}
