package playbooks_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// spec is an action as the catalog of the product declares it.
func spec(name string, effect playbooks.Effect, params, result string) playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: name, Summary: "Does " + name + ".", Effect: effect, Timeout: 30 * time.Second, Role: "user",
		Retry:  playbooks.RetryPolicy{MaxAttempts: 3, InitialInterval: time.Second, Backoff: 2, MaxInterval: time.Minute},
		Params: json.RawMessage(params), Result: json.RawMessage(result), DryRun: "would do " + name,
	}
}

func testSpecs() []playbooks.ActionSpec {
	return []playbooks.ActionSpec{
		spec("send_notification", playbooks.EffectDatabase, `{"type":"object","additionalProperties":false,
			"required":["message"],"properties":{"message":{"type":"string","minLength":1},"title":{"type":"string"},
			"severity":{"enum":["low","medium","high","critical"]},"link":{"type":"string"},
			"to":{"type":"array","items":{"type":"string"}}}}`,
			`{"type":"object","additionalProperties":false,"properties":{"sent":{"type":"integer"}}}`),
		spec("create_case", playbooks.EffectDatabase, `{"$ref":"#/$defs/P","$defs":{"P":{"type":"object",
			"additionalProperties":false,"required":["title"],"properties":{"title":{"type":"string","maxLength":300},
			"description":{"type":"string"},"severity":{"type":"string","enum":["low","medium","high","critical"]},
			"host_id":{"type":"integer","minimum":1},"tags":{"type":"array","items":{"type":"string"}},
			"assignee":{"type":"string"}}}}}`,
			`{"type":"object","additionalProperties":false,"properties":{"id":{"type":"integer"},"title":{"type":"string"},
			"severity":{"type":"string"},"status":{"type":"string"}}}`),
		spec("update_case", playbooks.EffectDatabase, `{"type":"object","additionalProperties":false,
			"required":["case_id"],"properties":{"case_id":{"type":"integer","minimum":1},
			"status":{"enum":["open","investigating","closed"]},"severity":{"enum":["low","medium","high","critical"]},
			"title":{"type":"string"},"description":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},
			"host_id":{"type":"integer"}}}`,
			`{"type":"object","additionalProperties":false,"properties":{"id":{"type":"integer"},"status":{"type":"string"}}}`),
		spec("add_artifact", playbooks.EffectDatabase, `{"type":"object","additionalProperties":false,
			"required":["artifact_type","value"],"properties":{"artifact_type":{"enum":["hash","ip","domain","email","url",
			"file","registry","other"]},"value":{"type":"string"},"case_id":{"type":["integer","null"]},
			"description":{"type":"string"}}}`,
			`{"type":"object","additionalProperties":false,"properties":{"id":{"type":"integer"},
			"artifact_type":{"type":"string"},"value":{"type":"string"},"case_id":{"type":"integer"},
			"created":{"type":"boolean"}}}`),
		spec("send_webhook", playbooks.EffectOutside, `{"type":"object","additionalProperties":false,"required":["url"],
			"properties":{"url":{"type":"string","format":"uri"},"method":{"enum":["POST","PUT","PATCH"]},
			"headers":{"type":"object","additionalProperties":{"type":"string"}},"body":{},"secret":{"type":"string"}}}`,
			`{"type":"object","additionalProperties":false,"properties":{"status":{"type":"integer"},"body":{}}}`),
	}
}

func testCatalog(t testing.TB) *playbooks.Catalog {
	t.Helper()
	catalog, err := playbooks.NewCatalog(testSpecs())
	require.NoError(t, err)
	return catalog
}

// faultOf is the fault that an error is.
func faultOf(t *testing.T, err error) *fault.Error {
	t.Helper()
	found, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok)
	return found
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	catalog := testCatalog(t)
	found, ok := catalog.Lookup("create_case")
	require.True(t, ok)
	require.Equal(t, "user", found.Role)
	_, ok = catalog.Lookup("nope")
	require.False(t, ok)
	require.Len(t, catalog.List(), 5)
	require.Equal(t, "add_artifact", catalog.List()[0].Name)

	require.NoError(t, catalog.CheckParams("create_case", map[string]any{"title": "x", "host_id": 7}))
	require.NoError(t, catalog.CheckParams("create_case", map[string]any{"title": "x", "host_id": float64(7)}))
	err := catalog.CheckParams("create_case", map[string]any{"title": 5, "tags": []any{"a", 1}, "more": true})
	require.True(t, fault.Is(err, fault.Invalid))
	var locations []string
	for _, field := range faultOf(t, err).Fields {
		locations = append(locations, field.Location)
	}
	require.ElementsMatch(t, []string{"params.title", "params.tags[1]", "params.more"}, locations)
	require.True(t, fault.Is(catalog.CheckParams("nope", nil), fault.NotFound))
}

func TestCatalogRefusesBadSpecs(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*playbooks.ActionSpec){
		"name":             func(s *playbooks.ActionSpec) { s.Name = "Create-Case" },
		"node":             func(s *playbooks.ActionSpec) { s.Name = "set" },
		"node to come":     func(s *playbooks.ActionSpec) { s.Name = "approval" },
		"effect":           func(s *playbooks.ActionSpec) { s.Effect = "magic" },
		"role":             func(s *playbooks.ActionSpec) { s.Role = "root" },
		"timeout":          func(s *playbooks.ActionSpec) { s.Timeout = 0 },
		"schema":           func(s *playbooks.ActionSpec) { s.Params = json.RawMessage(`{"type":5}`) },
		"schema elsewhere": func(s *playbooks.ActionSpec) { s.Params = json.RawMessage(`{"$ref":"file:///etc/passwd"}`) },
		"result":           func(s *playbooks.ActionSpec) { s.Result = json.RawMessage(`{"type":"array"}`) },
		"reserved": func(s *playbooks.ActionSpec) {
			s.Result = json.RawMessage(`{"type":"object","properties":{"skipped":{}}}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			specs := testSpecs()
			change(&specs[0])
			_, err := playbooks.NewCatalog(specs)
			require.Error(t, err)
		})
	}
	_, err := playbooks.NewCatalog(append(testSpecs(), testSpecs()[0]))
	require.Error(t, err)
}
