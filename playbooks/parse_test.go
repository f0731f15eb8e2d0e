package playbooks_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

const fullYAML = `name: Contain
description: Looks and tells.
trigger:
  type: event
  event: [threat.scored, "host.*"]
  when: default(event.score, 0.0) >= 0.8
inputs:
  host_id: {type: host, required: true, default: "${event.host_id}"}
  threshold: {type: number, default: 0.9, min: 0, max: 1}
vars: {prefix: "IR-"}
timeout: 24h
actions:
  - id: case
    name: Open it
    type: create_case
    if: inputs.threshold > 0.5
    params: {title: "${vars.prefix}${host_id}", severity: high, host_id: "${host_id}"}
    timeout: 1m30s
    retry: {max_attempts: 4, initial_interval: 5s, backoff: 2, max_interval: 5m}
    on_error: continue
  - type: send_notification
    params: {message: "Case ${steps.case.id}", to: [ann]}
  - type: send_notification
    params: {message: again}
  - type: set
    params: {vars: {prefix: "${steps.case.title}"}}
  - type: stop
    if: steps.case.failed
    params: {status: failed, message: "no case: ${steps.case.error}"}
on_failure:
  - type: send_notification
    params: {message: "failed at ${failure.step}: ${failure.message}"}
`

const fullJSON = `{"name":"Contain","description":"Looks and tells.","trigger":{"type":"event-based",
"event":["threat.scored","host.*"],"when":"default(event.score, 0.0) >= 0.8"},"trigger_type":"event",
"inputs":{"host_id":{"type":"host","required":true,"default":"${event.host_id}"},
"threshold":{"type":"number","default":0.9,"min":0,"max":1}},"vars":{"prefix":"IR-"},"timeout":"1d",
"actions":[{"id":"case","name":"Open it","type":"create_case","if":"inputs.threshold > 0.5","params":{"title":
"${vars.prefix}${host_id}","severity":"high","host_id":"${host_id}"},"timeout":"90s","retry":{"max_attempts":4,
"initial_interval":"5s","backoff":2,"max_interval":"5m"},"on_error":"continue"},
{"type":"send_notification","params":{"message":"Case ${steps.case.id}","to":["ann"]}},
{"type":"send_notification","params":{"message":"again"}},
{"type":"set","params":{"vars":{"prefix":"${steps.case.title}"}}},
{"type":"stop","if":"steps.case.failed","params":{"status":"failed","message":"no case: ${steps.case.error}"}}],
"on_failure":[{"type":"send_notification","params":{"message":"failed at ${failure.step}: ${failure.message}"}}]}`

const shortForm = `{"name": "Isolate high-risk host", "trigger_type": "event",
 "actions": [{"type": "send_notification", "params": {"message": "High risk detected"}},
             {"type": "isolate_host", "params": {"host_id": "${host_id}"}},
             {"type": "create_case", "params": {"title": "Auto-generated case"}}]}`

func TestYAMLAndJSONAreOneDocument(t *testing.T) {
	t.Parallel()
	fromYAML, err := playbooks.Parse([]byte(fullYAML))
	require.NoError(t, err)
	fromJSON, err := playbooks.Parse([]byte(fullJSON))
	require.NoError(t, err)
	a, err := fromYAML.JSON()
	require.NoError(t, err)
	b, err := fromJSON.JSON()
	require.NoError(t, err)
	require.Equal(t, string(a), string(b))
	again, err := playbooks.Parse(a)
	require.NoError(t, err)
	c, err := again.JSON()
	require.NoError(t, err)
	require.Equal(t, string(a), string(c))

	require.Equal(t, "Contain", fromYAML.Name)
	require.Equal(t, playbooks.Trigger{
		Type: playbooks.TriggerEvent, Events: []string{"threat.scored", "host.*"}, When: "default(event.score, 0.0) >= 0.8",
	}, fromYAML.Trigger)
	require.Equal(t, 24*time.Hour, fromYAML.Timeout)
	require.Equal(t, "host_id", fromYAML.Inputs[0].Name)
	require.Equal(t, 90*time.Second, fromYAML.Actions[0].Timeout)
	require.Equal(t, playbooks.OnErrorContinue, fromYAML.Actions[0].OnError)
	require.Equal(t, 4, fromYAML.Actions[0].Retry.MaxAttempts)
}

