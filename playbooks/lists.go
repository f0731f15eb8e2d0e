package playbooks

import (
	"errors"
	"fmt"
	"slices"
)

// opIterate is what every predicate walks: a list, each item one of the evaluator's own values.
func opIterate(m *meter, args []any) (any, error) { return listOf(m, args[0]) }

func listOf(m *meter, v any) ([]any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("needs a list, but %s is %s", quote(v), kindOf(v))
	}
	if err := m.walk(len(list)); err != nil {
		return nil, err
	}
	strange := slices.IndexFunc(list, func(item any) bool { return !isPlain(item) })
	if strange < 0 {
		return list, nil
	}
	if err := m.list(len(list)); err != nil {
		return nil, err
	}
	out := slices.Clone(list)
	for i := strange; i < len(out); i++ {
		item, err := plain(m, out[i])
		if err != nil {
			return nil, err
		}
		out[i] = item
	}
	return out, nil
}

func fnLen(m *meter, args []any) (any, error) {
	switch x := args[0].(type) {
	case []any:
		return len(x), nil
	case map[string]any:
		return len(x), nil
	case string:
		return characters(m, x)
	}
	return nil, fmt.Errorf("%s has no length: it is %s", quote(args[0]), kindOf(args[0]))
}

func fnFirst(m *meter, args []any) (any, error) { return end(m, args[0], false) }

func fnLast(m *meter, args []any) (any, error) { return end(m, args[0], true) }

func end(m *meter, v any, last bool) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("needs a list, but %s is %s", quote(v), kindOf(v))
	}
	if len(list) == 0 {
		return nil, nil
	}
	if last {
		return plain(m, list[len(list)-1])
	}
	return plain(m, list[0])
}

func fnTake(m *meter, args []any) (any, error) { return opSlice(m, []any{args[0], nil, args[1]}) }

// fnGet is a member that may be missing.
func fnGet(m *meter, args []any) (any, error) { return opMemberTolerant(m, args) }

func fnReverse(m *meter, args []any) (any, error) {
	list, err := copyOf(m, args[0])
	slices.Reverse(list)
	return list, err
}

func copyOf(m *meter, v any) ([]any, error) {
	list, err := listOf(m, v)
	if err != nil {
		return nil, err
	}
	return slices.Clone(list), m.list(len(list))
}

func fnConcat(m *meter, args []any) (any, error) {
	total := 0
	for _, arg := range args {
		list, ok := arg.([]any)
		if !ok {
			return nil, fmt.Errorf("needs lists, but %s is %s", quote(arg), kindOf(arg))
		}
		total += len(list)
	}
	if err := m.list(total); err != nil {
		return nil, err
	}
	out := make([]any, 0, total)
	for _, arg := range args {
		if list, ok := arg.([]any); ok {
			out = append(out, list...)
		}
	}
	return out, nil
}

func fnFlatten(m *meter, args []any) (any, error) {
	list, err := listOf(m, args[0])
	if err != nil {
		return nil, err
	}
	return flatten(m, nil, list, 0)
}

func flatten(m *meter, into, list []any, depth int) ([]any, error) {
	if depth > maxDepth {
		return nil, &budgetError{fmt.Sprintf("flattens lists nested more than %d levels deep", maxDepth)}
	}
	for _, item := range list {
		if err := m.spend(1); err != nil {
			return nil, err
		}
		inner, ok := item.([]any)
		if !ok {
			if err := m.take(bytesPerItem); err != nil {
				return nil, err
			}
			into = append(into, item)
			continue
		}
		var err error
		if into, err = flatten(m, into, inner, depth+1); err != nil {
			return nil, err
		}
	}
	return into, nil
}

// fnUniq keeps the first of equal items.
func fnUniq(m *meter, args []any) (any, error) {
	list, err := listOf(m, args[0])
	if err != nil {
		return nil, err
	}
	out := make([]any, 0)
	seen := make(map[any]bool)
	for _, item := range list {
		s, _ := item.(string)
		if err := m.spend(1 + len(s)/bytesPerStep); err != nil {
			return nil, err
		}
		if key, ok := scalarKey(item); ok {
			if seen[key] {
				continue
			}
			seen[key] = true
		} else if found, err := contains(m, out, item); err != nil {
			return nil, err
		} else if found {
			continue
		}
		if err := m.take(2 * bytesPerItem); err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, nil
}

// scalarKey stands for a value among others: two are equal where their keys are.
func scalarKey(v any) (any, bool) {
	switch v.(type) {
	case nil, bool, string:
		return v, true
	}
	f, ok := number(v)
	return f, ok
}

func fnKeys(m *meter, args []any) (any, error) {
	return fromObject(m, args[0], func(key string, _ any) any { return key })
}

func fnValues(m *meter, args []any) (any, error) {
	return fromObject(m, args[0], func(_ string, value any) any { return value })
}

func fnToPairs(m *meter, args []any) (any, error) {
	return fromObject(m, args[0], func(key string, value any) any { return []any{key, value} })
}

// fromObject lists an object's parts in the order of its keys.
func fromObject(m *meter, v any, part func(key string, value any) any) (any, error) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("needs an object, but %s is %s", quote(v), kindOf(v))
	}
	if err := m.list(len(object)); err != nil {
		return nil, err
	}
	if err := m.spend(2 * len(object)); err != nil {
		return nil, err
	}
	if err := m.take(3 * len(object) * bytesPerItem); err != nil {
		return nil, err
	}
	out := make([]any, 0, len(object))
	for _, key := range sortedKeys(object) {
		out = append(out, part(key, object[key]))
	}
	return out, nil
}

