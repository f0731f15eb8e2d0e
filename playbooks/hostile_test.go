package playbooks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// hostile lists expressions that try to take the machine down, by what they try.
func hostile() map[string]string {
	nestedComparison := "1"
	for range 60 {
		nestedComparison = "1 < (" + nestedComparison + ") < 3"
	}
	nestedElvis := "true"
	for range 60 {
		nestedElvis = "(" + nestedElvis + " ?: true)"
	}
	var shared strings.Builder
	shared.WriteString("let a1 = [1,2,3,4,5,6,7,8];")
	for i := range 12 {
		a, b := string(rune('a'+i)), string(rune('b'+i))
		shared.WriteString("let " + b + "1 = [" + strings.Repeat(a+"1,", 7) + "1];")
	}
	doubling := shared.String()
	return map[string]string{
		"a text doubled 30 times":       `reduce(1..30, #acc + #acc, "a")`,
		"a loop in a loop":              `let a = 1..100000; all(a, all(a, true))`,
		"a loop in a loop, within size": `let a = 1..9999; all(a, all(a, true))`,
		"a loop in loops":               `all(1..99, all(1..99, all(1..99, all(1..99, true))))`,
		"a large body in a loop":        `map(1..9999, [` + strings.Repeat("#+1,", 90) + `1])`,
		"a huge range":                  `1..9223372036854775807`,
		"a range over everything":       `-9223372036854775807..9223372036854775807`,
		"a range of ranges":             `map(1..9999, 1..9999)`,
		"a sum of a range of ranges":    `sum(map(1..9999, sum(1..9999)))`,
		"repeat":                        `repeat("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1000000000)`,
		"repeat of repeat":              `map(1..5000, repeat("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 2000))`,
		"repeat of nothing":             `repeat("", 9223372036854775807)`,
		"replace that grows":            `reduce(1..20, replace(#acc, "a", "aaaaaaaa"), "a")`,
		"replace of the empty text":     `reduce(1..20, replace(#acc, "", "aaaaaaaa"), "a")`,
		"join that grows":               `reduce(1..40, join([#acc, #acc], "x"), "a")`,
		"a list that grows":             `reduce(1..9999, concat(#acc, [#]), [])`,
		"lists doubled":                 `reduce(1..60, concat(#acc, #acc), [1])`,
		"lists nested":                  `reduce(1..9999, [#acc], [])`,
		"objects nested":                `reduce(1..9999, {"a": #acc}, {})`,
		"a shared tree":                 doubling + "m1",
		"a shared tree compared":        doubling + "m1 == m1",
		"a shared tree as text":         doubling + "string(m1)",
		"a shared tree flattened":       doubling + "flatten(m1)",
		"a binary tree":                 `reduce(1..60, [#acc, #acc], 1)`,
		"a binary tree compared":        `let t = reduce(1..60, [#acc, #acc], 1); t == t`,
		"in over objects":               `let a = map(1..1000, {"k": #, "v": [#, #]}); all(a, # in a)`,
		"equality over lists":           `let a = map(1..1000, 1..9); all(a, # == a[999])`,
		"equality of large lists":       `let a = 1..9999; all(1..9999, a == a)`,
		"uniq of lists":                 `uniq(map(1..5000, [#]))`,
		"sort in a loop":                `map(1..500, sort(1..9999))`,
		"sortBy of long texts":          `sortBy(map(1..5000, repeat("a", 200)), #)`,
		"groupBy of lists":              `groupBy(map(1..5000, [#]), #)`,
		"fromJSON in a loop":            `let s = toJSON(1..3000); map(1..3000, fromJSON(s))`,
		"fromJSON nested":               `fromJSON(repeat("[", 60000))`,
		"fromJSON nested, closed":       `string(fromJSON(repeat("[", 5000) + repeat("]", 5000)))`,
		"toJSON in a loop":              `let a = 1..3000; map(1..3000, toJSON(a))`,
		"sha256 in a loop":              `let s = repeat("a", 60000); map(1..9999, sha256(s))`,
		"sha256 of itself":              `reduce(1..9999, sha256(#acc), "a")`,
		"upper in a loop":               `let s = repeat("ɐ", 30000); map(1..9999, upper(s))`,
		"base64 that grows":             `reduce(1..99, toBase64(#acc), "aaaaaaaa")`,
		"refang in a loop":              `map(1..9999, refang("hxxp"))`,
		"defang in a loop":              `let s = repeat(".", 20000); map(1..9999, defang(s))`,
		"ioc_type in a loop":            `let s = repeat("a.", 2000); map(1..9999, ioc_type(s))`,
		"regex over a long text":        `let s = repeat("a", 60000); any(1..9999, s matches "(a*)*b")`,
		"regex, many states":            `repeat("ab", 30000) matches "(a?b?){200}(a|b){200}c"`,
		"regex, nested repetition":      `"a" matches "((a{1,30}){1,30}){1,30}"`,
		"regex, large classes":          `repeat("é", 30000) matches "[\\pL\\pN]{150}x"`,
		"regex, case-folded":            `repeat("K", 60000) matches "(?i)(k|ſ|s){100}z"`,
		"regex, computed patterns":      `map(1..9999, "x" matches ("[\\pL]{100}" + string(#)))`,
		"regex, computed and large":     `"x" matches repeat("(a|b)", 100)`,
		"regex, too long":               `"x" matches repeat("a", 60000)`,
		"regex_find over a long text":   `map(1..99, regex_find(repeat("ab", 30000), "(a?b?)*$", 1))`,
		"split in a loop":               `let s = repeat("a,", 20000); map(1..9999, split(s, ","))`,
		"split into characters":         `map(1..99, split(repeat("a", 60000), ""))`,
		"slices of a text":              `let s = repeat("é", 30000); map(1..9999, s[1:29999])`,
		"characters of a text":          `let s = repeat("é", 30000); map(1..9999, s[29999])`,
		"length of a text":              `let s = repeat("é", 30000); map(1..9999, len(s))`,
		"concatenation in a loop":       `let s = repeat("a", 60000); map(1..9999, s + "b")`,
		"contains in a loop":            `let s = repeat("a", 60000); map(1..9999, s contains "aaaaaaaaaaaab")`,
		"comparison in a loop":          `let s = repeat("a", 60000); let t = s + ""; map(1..9999, s < t)`,
		"equality in a loop":            `let s = repeat("a", 60000); let t = s + ""; map(1..9999, s == t)`,
		"lastIndexOf in a loop":         `let s = repeat("a", 60000); map(1..9999, lastIndexOf(s, "ba"))`,
		"trim of a long text":           `let s = repeat("a", 60000); map(1..9999, trim(s, "a"))`,
		"cidr list in a loop":           `let n = map(1..9999, "10.0.0.0/8"); all(n, !cidr_contains(n, "1.1.1.1"))`,
		"comparisons doubled":           nestedComparison,
		"elvis doubled":                 nestedElvis,
		"a deep tree":                   strings.Repeat("(", 2000) + "1" + strings.Repeat(")", 2000),
		"many negations":                strings.Repeat("!", 4000) + "true",
		"many minuses":                  strings.Repeat("-", 450) + "1",
		"a long sum":                    strings.Repeat("1+", 2000) + "1",
		"a deep list":                   strings.Repeat("[", 2000) + strings.Repeat("]", 2000),
		"a long expression":             `"` + strings.Repeat("a", 100_000) + `"`,
		"many functions":                strings.Repeat("len(", 400) + `"a"` + strings.Repeat(")", 400),
		"pipes":                         "1..9" + strings.Repeat(" | map(#)", 130),
		"pipes that grow":               "[1]" + strings.Repeat(" | concat([1],[1])", 60) + strings.Repeat(" | map([#,#])", 20),
		"power":                         `9 ** 9 ** 9 ** 9`,
		"quoting a large value":         `reduce(1..13, [#acc, #acc], 1) + 1`,
		"a map of everything":           `map(map(map(1..100, 1..100), map(#, 1..100)), string(#))`,
		"a mean of lists":               `map(1..9999, mean(1..9999))`,
		"median in a loop":              `map(1..9999, median(1..9999))`,
		"max in a loop":                 `map(1..9999, max(1..9999))`,
		"keys in a loop":                `let o = fromPairs(map(1..3000, [string(#), #])); map(1..3000, keys(o))`,
		"objects compared in a loop":    `let o = fromPairs(map(1..3000, [string(#), #])); map(1..3000, o == o)`,
		"reverse in a loop":             `let a = 1..9999; map(1..9999, reverse(a))`,
		"long keys in a loop":           `let s = repeat("a", 60000); let o = {"a": 1}; map(1..9999, o[s])`,
		"long keys looked for":          `let s = repeat("a", 60000); let o = {"a": 1}; map(1..9999, s in o)`,
		"long keys made":                `let s = repeat("a", 60000); fromPairs(map(1..9999, [s, 1]))`,
		"long texts made unique":        `let s = repeat("a", 60000); uniq(map(1..9999, s))`,
		"long texts grouped":            `let s = repeat("a", 60000); groupBy(1..9999, s)`,
		"times read in a loop":          `map(1..9999, "2026-01-01" < now())`,
		"no times read in a loop":       `map(1..9999, "xxxx-xx-xxTxx:xx:xx" == now())`,
		"dates read in a loop":          `map(1..9999, parse_time("2026-01-01"))`,
		"times written in a loop":       `map(1..9999, now().Format("Monday, 02-Jan-06 15:04:05.000000000 MST -07:00:00"))`,
		"small JSON in a loop":          `map(1..9999, fromJSON("1"))`,
		"small JSON written in a loop":  `map(1..9999, toJSON(#))`,
		"small base64 in a loop":        `map(1..9999, base64_decode("aaaa"))`,
		"objects made in a loop":        `map(1..9999, {{"a": #, "b": #, "c": #, "d": #, "e": #, "f": #, "g": #, "h": #, "i": #}})`,
		"durations in a loop":           `map(1..9999, duration("1d23h59m59s999ms999us999ns"))`,
		"small patterns in a loop":      `map(1..9999, regex_find("pid=42 x", "(p)(i)(d)(=)(\d+)", 5))`,
		"backtracking up to the budget": `repeat("ab", 380) matches "(a?b?){100}c"`,
		"states up to the budget":       `repeat("ab", 1400) matches "^(a|b|ab|ba)*(a|b|ab|ba)*[^ab]$"`,
		"folding up to the budget":      `repeat("kK", 1400) matches "(?i)(k|ſ|s|[^x]){20}z"`,
		"the event in a loop":           `map(1..9999, string(event))`,
	}
}

