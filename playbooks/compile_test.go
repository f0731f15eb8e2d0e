package playbooks_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

func compileText(t *testing.T, source string) (*playbooks.Plan, []playbooks.Diagnostic, error) {
	t.Helper()
	doc, err := playbooks.Parse([]byte(source))
	require.NoError(t, err)
	return playbooks.Compile(doc, playbooks.CompileOptions{Catalog: testCatalog(t)})
}

func TestCompilePinsEverything(t *testing.T) {
	t.Parallel()
	plan, diagnostics, err := compileText(t, fullYAML)
	require.NoError(t, err)
	require.Empty(t, diagnostics)
	require.Equal(t, playbooks.PlanFormat, plan.Format)
	require.Equal(t, playbooks.DefaultBudget(), plan.Budget)
	require.Equal(t, 24*time.Hour, plan.Timeout)
	var keys []string
	for _, step := range append(plan.Steps, plan.OnFailure...) {
		keys = append(keys, step.Key)
	}
	require.Equal(t, []string{
		"case", "send_notification", "send_notification_2", "set", "stop", "on_failure/send_notification_3",
	}, keys)

	first := plan.Steps[0]
	require.Equal(t, playbooks.KindAction, first.Kind)
	require.Equal(t, playbooks.EffectDatabase, first.Effect)
	require.Equal(t, "user", first.Role)
	require.Equal(t, 90*time.Second, first.Timeout)
	require.Equal(t, playbooks.RetryPolicy{
		MaxAttempts: 4, InitialInterval: 5 * time.Second, Backoff: 2, MaxInterval: 5 * time.Minute,
	}, first.Retry)
	require.Equal(t, playbooks.OnErrorContinue, first.OnError)
	require.Equal(t, map[string]any{"id": 0, "title": "", "severity": "", "status": ""}, first.Zero)
	require.Equal(t, 30*time.Second, plan.Steps[1].Timeout, "the action's own")
	require.Equal(t, playbooks.KindSet, plan.Steps[3].Kind)
	require.Equal(t, map[string]any{"prefix": "${steps.case.title}"}, plan.Steps[3].Vars)
	require.Equal(t, playbooks.StopFailed, plan.Steps[4].Status)

	b, err := json.Marshal(plan)
	require.NoError(t, err)
	var back playbooks.Plan
	require.NoError(t, json.Unmarshal(b, &back))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	require.JSONEq(t, string(b), string(again))

	pending := plan.PendingSteps()
	require.Len(t, pending, 6)
	require.Equal(t, true, pending["case"].(map[string]any)["skipped"])
	require.Equal(t, "boom", first.Failed("boom")["error"])
	require.Equal(t, 7, first.Finished(map[string]any{"id": 7})["id"])
	require.Equal(t, false, first.Finished(nil)["skipped"])
}

