package playbooks

import (
	"fmt"
	"slices"
	"time"

	"github.com/expr-lang/expr/builtin"
)

// function is one function an expression may call. The list in functions is the allow-list: expr's own builtins are all
// off, apart from the predicates, whose bodies the rewriter meters.
type function struct {
	name     string
	min, max int // arguments; max -1 for any number
	do       operation
	typed    any // a Go function type that the type check goes by
}

// anyNumber is as many arguments as the author likes.
const anyNumber = -1

func functions() []function {
	return slices.Concat(
		generalFunctions(), numberFunctions(), textFunctions(), listFunctions(), timeFunctions(), indicatorFunctions(),
	)
}

func generalFunctions() []function {
	return []function{
		{"len", 1, 1, fnLen, func(any) int { return 0 }},
		{"type", 1, 1, fnType, func(any) string { return "" }},
		{"default", 2, 2, fnDefault, func(any, any) any { return nil }},
		{"get", 2, 2, fnGet, func(any, any) any { return nil }},
	}
}

func numberFunctions() []function {
	return []function{
		{"abs", 1, 1, fnAbs, func(any) any { return nil }},
		{"ceil", 1, 1, fnCeil, func(any) float64 { return 0 }},
		{"floor", 1, 1, fnFloor, func(any) float64 { return 0 }},
		{"round", 1, 1, fnRound, func(any) float64 { return 0 }},
		{"int", 1, 1, fnInt, func(any) int { return 0 }},
		{"float", 1, 1, fnFloat, func(any) float64 { return 0 }},
		{"max", 1, anyNumber, fnMax, func(...any) any { return nil }},
		{"min", 1, anyNumber, fnMin, func(...any) any { return nil }},
		{"mean", 1, anyNumber, fnMean, func(...any) float64 { return 0 }},
		{"median", 1, anyNumber, fnMedian, func(...any) float64 { return 0 }},
	}
}

func textFunctions() []function {
	return []function{
		{"string", 1, 1, fnString, func(any) string { return "" }},
		{"upper", 1, 1, fnUpper, func(string) string { return "" }},
		{"lower", 1, 1, fnLower, func(string) string { return "" }},
		{"trim", 1, 2, fnTrim, func(string, ...string) string { return "" }},
		{"trimPrefix", 2, 2, fnTrimPrefix, func(string, string) string { return "" }},
		{"trimSuffix", 2, 2, fnTrimSuffix, func(string, string) string { return "" }},
		{"split", 2, 3, fnSplit, func(string, string, ...int) []any { return nil }},
		{"join", 1, 2, fnJoin, func(any, ...string) string { return "" }},
		{"replace", 3, 3, fnReplace, func(string, string, string) string { return "" }},
		{"repeat", 2, 2, fnRepeat, func(string, int) string { return "" }},
		{"indexOf", 2, 2, fnIndexOf, func(string, string) int { return 0 }},
		{"lastIndexOf", 2, 2, fnLastIndexOf, func(string, string) int { return 0 }},
		{"hasPrefix", 2, 2, fnHasPrefix, func(string, string) bool { return false }},
		{"hasSuffix", 2, 2, fnHasSuffix, func(string, string) bool { return false }},
		{"toJSON", 1, 1, fnToJSON, func(any) string { return "" }},
		{"fromJSON", 1, 1, fnFromJSON, func(string) any { return nil }},
		{"toBase64", 1, 1, fnToBase64, func(string) string { return "" }},
		{"fromBase64", 1, 1, fnBase64Decode, func(string) string { return "" }},
	}
}

func listFunctions() []function {
	return []function{
		{"first", 1, 1, fnFirst, func(any) any { return nil }},
		{"last", 1, 1, fnLast, func(any) any { return nil }},
		{"take", 2, 2, fnTake, func(any, int) []any { return nil }},
		{"reverse", 1, 1, fnReverse, func(any) []any { return nil }},
		{"concat", 1, anyNumber, fnConcat, func(...any) []any { return nil }},
		{"flatten", 1, 1, fnFlatten, func(any) []any { return nil }},
		{"uniq", 1, 1, fnUniq, func(any) []any { return nil }},
		{"sort", 1, 2, fnSort, func(any, ...string) []any { return nil }},
		{"keys", 1, 1, fnKeys, func(any) []any { return nil }},
		{"values", 1, 1, fnValues, func(any) []any { return nil }},
		{"toPairs", 1, 1, fnToPairs, func(any) []any { return nil }},
		{"fromPairs", 1, 1, fnFromPairs, func(any) map[string]any { return nil }},
	}
}

