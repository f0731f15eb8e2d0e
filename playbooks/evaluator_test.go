package playbooks_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

func testEnv() playbooks.Env {
	return playbooks.Env{
		Now:    time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Inputs: map[string]any{"host_id": float64(7), "threshold": 0.9, "big": json.Number("9007199254740993")},
		Event: map[string]any{
			"id": "ev-1", "type": "host.ingested", "score": 0.95, "rows": float64(3),
			"host": map[string]any{"id": float64(7), "hostname": "wks-7", "os": "windows", "labels": []any{"vip", "lab"}},
			"sample": []any{
				map[string]any{"Name": "cmd.exe", "Pid": float64(4), "CommandLine": "cmd /c whoami"},
				map[string]any{"Name": "powershell.exe", "Pid": float64(9), "CommandLine": "powershell -enc SQBFAFgA"},
				map[string]any{"Name": "svchost.exe", "Pid": float64(2), "CommandLine": "svchost -k x"},
			},
			"seen": "2026-02-28T12:00:00Z", "nothing": nil,
		},
		Steps: map[string]any{
			"verdict": map[string]any{"skipped": false, "score": 0.97, "hostname": "wks-7"},
			"ask":     map[string]any{"skipped": true, "approved": false},
		},
		Vars:   map[string]any{"prefix": "IR-", "count": int64(3)},
		Tenant: map[string]any{"id": 1, "name": "acme"},
	}
}

// valueTest is an expression over testEnv with its value.
type valueTest struct {
	expression string
	want       any
}

