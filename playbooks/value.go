package playbooks

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// Inside an evaluation a value is one of nil, bool, int, float64, string, time.Time, time.Duration, []any and
// map[string]any. Everything that comes in from outside passes through plain first.

// plain turns a value from outside into one of the evaluator's own. Lists and objects are turned one level deep: their
// members follow when they are touched.
func plain(m *meter, v any) (any, error) {
	if isPlain(v) {
		return v, nil
	}
	switch x := v.(type) {
	case int64:
		return int(x), nil
	case json.Number:
		return plainNumber(x)
	}
	return plainReflected(m, v)
}

func isPlain(v any) bool {
	switch v.(type) {
	case nil, bool, int, float64, string, time.Time, time.Duration, []any, map[string]any:
		return true
	}
	return false
}

func plainNumber(n json.Number) (any, error) {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return int(i), nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, fmt.Errorf("the number %s is too large", cut(n.String()))
	}
	return f, nil
}

func plainReflected(m *meter, v any) (any, error) {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Bool:
		return r.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return int(r.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if u := r.Uint(); u > math.MaxInt {
			return float64(u), nil
		}
		return int(r.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return r.Float(), nil
	case reflect.String:
		return r.String(), nil
	case reflect.Pointer:
		if r.IsNil() {
			return nil, nil
		}
		return plain(m, r.Elem().Interface())
	case reflect.Slice:
		return plainSlice(m, r)
	case reflect.Map:
		return plainMap(m, r)
	default:
		return nil, fmt.Errorf("a value of type %T can't be used in an expression", v)
	}
}

func plainSlice(m *meter, r reflect.Value) (any, error) {
	if err := m.list(r.Len()); err != nil {
		return nil, err
	}
	out := make([]any, r.Len())
	for i := range out {
		out[i] = r.Index(i).Interface()
	}
	return out, nil
}

func plainMap(m *meter, r reflect.Value) (any, error) {
	if r.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf("an object of type %s can't be used in an expression", r.Type())
	}
	if err := m.list(2 * r.Len()); err != nil {
		return nil, err
	}
	out := make(map[string]any, r.Len())
	for _, key := range r.MapKeys() {
		out[key.String()] = r.MapIndex(key).Interface()
	}
	return out, nil
}

// sortedKeys is the only order in which an object is ever walked: map order differs between a run and its replay.
//
//workflowcheck:ignore
func sortedKeys[V any](object map[string]V) []string { return slices.Sorted(maps.Keys(object)) }

// export turns a result into what JSON knows: times and durations become texts. It pays for every part it passes,
// because a small expression can build a value that shares one part a million times.
func export(m *meter, v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, &budgetError{fmt.Sprintf("makes a value nested more than %d levels deep", maxDepth)}
	}
	if err := m.spend(2); err != nil {
		return nil, err
	}
	v, err := plain(m, v)
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case string:
		return x, m.text(len(x))
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, errors.New("the result is not a finite number")
		}
		return x, nil
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano), nil
	case time.Duration:
		return x.String(), nil
	case []any:
		return exportList(m, x, depth)
	case map[string]any:
		return exportObject(m, x, depth)
	default:
		return v, nil
	}
}

func exportList(m *meter, list []any, depth int) (any, error) {
	if err := m.list(len(list)); err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	for i, item := range list {
		v, err := export(m, item, depth+1)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func exportObject(m *meter, object map[string]any, depth int) (any, error) {
	if err := m.list(2 * len(object)); err != nil {
		return nil, err
	}
	out := make(map[string]any, len(object))
	for _, key := range sortedKeys(object) {
		if err := m.text(len(key)); err != nil {
			return nil, err
		}
		v, err := export(m, object[key], depth+1)
		if err != nil {
			return nil, err
		}
		out[key] = v
	}
	return out, nil
}

// textOf is a value inside a longer text: nothing for nil, JSON for lists and objects.
func textOf(m *meter, v any) (string, error) {
	v, err := plain(m, v)
	if err != nil {
		return "", err
	}
	switch x := v.(type) {
	case nil:
		return "", nil
	case string:
		return x, m.text(len(x))
	case bool:
		return strconv.FormatBool(x), nil
	case int:
		return strconv.Itoa(x), nil
	case float64:
		return floatText(x), nil
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano), nil
	case time.Duration:
		return x.String(), nil
	default:
		return jsonOf(m, v)
	}
}

// jsonOf is a value as JSON with sorted keys.
func jsonOf(m *meter, v any) (string, error) {
	v, err := export(m, v, 0)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("the value can't be written as JSON: %w", err)
	}
	if err := m.spend(stepsPerJSON + len(b)/slowBytesPerStep); err != nil {
		return "", err
	}
	return string(b), m.text(len(b))
}

// floatText writes whole numbers without a fraction, as people and JSON do.
func floatText(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// kindOf names a value's type for people.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "nothing"
	case bool:
		return "true or false"
	case int, int64, float64, json.Number:
		return "a number"
	case string:
		return "a text"
	case time.Time:
		return "a time"
	case time.Duration:
		return "a duration"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return fmt.Sprintf("a %T", v)
	}
}
