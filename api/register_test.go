package api

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func TestAnOperationThatDeclaresTooLittleIsAnError(t *testing.T) {
	t.Parallel()
	nothing := func(context.Context, *struct{}) (*struct{}, error) { return &struct{}{}, nil }
	for name, bad := range map[string]op{
		"no permission":      {Method: "GET", Path: "/x", Summary: "s", Tag: "t"},
		"unknown permission": {Method: "GET", Path: "/x", Summary: "s", Tag: "t", Needs: "no:such"},
		"no summary":         {Method: "GET", Path: "/x", Tag: "t", Needs: auth.Public},
		"no tag":             {Method: "GET", Path: "/x", Summary: "s", Needs: auth.Public},
	} {
		a := &API{ops: map[string]op{}}
		register(a, bad, nothing)
		require.Len(t, a.errs, 1, name)
	}
	a := &API{ops: map[string]op{"get-x": {}}}
	register(a, op{Method: "GET", Path: "/x", Summary: "s", Tag: "t", Needs: auth.Public}, nothing)
	require.ErrorContains(t, a.errs[0], "twice")
}

type hiddenPart struct {
	Q string `query:"q" json:"q"`
}

func TestFieldsThatTheDocumentWouldLeaveOutAreAnError(t *testing.T) {
	t.Parallel()
	type input struct{ hiddenPart }
	type output struct {
		Body struct {
			Rows []struct{ hiddenPart }
		}
	}
	type sound struct {
		PageInput

		hiddenPart hiddenPart
		Body       []IDInput
	}
	require.ErrorContains(t, hiddenFields(reflect.TypeFor[input](), map[reflect.Type]bool{}), "hiddenPart")
	require.ErrorContains(t, hiddenFields(reflect.TypeFor[*output](), map[reflect.Type]bool{}), "hiddenPart")
	require.NoError(t, hiddenFields(reflect.TypeFor[sound](), map[reflect.Type]bool{}), sound{}.hiddenPart.Q)
}

func FuzzStrictJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x\u00e9",{"b":null}]}`, `{"a":1,"a":2}`, "\"\\ud83d\\ude00\"", `[`, ``, ` 1e9 `, `{"":{"":""}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, body []byte) {
		_ = strictJSON(body, "") // it must end, and not panic, whatever comes
	})
}