func valueTests() []valueTest {
	return []valueTest{
		{`event.score >= 0.8 && event.host.os == "windows"`, true},
		{`host_id == 7`, true},
		{`host_id`, 7.0},
		{`inputs.big`, 9007199254740993},
		{`score`, 0.95},
		{`steps.ask.approved`, false},
		{`steps.verdict.score >= inputs.threshold || steps.ask.approved`, true},
		{`len(filter(event.sample, .Pid > 3))`, 2},
		{`map(event.sample, .Name)`, []any{"cmd.exe", "powershell.exe", "svchost.exe"}},
		{`any(event.sample, .CommandLine matches "(?i)-enc\\s")`, true},
		{`sortBy(event.sample, .Pid)[0].Name`, "svchost.exe"},
		{`sortBy(event.sample, .Pid, "desc")[0]["Name"]`, "powershell.exe"},
		{`groupBy(event.sample, .Pid > 3)["true"] | map(.Pid)`, []any{4.0, 9.0}},
		{`sum(event.sample, .Pid)`, 15.0},
		{`sum([1, 2, 3])`, 6},
		{`count([true, false, true])`, 2},
		{`reduce(1..4, #acc + #, 0)`, 10},
		{`find(event.sample, .Pid == 9).Name`, "powershell.exe"},
		{`findIndex(event.sample, .Pid == 2)`, 2},
		{`findLast(event.sample, .Pid > 3).Pid`, 9.0},
		{`[1, findLastIndex(event.sample, .Pid > 3)]`, []any{1, 1}},
		{`findLast(event.sample, .Pid > 30)`, nil},
		{`one(event.sample, .Pid == 2)`, true},
		{`none(event.sample, .Pid == 1)`, true},
		{`all(event.sample, .Pid > 1)`, true},
		{`map(event.sample, #index)`, []any{0, 1, 2}},
		{`"vip" in event.host.labels`, true},
		{`"x" not in event.host.labels`, true},
		{`"os" in event.host`, true},
		{`event.host.labels == ["vip", "lab"]`, true},
		{`event.nothing ?? "gone"`, "gone"},
		{`event.nothing?.deep.deeper`, nil},
		{`absent ?? 1`, 1},
		{`default(absent.deep, "x")`, "x"},
		{`default(event.host.os, "x")`, "windows"},
		{`get(event.host, "nope")`, nil},
		{`1 < 2 < 3`, true},
		{`event.rows > 2 ? "many" : "few"`, "many"},
		{`if event.rows > 2 { "many" } else { "few" }`, "many"},
		{`let a = 2; a * a + 0.5`, 4.5},
		{`7 / 2`, 3.5},
		{`7 % 4`, 3},
		{`2 ** 10`, 1024.0},
		{`-event.rows`, -3.0},
		{`{"a": 1, b: event.rows}`, map[string]any{"a": 1, "b": 3.0}},
		{`keys({"b": 1, "a": 2})`, []any{"a", "b"}},
		{`values({"b": 1, "a": 2})`, []any{2, 1}},
		{`toPairs({"b": 1, "a": 2})`, []any{[]any{"a", 2}, []any{"b", 1}}},
		{`fromPairs([["a", 1]])`, map[string]any{"a": 1}},
		{`get("héllo", 1) + "héllo"[1:3]`, "éél"},
		{`len("héllo")`, 5},
		{`indexOf("héllo", "l")`, 2},
		{`upper("abc") | trimPrefix("A")`, "BC"},
		{`split("a,b,c", ",")`, []any{"a", "b", "c"}},
		{`join(["a", 1, true], "-")`, "a-1-true"},
		{`replace("aXbX", "X", "--")`, "a--b--"},
		{`repeat("ab", 3)`, "ababab"},
		{`string([1, {"b": 2, "a": nil}])`, `[1,{"a":null,"b":2}]`},
		{`string(7.0) + string(0.25)`, "70.25"},
		{`fromJSON("{\"a\": [1, 2.5]}").a`, []any{1, 2.5}},
		{`toJSON({"b": 1, "a": "x"})`, `{"a":"x","b":1}`},
		{`int("42") + int(3.9)`, 45},
		{`float("1.5")`, 1.5},
		{`max(1, 5, 3) + min([4, 2])`, 7},
		{`mean([1, 2, 3])`, 2.0},
		{`median([3, 1, 2, 10])`, 2.5},
		{`uniq([1, 1.0, "a", "a", [1], [1]])`, []any{1, "a", []any{1}}},
		{`flatten([1, [2, [3]]])`, []any{1, 2, 3}},
		{`concat([1], [2, 3])`, []any{1, 2, 3}},
		{`reverse(sort([3, 1, 2]))`, []any{3, 2, 1}},
		{`sort(["b", "a"], "desc")`, []any{"b", "a"}},
		{`first(event.sample).Pid + last(event.sample).Pid`, 6.0},
		{`take([1, 2, 3], 2)`, []any{1, 2}},
		{`now()`, "2026-03-01T12:00:00Z"},
		{`ago("1d")`, "2026-02-28T12:00:00Z"},
		{`event.seen < ago("12h")`, true},
		{`event.seen == ago("24h")`, true},
		{`now() - parse_time(event.seen) == duration("24h")`, true},
		{`(now() - parse_time(event.seen)).Hours()`, 24.0},
		{`now().Year() + now().Month()`, 2029},
		{`now().Format("2006-01-02")`, "2026-03-01"},
		{`parse_time(1700000000)`, "2023-11-14T22:13:20Z"},
		{`parse_time("01.02.2026", "02.01.2006")`, "2026-02-01T00:00:00Z"},
		{`cidr_contains("10.0.0.0/8", "10.1.2.3")`, true},
		{`cidr_contains(["192.168.0.0/16", "fe80::/10"], "fe80::1")`, true},
		{`cidr_contains("10.0.0.0/8", "junk")`, false},
		{`is_private_ip("192.168.1.1") && !is_private_ip("8.8.8.8")`, true},
		{
			`map(["44d88612fea8a8f36de82e1278abb02f", "1.2.3[.]4", "hxxps://evil[.]example/x", "a@b.example", "evil.example", "C:\\x\\y.exe", "HKLM\\Software\\X", "what"], ioc_type(#))`,
			[]any{"hash", "ip", "url", "email", "domain", "file", "registry", "other"},
		},
		{`defang("https://evil.example/x")`, "hxxps://evil[.]example/x"},
		{`refang("hxxps[:]//evil[.]example")`, "https://evil.example"},
		{`regex_find("pid=42 x", "pid=(\\d+)", 1)`, "42"},
		{`regex_find("pid=42 x", "pid=(?P<pid>\\d+)", "pid")`, "42"},
		{`regex_find("abc", "x")`, nil},
		{`base64_decode("SQBFAFgA")`, "IEX"},
		{`base64_decode("aGVsbG8")`, "hello"},
		{`toBase64("hello")`, "aGVsbG8="},
		{`sha256("abc")`, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{`type(now()) + type(nil) + type(1.5) + type({})`, "timenilfloatmap"},
		{`vars.count + 1`, 4},
	}
}

func usualExpressions() []string {
	var out []string
	for _, test := range valueTests() {
		out = append(out, test.expression)
	}
	return out
}

func TestValue(t *testing.T) {
	t.Parallel()
	for _, test := range valueTests() {
		t.Run(test.expression, func(t *testing.T) {
			t.Parallel()
			got, err := playbooks.NewEvaluator(playbooks.DefaultBudget()).Value(test.expression, testEnv())
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

func TestExpressionsThatFailSayWhy(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		`hostid == 7`:                      "hostid is missing (line 1, column 1",
		`steps.nope.x`:                     "steps.nope is missing",
		`vars.nope`:                        "vars.nope is missing",
		`inputs.nope`:                      "inputs.nope is missing",
		`event.nothing.deep == 1`:          "event.nothing is nothing, so it has no deep",
		`failure.step`:                     "failure is nothing here",
		`event.host.os < 5`:                `can't compare "windows" < 5: a text and a number`,
		`event.score && true`:              "must be true or false, but 0.95 is a number",
		`event.host.os`:                    "",
		`event.host + 1`:                   "can't compute",
		`1 / 0`:                            "division by zero",
		`9223372036854775807 + 1`:          "too large a number",
		`event.sample[9]`:                  "event.sample has no [9]: its length is 3",
		`event.host.os.deep`:               "event.host.os is a list or a text of 7: it has no deep",
		`filter(event.host, true)`:         "needs a list",
		`nope(1)`:                          "there is no function nope",
		`uper("x")`:                        "did you mean upper?",
		`len()`:                            "len takes 1 argument, not 0",
		`$env`:                             "there is no name $env",
		`$env.budget`:                      "there is no name $env",
		`$path(1)`:                         "there is no function $path",
		`let $m = 1; $m`:                   "can't begin with $",
		`let event = 1; event`:             "the name event is taken",
		`now().Local()`:                    "a time has no method Local",
		`now().In("x")`:                    "a time has no method In",
		`timezone("Local")`:                "there is no function timezone",
		`event.host.os.ToUpper()`:          "a text has no method",
		`#`:                                "",
		`"a" matches "("`:                  "is not a regular expression",
		`"a" in "abc"`:                     "write: text contains part",
		`${event.score}`:                   "write it without ${ }",
		`event.score >`:                    "unexpected token",
		``:                                 "the expression is empty",
		`b"x"`:                             "not part of the language",
		`sortBy(event.sample, .Pid, "up")`: `the order is "asc" or "desc"`,
		`reduce([], #acc + #)`:             "reduce of empty array",
		`map(event.sample, #nope)`:         "there is no #nope",
		`event[event.host]`:                "its keys are texts",
		`now() + "1h"`:                     "can't compute",
		"event.score > 1 or\n  nope == 1":  "nope is missing (line 2, column 3 of the expression); event.score = 0.95",
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			_, err := playbooks.NewEvaluator(playbooks.DefaultBudget()).Bool(expression, testEnv())
			require.Error(t, err)
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			require.Contains(t, err.Error(), want)
			require.NotContains(t, err.Error(), "goroutine")
			require.Less(t, len(err.Error()), 3000)
		})
	}
}

// TestTypeCheckAgreesWithEvaluation shows that what evaluates is not refused before the run.
func TestTypeCheckAgreesWithEvaluation(t *testing.T) {
	t.Parallel()
	for _, expression := range usualExpressions() {
		source, err := json.Marshal(map[string]any{
			"name": "x", "trigger_type": "event", "vars": map[string]any{"prefix": 1, "count": 2},
			"actions": []any{
				map[string]any{"id": "verdict", "type": "score_host"},
				map[string]any{"id": "ask", "type": "score_host"},
				map[string]any{"type": "stop", "params": map[string]any{"message": "${" + expression + "}x"}},
			},
		})
		require.NoError(t, err)
		catalog, err := playbooks.NewCatalog([]playbooks.ActionSpec{spec("score_host", playbooks.EffectNone, `{"type":"object"}`,
			`{"type":"object","properties":{"score":{"type":"number"},"hostname":{"type":"string"},"approved":{"type":"boolean"}}}`)})
		require.NoError(t, err)
		for _, d := range playbooks.Validate(source, playbooks.CompileOptions{Catalog: catalog}) {
			require.NotEqual(t, playbooks.SeverityError, d.Severity, "%s: %s", expression, d.Message)
		}
	}
}
