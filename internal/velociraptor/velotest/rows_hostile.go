package velotest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

func hostileKinds() []string {
	return []string{"all", "columns", "cell", "text", "numbers", "digits", "nesting", "names", "values", "many"}
}

// hostile are rows that break careless readers: a kind each, one of each, or those that are named in a list.
func hostile() table {
	return table{count: func(c *collected) int {
		kinds := kindsOf(c)
		if len(kinds) == 1 && kinds[0] == "many" {
			return manyRows
		}
		return len(kinds)
	}, row: func(c *collected, i int) record {
		kinds := kindsOf(c)
		return hostileRow(kinds[i%len(kinds)], i)
	}}
}

// kindsOf is what was asked for. As on an endpoint, a list that is no JSON array is none at all.
func kindsOf(c *collected) []string {
	params := c.f.params["Custom.Simulated.Hostile"]
	var several []string
	if json.Unmarshal([]byte(params["Kinds"]), &several) == nil && len(several) > 0 {
		return several
	}
	all := hostileKinds()
	if k := params["Kind"]; k != "all" && slices.Contains(all, k) {
		return []string{k}
	}
	return all[1 : len(all)-1]
}

const (
	manyRows      = 100_000
	manyColumns   = 10_000
	largeCell     = 5 << 20
	deepNesting   = 200
	longName      = 5_000
	beyondDoubles = "9007199254740993" // 2^53+1
)

func hostileRow(kind string, i int) record {
	raw := func(text string) json.RawMessage { return json.RawMessage(text) }
	switch kind {
	case "columns":
		row := make(record, manyColumns)
		for i := range row {
			row[i] = column{"Column" + strconv.Itoa(i), i}
		}
		return row
	case "cell":
		return record{{"Name", "a cell of 5 MB"}, {"Data", strings.Repeat("A", largeCell)}}
	case "text": // halves of surrogate pairs, a NUL, what turns lines around, formulas
		return record{
			{"Lone", raw(`"\ud800 and \udfff"`)},
			{"Nul", raw(`"a\u0000b"`)},
			{"Turned", "report\u202exslx.exe"},
			{"Formula", `=cmd|' /C calc'!A0`},
			{"Markup", `<img src=x onerror=alert(1)>`},
			{"Escape", "\x1b[31mred"},
			{"NotUTF8", raw("\"caf\xe9\"")}, // as the endpoint's code page has it
		}
	case "numbers":
		return record{
			{"BeyondDoubles", raw(beyondDoubles)},
			{"Unsigned", raw("18446744073709551615")},
			{"BeyondUnsigned", raw("-170141183460469231731687303715884105728")},
			{"Exact", raw("0.1000000000000000055511151231257827")},
			{"Minus", raw("-0")},
		}
	case "digits":
		return record{{"Huge", raw("1e400")}, {"Tiny", raw("1e-400")}, {"Long", raw(strings.Repeat("9", longName))}}
	case "nesting":
		return record{{"Deep", raw(strings.Repeat("[", deepNesting) + strings.Repeat("]", deepNesting))}}
	case "names":
		return record{{"", "no name"}, {strings.Repeat("n", longName), 1}, {"twice", 1}, {"twice", 2}, {"__proto__", raw(`{"admin":true}`)}, {"a.b\"c'd", nil}}
	case "values":
		return record{}
	default:
		return record{{"Number", i}, {"Text", "row " + strconv.Itoa(i)}}
	}
}
