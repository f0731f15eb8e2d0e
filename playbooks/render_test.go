package playbooks_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/playbooks"
)

func TestRender(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]any{
		"plain":                                 "plain",
		"":                                      "",
		"${host_id}":                            7.0,
		" ${host_id}":                           " 7",
		"host ${host_id}!":                      "host 7!",
		"${event.host.labels}":                  []any{"vip", "lab"},
		"labels ${event.host.labels}":           `labels ["vip","lab"]`,
		"${event.nothing}":                      nil,
		"<${event.nothing}>":                    "<>",
		"${steps.ask.approved}":                 false,
		"${event.score}${host_id}":              "0.957",
		"$${host_id}":                           "${host_id}",
		"$$${host_id}":                          "$${host_id}",
		"$ {x} $5 }":                            "$ {x} $5 }",
		`${"}"}`:                                "}",
		`${{"a": "}"}["a"]}`:                    "}",
		"${`}`}":                                "}",
		`${'it\'s }'}`:                          "it's }",
		`${len({"a": {}})} of ${1 + 1}`:         "1 of 2",
		"${now()} ${duration(\"90s\")}":         "2026-03-01T12:00:00Z 1m30s",
		"${ filter([1,2,3], { # > 1 }) }":       []any{2, 3},
		"big ${inputs.big} ${1e21} ${0.1+0}":    "big 9007199254740993 1e+21 0.1",
		"${map(event.sample, {{\"n\": .Pid}})}": []any{map[string]any{"n": 4.0}, map[string]any{"n": 9.0}, map[string]any{"n": 2.0}},
	} {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			got, err := playbooks.NewEvaluator(playbooks.DefaultBudget()).Render(map[string]any{"a": []any{template, 5, nil}}, testEnv())
			require.NoError(t, err)
			require.Equal(t, map[string]any{"a": []any{want, 5, nil}}, got)
		})
	}
}

func TestRenderFailsAtItsPlace(t *testing.T) {
	t.Parallel()
	evaluator := playbooks.NewEvaluator(playbooks.DefaultBudget())
	for template, want := range map[string]string{
		"${nope}":         "nope is missing",
		"a ${1 +} b":      "unexpected token",
		"a ${b":           "never closed",
		"${'a}":           "never closed",
		"${}":             "the expression is empty",
		"${${1}}":         "write it without ${ }",
		"${1 / 0} ${2/0}": "division by zero",
	} {
		_, err := evaluator.Render(map[string]any{"list": []any{"x", template}}, testEnv())
		require.ErrorContains(t, err, want, template)
		fields := faultOf(t, err).Fields
		require.NotEmpty(t, fields)
		require.Equal(t, "list[1]", fields[0].Location)
	}
}

func TestOneTreeHasOneBudget(t *testing.T) {
	t.Parallel()
	evaluator := playbooks.NewEvaluator(playbooks.DefaultBudget())
	tree := make([]any, 200)
	for i := range tree {
		tree[i] = "${sum(1..500)}"
	}
	_, err := evaluator.Render(tree, testEnv())
	require.Error(t, err)
	require.Equal(t, playbooks.CodeBudget, faultOf(t, err).StableCode())
	_, err = evaluator.Render(strings.Repeat("${repeat(\"a\", 1000)}", 100), testEnv())
	require.ErrorContains(t, err, "the limit is 65536")
	deep := any("x")
	for range 100 {
		deep = []any{deep}
	}
	_, err = evaluator.Render(deep, testEnv())
	require.ErrorContains(t, err, "nested more than 64")
}

func TestAnEvaluatorServesManyAtOnce(t *testing.T) {
	t.Parallel()
	evaluator := playbooks.NewEvaluator(playbooks.DefaultBudget())
	env := testEnv()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				got, err := evaluator.Value(`map(event.sample, regex_find(.Name, "^[a-z]+"))`, env)
				if err != nil || len(got.([]any)) != 3 {
					t.Errorf("got %v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestEnvironmentIsLeftAlone shows that no expression changes what it was given.
func TestEnvironmentIsLeftAlone(t *testing.T) {
	t.Parallel()
	env := testEnv()
	evaluator := playbooks.NewEvaluator(playbooks.DefaultBudget())
	for _, expression := range []string{
		`reverse(event.sample)`, `sort(event.host.labels, "desc")`, `sortBy(event.sample, .Pid)`, `uniq(event.host.labels)`,
		`concat(take(event.host.labels, 1), ["x"])`, `groupBy(event.sample, .Pid)`, `flatten([event.host.labels, [1]])`,
	} {
		_, err := evaluator.Value(expression, env)
		require.NoError(t, err, expression)
	}
	require.Equal(t, testEnv(), env)
}