func TestCompileComplains(t *testing.T) {
	t.Parallel()
	playbook := func(steps ...string) string {
		return "name: x\ntrigger: {type: event, event: host.ingested}\nvars: {v: 1}\n" +
			"inputs: {host_id: {type: host, required: true}, note: {type: string}}\nactions:\n  - " +
			strings.Join(steps, "\n  - ") + "\n"
	}
	message := func(text string) string { return "{type: send_notification, params: {message: '" + text + "'}}" }
	for name, test := range map[string]struct{ source, path, message string }{
		"unknown action":         {playbook("{type: creat_case}"), "actions[0].type", `there is no action "creat_case"; did you mean create_case?`},
		"action to come":         {playbook("{type: approval, params: {message: x}}"), "actions[0].type", "approval is not part of the language yet"},
		"missing parameter":      {playbook("{type: create_case}"), "actions[0].params.title", "is missing"},
		"unknown parameter":      {playbook("{type: create_case, params: {title: x, titel: y}}"), "actions[0].params.titel", "unknown field"},
		"parameter type":         {playbook("{type: create_case, params: {title: 5}}"), "actions[0].params.title", "must be of type string, not number"},
		"parameter enum":         {playbook("{type: create_case, params: {title: x, severity: huge}}"), "actions[0].params.severity", "must be one of"},
		"item type":              {playbook("{type: create_case, params: {title: x, tags: [a, 5]}}"), "actions[0].params.tags[1]", "must be of type string"},
		"text for an id":         {playbook("{type: create_case, params: {title: x, host_id: 'a${host_id}'}}"), "actions[0].params.host_id", "must be of type integer, not string"},
		"list for a text":        {playbook("{type: create_case, params: {title: '${event.sample}'}}"), "actions[0].params.title", "must be of type string, but the expression gives a value of type array"},
		"bad template":           {playbook(message("${host_id")), "actions[0].params.message", "is never closed"},
		"bad expression":         {playbook(message("${1 +}")), "actions[0].params.message", "unexpected token"},
		"unknown name":           {playbook(message("${hostid}")), "actions[0].params.message", "there is no name hostid; did you mean host_id?"},
		"bare event field":       {playbook(message("${rows}")), "actions[0].params.message", "there is no name rows"},
		"unknown input":          {playbook(message("${inputs.hostid}")), "actions[0].params.message", "inputs has no hostid; did you mean host_id?"},
		"unknown variable":       {playbook(message("${vars.w}")), "actions[0].params.message", "vars has no w"},
		"unknown event field":    {playbook(message("${event.hots.os}")), "actions[0].params.message", "event has no hots; did you mean host?"},
		"unknown host field":     {playbook(message("${event.host.oss}")), "actions[0].params.message", "event.host has no oss; did you mean os?"},
		"unknown step":           {playbook(message("${steps.nope.id}")), "actions[0].params.message", "there is no step nope before this one"},
		"later step":             {playbook(message("${steps.later.id}"), "{id: later, type: create_case, params: {title: x}}"), "actions[0].params.message", "the step later can't have run here"},
		"the step itself":        {playbook("{id: me, type: create_case, if: steps.me.skipped, params: {title: x}}"), "actions[0].if", "the step me can't have run here"},
		"unknown result field":   {playbook("{id: a, type: create_case, params: {title: x}}", message("${steps.a.number}")), "actions[1].params.message", "steps.a has no number"},
		"failure outside":        {playbook(message("${failure.message}")), "actions[0].params.message", "failure exists in on_failure only"},
		"secrets":                {playbook(message("${secrets.key}")), "actions[0].params.message", "secrets are not part of the language yet"},
		"condition of a number":  {playbook("{type: create_case, if: event.rows, params: {title: x}}"), "actions[0].if", "must be true or false"},
		"mismatched comparison":  {playbook("{type: create_case, if: 'event.rows > \"5\"', params: {title: x}}"), "actions[0].if", "mismatched types int and string"},
		"condition in a hole":    {playbook("{type: create_case, if: '${event.rows > 5}', params: {title: x}}"), "actions[0].if", "write it without ${ }"},
		"unknown function":       {playbook("{type: create_case, if: 'timezone(\"Local\") == 1', params: {title: x}}"), "actions[0].if", "there is no function timezone"},
		"duplicate id":           {playbook("{id: a, type: create_case, params: {title: x}}", "{id: a, type: create_case, params: {title: x}}"), "actions[1].id", "the id a is taken by actions[0]"},
		"unreachable":            {playbook("{type: stop}", message("x")), "actions[1]", "no step after a stop"},
		"stop status":            {playbook("{type: stop, params: {status: done}}"), "actions[0].params.status", "must be completed or failed"},
		"stop field":             {playbook("{type: stop, params: {reason: x}}"), "actions[0].params.reason", "unknown field"},
		"stop retry":             {playbook("{type: stop, retry: {max_attempts: 2}}"), "actions[0].retry", "nothing that could be tried again"},
		"set nothing":            {playbook("{type: set}"), "actions[0].params", "set needs vars"},
		"set undeclared":         {playbook("{type: set, params: {vars: {w: 1}}}"), "actions[0].params.vars.w", "there is no variable"},
		"template in a key":      {playbook("{type: send_webhook, params: {url: x, body: {'${host_id}': 1}}}"), "actions[0].params.body.${host_id}", "can't hold ${…}"},
		"regular expression":     {playbook("{type: create_case, if: 'inputs.note matches \"(\"', params: {title: x}}"), "actions[0].if", "is not a regular expression"},
		"unknown event":          {strings.Replace(playbook(message("x")), "host.ingested", "host.ingestet", 1), "trigger.event", "did you mean host.ingested?"},
		"when over inputs":       {strings.Replace(playbook(message("x")), "host.ingested", "host.ingested, when: inputs.host_id > 3", 1), "trigger.when", "there is no inputs here"},
		"default over inputs":    {strings.Replace(playbook(message("x")), "{type: string}", "{type: string, default: '${host_id}'}", 1), "inputs.note.default", "there is no name host_id"},
		"event, started by hand": {"name: x\nactions:\n  - " + message("${event.host_id}") + "\n", "actions[0].params.message", "there is no event here"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diagnostics, err := compileText(t, test.source)
			require.Error(t, err)
			require.True(t, fault.Is(err, fault.Invalid))
			for _, d := range diagnostics {
				if d.Path == test.path && strings.Contains(d.Message, test.message) {
					require.Positive(t, d.Line)
					require.Positive(t, d.Column)
					require.Equal(t, playbooks.SeverityError, d.Severity)
					return
				}
			}
			require.Failf(t, "not said", "%q at %q in %+v", test.message, test.path, diagnostics)
		})
	}
}