func timeFunctions() []function {
	return []function{
		{"now", 0, 0, fnNow, func() any { return nil }},
		{"ago", 1, 1, fnAgo, func(any) any { return nil }},
		{"duration", 1, 1, fnDuration, func(any) time.Duration { return 0 }},
		{"date", 1, 2, fnParseTime, func(any, ...string) any { return nil }},
		{"parse_time", 1, 2, fnParseTime, func(any, ...string) any { return nil }},
	}
}

func indicatorFunctions() []function {
	return []function{
		{"cidr_contains", 2, 2, fnCIDRContains, func(any, any) bool { return false }},
		{"is_private_ip", 1, 1, fnIsPrivateIP, func(any) bool { return false }},
		{"ioc_type", 1, 1, fnIOCType, func(any) string { return "" }},
		{"defang", 1, 1, fnDefang, func(string) string { return "" }},
		{"refang", 1, 1, fnRefang, func(string) string { return "" }},
		{"regex_find", 2, 3, fnRegexFind, func(any, string, ...any) any { return nil }},
		{"base64_decode", 1, 1, fnBase64Decode, func(string) string { return "" }},
		{"sha256", 1, 1, fnSHA256, func(string) string { return "" }},
	}
}

// The operations that only the rewriter writes. An author can't: no name of the language begins with a dollar.
const (
	callPath           = "$path"
	callMember         = "$member"
	callMemberTolerant = "$memberTolerant"
	callMethod         = "$method"
	callSlice          = "$slice"
	callIterate        = "$iterate"
	callTick           = "$tick"
	callTickBool       = "$tickBool"
	callTickNumber     = "$tickNumber"
	callBool           = "$bool"
	callNegate         = "$negate"
	callPlus           = "$plus"
	callSortBy         = "$sortBy"
	callGroupBy        = "$groupBy"
	callFindLast       = "$findLast"
	callFindLastIndex  = "$findLastIndex"
	callText           = "$text"
)

func operations() map[string]operation {
	return map[string]operation{
		callPath: opPath, callMember: opMember, callMemberTolerant: opMemberTolerant, callMethod: opMethod,
		callSlice: opSlice, callIterate: opIterate, callTick: opTick, callTickBool: opTickBool,
		callTickNumber: opTickNumber, callBool: opBool, callNegate: opNegate, callPlus: opPlus,
		callSortBy: opSortBy, callGroupBy: opGroupBy,
		callFindLast: opFindLast, callFindLastIndex: opFindLastIndex, callText: fnString,
		"$+": opAdd, "$-": opSubtract, "$*": opMultiply, "$/": opDivide, "$%": opModulo, "$**": opPower, "$^": opPower,
		"$..": opRange, "$==": opEqual, "$!=": opNotEqual, "$<": opLess, "$<=": opLessOrEqual, "$>": opMore,
		"$>=": opMoreOrEqual, "$in": opIn, "$contains": opContains, "$startsWith": opStartsWith,
		"$endsWith": opEndsWith, "$matches": opMatches,
	}
}

// isBoolean says whether an operation only ever gives true or false.
func isBoolean(call string) bool {
	switch call {
	case callBool, callTickBool, "$==", "$!=", "$<", "$<=", "$>", "$>=", "$in", "$contains", "$startsWith", "$endsWith",
		"$matches":
		return true
	}
	return false
}

// metered is an operation as expr calls it. The meter is always the first argument; each call costs at least one step.
func metered(name string, do operation) *builtin.Function {
	return &builtin.Function{Name: name, Func: func(args ...any) (any, error) {
		m, ok := args[0].(*meter)
		if !ok {
			return nil, fmt.Errorf("%s was called without a meter", name)
		}
		if err := m.spend(1); err != nil {
			return nil, err
		}
		out, err := do(m, args[1:])
		if err != nil && name[0] != '$' {
			return nil, fmt.Errorf("%s(): %w", name, err)
		}
		return out, err
	}}
}