func TestShortForm(t *testing.T) {
	t.Parallel()
	doc, err := playbooks.Parse([]byte(shortForm))
	require.NoError(t, err)
	require.Equal(t, playbooks.TriggerEvent, doc.Trigger.Type)
	require.Len(t, doc.Actions, 3)
	require.Equal(t, map[string]any{"host_id": "${host_id}"}, doc.Actions[1].Params)
	for spelling, want := range map[string]playbooks.TriggerType{
		"manual": playbooks.TriggerManual, "event": playbooks.TriggerEvent, "event-based": playbooks.TriggerEvent,
	} {
		doc, err := playbooks.Parse([]byte(strings.Replace(shortForm, `"event"`, `"`+spelling+`"`, 1)))
		require.NoError(t, err)
		require.Equal(t, want, doc.Trigger.Type)
	}
}

// badDocuments lists sources that are refused, with the kind, the location and a part of the message.
func badDocuments() map[string]struct {
	source, location, message string
	kind                      fault.Kind
} {
	type bad = struct {
		source, location, message string
		kind                      fault.Kind
	}
	step := "\nactions:\n  - type: create_case\n    params: {title: x}\n"
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
	return map[string]bad{
		"empty":                     {" \n", "", "empty", fault.Malformed},
		"NUL":                       {"name: x\x00" + step, "", "line 1, column 8: a NUL", fault.Malformed},
		"NUL escaped in YAML":       {`name: "x\0"` + step, "name", "line 1, column 7: a NUL", fault.Malformed},
		"NUL escaped in JSON":       {`{"name": "x\u0000"}`, "name", "line 1, column 10: a NUL", fault.Malformed},
		"not UTF-8":                 {"name: x\n# \xff" + step, "", "line 2, column 3: this is not UTF-8", fault.Malformed},
		"too large":                 {"name: x\n#" + strings.Repeat("x", 256<<10) + step, "", "the limit is 262144", fault.Invalid},
		"bad JSON":                  {`{"name": "x",}`, "", "line 1, column 14: this is not JSON", fault.Malformed},
		"two JSON documents":        {`{"name": "x"} {}`, "", "this is not JSON", fault.Malformed},
		"bad YAML":                  {"name: x\n  y: z: w\n", "", "this is not YAML", fault.Malformed},
		"two YAML documents":        {"name: x" + step + "---\nname: y\n", "", "a second begins", fault.Malformed},
		"a list":                    {"- a\n- b\n", "", "must be an object, not a list", fault.Invalid},
		"duplicate in YAML":         {"name: x\nname: y" + step, "name", "line 2, column 1: the field is there twice; the first is on line 1", fault.Malformed},
		"duplicate in JSON":         {"{\"name\": \"x\",\n \"vars\": {\"a\": 1, \"a\": 2}}", "vars.a", "line 2, column 19", fault.Malformed},
		"alias":                     {"name: &n x\ndescription: *n" + step, "name", "anchors and aliases", fault.Invalid},
		"alias bomb":                {bomb + "name: x" + step, "a", "anchors and aliases", fault.Invalid},
		"tag":                       {"name: !!binary aGk=" + step, "name", "the tag", fault.Invalid},
		"own tag":                   {"name: !x y" + step, "name", "the tag", fault.Invalid},
		"merge":                     {"name: x\n<<: {description: y}" + step, "", "the name of a field is a text", fault.Invalid},
		"infinite":                  {"name: x\nvars: {a: .inf}" + step, "vars.a", "not a finite number", fault.Invalid},
		"number as name":            {"name: x\n5: y" + step, "", "the name of a field is a text", fault.Invalid},
		"nested":                    {`{"name":"x","vars":{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}}`, "vars.a", "nested more than 32", fault.Invalid},
		"nested very deeply":        {`{"a":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`, "", "", fault.Malformed},
		"no name":                   {"description: x" + step, "", "the field name is missing", fault.Invalid},
		"no actions":                {"name: x\n", "", "needs at least one step", fault.Invalid},
		"actions null":              {"name: x\nactions:\n", "", "needs at least one step", fault.Invalid},
		"actions an object":         {"name: x\nactions: {type: create_case}\n", "actions", "must be a list of steps, not an object", fault.Invalid},
		"unknown field":             {"name: x\ndescriptio: y" + step, "descriptio", "did you mean description?", fault.Invalid},
		"unknown field of a step":   {"name: x\nactions:\n  - type: create_case\n    parms: {}\n", "actions[0].parms", "line 4, column 5: unknown field \"parms\"; did you mean params?", fault.Invalid},
		"no type":                   {"name: x\nactions:\n  - params: {}\n", "actions[0]", "the field type is missing", fault.Invalid},
		"wrong type":                {"name: 5" + step, "name", "must be a text, not a number", fault.Invalid},
		"params a list":             {"name: x\nactions:\n  - {type: create_case, params: []}\n", "actions[0].params", "must be an object, not a list", fault.Invalid},
		"bad id":                    {"name: x\nactions:\n  - {type: create_case, id: a-b}\n", "actions[0].id", "letters, digits and _", fault.Invalid},
		"reserved id":               {"name: x\nactions:\n  - {type: create_case, id: steps}\n", "actions[0].id", "the language's own words", fault.Invalid},
		"bad duration":              {"name: x\ntimeout: 5 minutes" + step, "timeout", "a duration is written like", fault.Invalid},
		"duration a number":         {"name: x\ntimeout: 5" + step, "timeout", "must be a duration", fault.Invalid},
		"duration too long":         {"name: x\ntimeout: 1000d" + step, "timeout", "must be between 1s and 90d", fault.Invalid},
		"attempts":                  {"name: x\nactions:\n  - {type: create_case, retry: {max_attempts: 1000}}\n", "actions[0].retry.max_attempts", "between 1 and 20", fault.Invalid},
		"attempts broken":           {"name: x\nactions:\n  - {type: create_case, retry: {max_attempts: 1.5}}\n", "actions[0].retry.max_attempts", "whole number", fault.Invalid},
		"on_error":                  {"name: x\nactions:\n  - {type: create_case, on_error: ignore}\n", "actions[0].on_error", "must be fail or continue", fault.Invalid},
		"compensate":                {"name: x\nactions:\n  - {type: create_case, on_error: compensate}\n", "actions[0].on_error", "not part of the language yet", fault.Invalid},
		"for_each":                  {"name: x\nactions:\n  - for_each: steps.a.rows\n    as: p\n    actions: []\n", "actions[0].for_each", "for_each is not part of the language yet", fault.Invalid},
		"if then else":              {"name: x\nactions:\n  - if: \"true\"\n    then: []\n", "actions[0].then", "then is not part of the language yet", fault.Invalid},
		"depends_on":                {"name: x\nactions:\n  - {type: create_case, depends_on: [a]}\n", "actions[0].depends_on", "depends_on is not part of the language yet", fault.Invalid},
		"undo":                      {"name: x\nactions:\n  - {type: create_case, undo: {type: a}}\n", "actions[0].undo", "undo is not part", fault.Invalid},
		"concurrency":               {"name: x\nconcurrency: {key: a}" + step, "concurrency", "concurrency is not part of the language yet", fault.Invalid},
		"tests":                     {"name: x\ntests: []" + step, "tests", "tests is not part of the language yet", fault.Invalid},
		"schedule":                  {"name: x\ntrigger: {type: schedule, cron: \"0 6 * * *\"}" + step, "trigger.type", "the trigger schedule is not part of the language yet", fault.Invalid},
		"scheduled":                 {"name: x\ntrigger_type: scheduled" + step, "trigger_type", "not part of the language yet", fault.Invalid},
		"trigger types differ":      {"name: x\ntrigger_type: manual\ntrigger: {type: event}" + step, "trigger.type", "must agree", fault.Invalid},
		"event of a manual trigger": {"name: x\ntrigger: {type: manual, event: host.created}" + step, "trigger", "belong to a trigger of type event", fault.Invalid},
		"events empty":              {"name: x\ntrigger: {type: event, event: []}" + step, "trigger.event", "1 to 20", fault.Invalid},
		"input without type":        {"name: x\ninputs: {a: {}}" + step, "inputs.a", "the field type is missing", fault.Invalid},
		"input of unknown type":     {"name: x\ninputs: {a: {type: text}}" + step, "inputs.a.type", "must be one of string", fault.Invalid},
		"input with a bad name":     {"name: x\ninputs: {event: {type: string}}" + step, "inputs.event", "the language's own words", fault.Invalid},
		"default of wrong type":     {"name: x\ninputs: {a: {type: number, default: x}}" + step, "inputs.a.default", "must be a number", fault.Invalid},
		"default out of bounds":     {"name: x\ninputs: {a: {type: number, default: 5, max: 3}}" + step, "inputs.a.default", "at most 3", fault.Invalid},
		"default not in enum":       {"name: x\ninputs: {a: {type: string, default: c, enum: [a, b]}}" + step, "inputs.a.default", "one of", fault.Invalid},
		"enum of wrong type":        {"name: x\ninputs: {a: {type: string, enum: [a, 5]}}" + step, "inputs.a.enum[1]", "must be a string", fault.Invalid},
		"bounds of a boolean":       {"name: x\ninputs: {a: {type: boolean, min: 1}}" + step, "inputs.a", "no min and max", fault.Invalid},
		"a long field name":         {"name: x\nvars: {" + strings.Repeat("a", 300) + ": 1}" + step, "vars", "longer than 200 bytes", fault.Invalid},
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, bad := range badDocuments() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := playbooks.Parse([]byte(bad.source))
			require.Error(t, err)
			require.Equal(t, bad.kind, fault.KindOf(err), err.Error())
			fields := faultOf(t, err).Fields
			require.NotEmpty(t, fields)
			for _, field := range fields {
				if (field.Location == bad.location || (name == "nested" && strings.HasPrefix(field.Location, bad.location))) && strings.Contains(field.Message, bad.message) {
					require.Regexp(t, `^line \d+, column \d+: `, field.Message)
					return
				}
			}
			require.Failf(t, "not said", "%q at %q in %+v", bad.message, bad.location, fields)
		})
	}
}

func TestParseTellsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	_, err := playbooks.Parse([]byte("nam: x\nactions:\n  - tipe: a\n  - type: b\n    timeout: x\n"))
	require.Error(t, err)
	require.Len(t, faultOf(t, err).Fields, 5)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(fullYAML))
	f.Add([]byte(fullJSON))
	f.Add([]byte(shortForm))
	files, err := filepath.Glob("library/*.yaml")
	require.NoError(f, err)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(source)
	}
	options := playbooks.CompileOptions{Catalog: testCatalog(f)}
	f.Fuzz(func(t *testing.T, source []byte) {
		doc, err := playbooks.Parse(source)
		diagnostics := playbooks.Validate(source, options)
		if err != nil {
			require.NotEmpty(t, diagnostics)
			require.NotEqual(t, fault.Internal, fault.KindOf(err))
			return
		}
		canonical, err := doc.JSON()
		require.NoError(t, err)
		again, err := playbooks.Parse(canonical)
		require.NoError(t, err, string(canonical))
		second, err := again.JSON()
		require.NoError(t, err)
		require.Equal(t, string(canonical), string(second))
		_, _, _ = playbooks.Compile(doc, options)
	})
}