func TestCompileWarns(t *testing.T) {
	t.Parallel()
	_, diagnostics, err := compileText(t, `
name: x
trigger_type: event
inputs: {unused: {type: string}, used: {type: string, required: true, default: a}}
vars: {idle: 1}
actions:
  - {type: create_case, if: "false", params: {title: "${used}"}}
`)
	require.NoError(t, err)
	var said []string
	for _, d := range diagnostics {
		require.Equal(t, playbooks.SeverityWarning, d.Severity)
		said = append(said, fmt.Sprintf("%d %s", d.Line, d.Path))
	}
	require.ElementsMatch(t, []string{
		"3 trigger_type", "4 inputs.unused", "4 inputs.used", "5 vars.idle", "7 actions[0].if",
	}, said)
}

func TestShortFormCompiles(t *testing.T) {
	t.Parallel()
	catalog, err := playbooks.NewCatalog(append(testSpecs(), spec("isolate_host", playbooks.EffectOutside,
		`{"type":"object","required":["host_id"],"properties":{"host_id":{"type":"integer"}}}`, `{"type":"object"}`)))
	require.NoError(t, err)
	doc, err := playbooks.Parse([]byte(shortForm))
	require.NoError(t, err)
	plan, diagnostics, err := playbooks.Compile(doc, playbooks.CompileOptions{Catalog: catalog})
	require.NoError(t, err)
	require.Len(t, diagnostics, 1)
	require.Contains(t, diagnostics[0].Message, "only execute starts this playbook")

	evaluator := playbooks.NewEvaluator(plan.Budget)
	for _, env := range []playbooks.Env{
		{Event: map[string]any{"host_id": 7}}, {Inputs: map[string]any{"host_id": 7}},
	} {
		params, err := evaluator.Render(plan.Steps[1].Params, env)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"host_id": 7}, params)
	}
	_, err = evaluator.Render(plan.Steps[1].Params, playbooks.Env{})
	require.ErrorContains(t, err, "host_id is missing")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	many := "name: x\nactions:\n" + strings.Repeat("  - {type: stop, if: 'false'}\n", 2001)
	_, _, err := compileText(t, many)
	require.ErrorContains(t, err, "2001 steps; the limit is 2000")

	large := `{"name":"x","actions":[` + strings.TrimSuffix(strings.Repeat(
		`{"type":"send_notification","params":{"message":"`+strings.Repeat("\u2028", 300)+`"}},`, 250), ",") + `]}`
	_, _, err = compileText(t, large)
	require.ErrorContains(t, err, "the limit is 524288")
}

func TestValidateTellsEverythingInOrder(t *testing.T) {
	t.Parallel()
	diagnostics := playbooks.Validate([]byte("name: x\nactions:\n  - {type: nope}\n  - {type: create_case, bad: 1}\nmore: 1\n"),
		playbooks.CompileOptions{Catalog: testCatalog(t)})
	var lines []int
	for _, d := range diagnostics {
		lines = append(lines, d.Line)
	}
	require.Equal(t, []int{3, 4, 4, 5}, lines)
	require.Len(t, playbooks.Validate([]byte("{"), playbooks.CompileOptions{}), 1)
	require.Empty(t, playbooks.Validate([]byte(fullYAML), playbooks.CompileOptions{Catalog: testCatalog(t)}))
}

func BenchmarkCompile(b *testing.B) {
	catalog := testCatalog(b)
	for b.Loop() {
		doc, err := playbooks.Parse([]byte(fullYAML))
		require.NoError(b, err)
		_, _, err = playbooks.Compile(doc, playbooks.CompileOptions{Catalog: catalog})
		require.NoError(b, err)
	}
}
