package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// badBodies are bodies that no operation may take, by what is wrong with them. {} stands for the place of further fields.
func badBodies() map[string]string {
	return map[string]string{
		"malformed":       `{"a":`,
		"trailing":        `{} {}`,
		"not JSON":        `name=x`,
		"invalid UTF-8":   "{\"name\":\"\xff\xfe\"}",
		"NUL":             `{"name":"a\u0000b"}`,
		"half surrogate":  `{"name":"\ud800"}`,
		"duplicate key":   `{"name":"a","name":"b"}`,
		"hidden twin":     `{"name":"a","n\u0061me":"b"}`,
		"duplicate below": `{"x":[{"k":1,"k":2}]}`,
		"too deep":        strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70),
		"raw control":     "{\"name\":\"a\x01\"}",
		"NaN":             `{"name":NaN}`,
		"comment":         `{} // x`,
		"byte order mark": "\ufeff{}",
	}
}

func TestBodiesThatALenientReaderWouldTakeAreRefused(t *testing.T) {
	t.Parallel()
	c := setup(t).somebody("A", "root", auth.RoleAdmin)
	for name, body := range badBodies() {
		a := c.post("/api/users", body)
		require.Equal(t, http.StatusBadRequest, a.status, "%s: %s", name, a.text)
		p := a.problem()
		require.NotEmpty(t, p.Errors, name)
		require.True(t, strings.HasPrefix(p.Errors[0].Location, "body"), name)
	}
	where := map[string]string{
		`{"a":{"b":[0,{"c":1,"c":2}]}}`: "body.a.b[1].c",
		`{"a":["x","\u0000"]}`:          "body.a[1]",
		"{\n  \"a\": tru\n}":            "line 2, column 11",
	}
	for body, place := range where {
		require.Contains(t, c.post("/api/users", body).text, place)
	}
	for _, fine := range []string{`{"username":"u1","email":"a\u00e9@example.org"}`, " \n{\"username\":\"u2\"}\n", `{"username":"u3" , "role" : "viewer"}`} {
		a := c.post("/api/users", fine)
		require.Contains(t, []int{http.StatusCreated, http.StatusUnprocessableEntity}, a.status, a.text)
	}
}

func TestUnknownFieldsAreNamedAndSecretsNeverEchoed(t *testing.T) {
	t.Parallel()
	c := setup(t).somebody("A", "root", auth.RoleAdmin)
	a := c.post("/api/users", map[string]any{"username": "x", "pasword": "hunter2 hunter2"})
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	require.Equal(t, "body.pasword", a.problem().Errors[0].Location)
	require.NotContains(t, a.text, "hunter2")
	a = c.post("/api/users", map[string]any{"Username": "x"})
	require.Equal(t, http.StatusUnprocessableEntity, a.status, "names are case-sensitive")
	for _, wrong := range []any{[]int{1}, "text", 5, true, map[string]any{"username": 5}, map[string]any{"username": nil}, map[string]any{"username": []string{"x"}}} {
		a := c.do(http.MethodPost, "/api/users", jsonOf(t, wrong))
		require.Equal(t, http.StatusUnprocessableEntity, a.status, a.text)
	}
}

func TestContentTypesAndSizesAreBounded(t *testing.T) {
	t.Parallel()
	c := setup(t).somebody("A", "root", auth.RoleAdmin)
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "application/json; charset=utf-16", "///"} {
		a := c.post("/api/users", `{"username":"x"}`, "Content-Type", kind)
		require.Equal(t, http.StatusUnsupportedMediaType, a.status, kind)
		a.problem()
	}
	require.Equal(t, http.StatusUnsupportedMediaType, c.post("/api/users", `{"username":"x"}`, "Content-Encoding", "gzip").status)
	big := `{"username":"` + strings.Repeat("x", 1<<20) + `"}`
	require.Equal(t, "too_large", c.post("/api/users", big).problem().Code)
	require.Equal(t, http.StatusBadRequest, c.post("/api/users", nil).status)
	require.Equal(t, http.StatusBadRequest, c.post("/api/users", "  ").status)
	for _, form := range []string{"username=a&username=b&password=x", "username=%00&password=x", "username=%ff&password=x", "username=%zz"} {
		a := c.post("/api/auth/login", form, "Content-Type", "application/x-www-form-urlencoded")
		require.Equal(t, http.StatusBadRequest, a.status, form)
	}
	require.Equal(t, http.StatusUnprocessableEntity, c.post("/api/auth/login", "username=a&password=x&admin=1", "Content-Type", "application/x-www-form-urlencoded").status)
}