func TestHostileExpressionsEndSoon(t *testing.T) {
	t.Parallel()
	for name, expression := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			evaluator := playbooks.NewEvaluator(playbooks.DefaultBudget())
			_, err := evaluator.Value(expression, testEnv())
			if err != nil {
				require.Equal(t, fault.Invalid, fault.KindOf(err))
				require.NotContains(t, err.Error(), "runtime error")
				require.Less(t, len(err.Error()), 4000)
			}
			_, again := playbooks.NewEvaluator(playbooks.DefaultBudget()).Value(expression, testEnv())
			require.Equal(t, err, again, "the same on every machine")
		})
	}
}

func BenchmarkUsualExpression(b *testing.B) {
	for name, expression := range map[string]string{
		"condition": `event.score >= 0.8 && event.host.os == "windows"`,
		"steps":     `steps.verdict.score >= inputs.threshold || steps.ask.approved`,
		"rows":      `any(event.sample, .CommandLine matches "(?i)-enc\\s")`,
		"filter":    `len(filter(event.sample, .Pid > 3 and .Name endsWith ".exe")) > 1`,
		"text":      `lower(event.host.hostname) + "-" + string(host_id)`,
	} {
		b.Run(name, func(b *testing.B) {
			evaluator := playbooks.NewEvaluator(playbooks.DefaultBudget())
			env := testEnv()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := evaluator.Value(expression, env); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/with compiling", func(b *testing.B) {
			env := testEnv()
			for b.Loop() {
				if _, err := playbooks.NewEvaluator(playbooks.DefaultBudget()).Value(expression, env); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