func fnFromPairs(m *meter, args []any) (any, error) {
	list, err := listOf(m, args[0])
	if err != nil {
		return nil, err
	}
	if err := m.list(2 * len(list)); err != nil {
		return nil, err
	}
	out := make(map[string]any, len(list))
	for _, item := range list {
		pair, ok := item.([]any)
		if !ok || len(pair) != 2 {
			return nil, fmt.Errorf("needs pairs of a key and a value, not %s", quote(item))
		}
		key, ok := pair[0].(string)
		if !ok {
			return nil, fmt.Errorf("the key of an object is a text, not %s", quote(pair[0]))
		}
		if err := m.spend(1 + len(key)/bytesPerStep); err != nil {
			return nil, err
		}
		out[key] = pair[1]
	}
	return out, nil
}

func fnSort(m *meter, args []any) (any, error) {
	list, err := listOf(m, args[0])
	if err != nil {
		return nil, err
	}
	return sortBy(m, list, list, args[1:])
}

// opSortBy sorts a list by the keys a predicate gave: list, keys, and perhaps the order.
func opSortBy(m *meter, args []any) (any, error) {
	list, okList := args[0].([]any)
	keys, okKeys := args[1].([]any)
	if !okList || !okKeys || len(list) != len(keys) {
		return nil, errors.New("can't sort while the list changes")
	}
	return sortBy(m, list, keys, args[2:])
}

func sortBy(m *meter, list, keys, order []any) (any, error) {
	descending := false
	if len(order) > 0 {
		switch order[0] {
		case "asc":
		case "desc":
			descending = true
		default:
			return nil, fmt.Errorf(`the order is "asc" or "desc", not %s`, quote(order[0]))
		}
	}
	if err := m.list(2 * len(list)); err != nil {
		return nil, err
	}
	places := make([]int, len(list))
	for i := range places {
		places[i] = i
	}
	var failed error
	slices.SortStableFunc(places, func(i, j int) int {
		if failed != nil {
			return 0
		}
		if failed = m.spend(1); failed != nil {
			return 0
		}
		result, err := compare(m, "<", keys[i], keys[j])
		failed = err
		if descending {
			return -result
		}
		return result
	})
	out := make([]any, len(list))
	for i, place := range places {
		out[i] = list[place]
	}
	return out, failed
}

// opGroupBy makes an object of lists by the keys a predicate gave: list, keys.
func opGroupBy(m *meter, args []any) (any, error) {
	list, okList := args[0].([]any)
	keys, okKeys := args[1].([]any)
	if !okList || !okKeys || len(list) != len(keys) {
		return nil, errors.New("can't group while the list changes")
	}
	if err := m.list(2 * len(list)); err != nil {
		return nil, err
	}
	groups := make(map[string][]any)
	for i, item := range list {
		switch keys[i].(type) {
		case []any, map[string]any:
			return nil, fmt.Errorf("can't group by %s: %s", quote(keys[i]), kindOf(keys[i]))
		}
		key, err := textOf(m, keys[i])
		if err != nil {
			return nil, err
		}
		groups[key] = append(groups[key], item)
	}
	out := make(map[string]any, len(groups))
	for _, key := range sortedKeys(groups) {
		out[key] = groups[key]
	}
	return out, nil
}

// opFindLast gives the last item whose condition held, or nil: list, conditions.
func opFindLast(m *meter, args []any) (any, error) {
	list, ok := args[0].([]any)
	if i := lastTrue(args[1]); ok && i >= 0 && i < len(list) {
		return plain(m, list[i])
	}
	return nil, nil
}

// opFindLastIndex gives its place.
func opFindLastIndex(_ *meter, args []any) (any, error) {
	if i := lastTrue(args[1]); i >= 0 {
		return i, nil
	}
	return nil, nil
}

func lastTrue(conditions any) int {
	list, _ := conditions.([]any)
	for i, held := range slices.Backward(list) {
		if held == true {
			return i
		}
	}
	return -1
}
