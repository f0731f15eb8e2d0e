package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// TestNoBadBodyIsTakenOrBreaksAnything sends every operation that reads JSON what it can't take.
func TestNoBadBodyIsTakenOrBreaksAnything(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	root := i.colleague(i.b.user.TenantID, "superb", auth.RoleSuperAdmin).elevate()
	for _, o := range operations(t, i.api) {
		if !o.strict() {
			continue
		}
		path := fill(t, o.Path, i.idsB)
		for name, body := range badBodies() {
			a := root.do(o.Method, path, body)
			require.Equal(t, http.StatusBadRequest, a.status, "%s %s: %s: %s", o.Method, path, name, a.text)
			a.problem()
		}
		for _, wrong := range []string{`[]`, `"text"`, `5`, `null`, `true`} {
			a := root.do(o.Method, path, wrong)
			require.GreaterOrEqual(t, a.status, http.StatusBadRequest, "%s %s: %s", o.Method, path, wrong)
			require.Less(t, a.status, http.StatusInternalServerError, "%s %s: %s: %s", o.Method, path, wrong, a.text)
			a.problem()
		}
		unknown := root.do(o.Method, path, `{"no_such_field":"hunter2"}`)
		require.Equal(t, http.StatusUnprocessableEntity, unknown.status, "%s %s: %s", o.Method, path, unknown.text)
		require.Contains(t, unknown.text, "body.no_such_field", "%s %s", o.Method, path)
		plain := root.do(o.Method, path, `{}`, "Content-Type", "text/plain")
		require.Equal(t, http.StatusUnsupportedMediaType, plain.status, "%s %s", o.Method, path)
		plain.problem()
		big := root.do(o.Method, path, &endless{left: 66 << 20})
		require.Equal(t, http.StatusRequestEntityTooLarge, big.status, "%s %s", o.Method, path)
		big.problem()
	}
}

// TestNoWrongTypeBreaksAnything gives every property of every body values of every wrong kind.
func TestNoWrongTypeBreaksAnything(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	root := i.colleague(i.b.user.TenantID, "superb", auth.RoleSuperAdmin).elevate()
	wrong := []any{nil, true, -1, 1e300, 1.5, "", strings.Repeat("x", 100_000), "\u202e", []any{}, []any{nil}, map[string]any{}, map[string]any{"a": nil}}
	for _, o := range operations(t, i.api) {
		if !o.strict() || o.OperationID == "logout" || o.OperationID == "change-password" {
			continue
		}
		schema := o.RequestBody.Content["application/json"].Schema
		if schema.Ref != "" {
			schema = i.api.OpenAPI().Components.Schemas.SchemaFromRef(schema.Ref)
		}
		for name := range schema.Properties {
			for _, value := range wrong {
				a := root.do(o.Method, fill(t, o.Path, i.idsB), map[string]any{name: value})
				require.Less(t, a.status, http.StatusInternalServerError, "%s with %s = %.40v: %s", o.OperationID, name, value, a.text)
			}
		}
	}
}

// TestNoBadParameterBreaksAnything gives every path and query parameter what it can't take.
func TestNoBadParameterBreaksAnything(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	for _, o := range operations(t, i.api) {
		if o.public() || o.role == "super_admin" {
			continue
		}
		if strings.Contains(o.Path, "{") {
			for _, id := range []string{"0", "-1", "x", "1.5", "9223372036854775808", "99999999999", "%00", "..%2f", "1e3", "%27"} {
				ids := map[string]string{}
				for _, key := range resources() {
					ids[key] = id
				}
				a := i.b.do(o.Method, fill(t, o.Path, ids), sampleBody(t, i.api, o))
				require.GreaterOrEqual(t, a.status, http.StatusBadRequest, "%s %s with %s", o.Method, o.Path, id)
				require.Less(t, a.status, http.StatusInternalServerError, "%s %s with %s: %s", o.Method, o.Path, id, a.text)
				a.problem()
			}
		}
		for _, p := range o.Parameters {
			if p.In != "query" || o.Method != http.MethodGet {
				continue
			}
			for _, value := range []string{"", "-1", "99999999999999999999", "%25", "*", "%5c", "%27%3b--", strings.Repeat("x", 5000), "a%2cb", "%F0%9F%92%A9", "NaN", "true", "%5f"} {
				a := i.b.get(fill(t, o.Path, i.idsB) + "?" + p.Name + "=" + value)
				require.Less(t, a.status, http.StatusInternalServerError, "%s?%s=%.20s: %s", o.Path, p.Name, value, a.text)
			}
			require.Equal(t, http.StatusBadRequest, i.b.get(fill(t, o.Path, i.idsB)+"?"+p.Name+"=%00").status)
		}
	}
}

// endless is a JSON text that goes on for long.
type endless struct {
	begun bool
	left  int
}

// Read gives spaces after an opening bracket.
func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, http.ErrBodyReadAfterClose
	}
	n := min(len(p), e.left)
	for i := range n {
		p[i] = ' '
	}
	if !e.begun {
		p[0], e.begun = '[', true
	}
	e.left -= n
	return n, nil
}
