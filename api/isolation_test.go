package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"
)

// TestNoOperationReachesAnotherTenantsRows walks the document as tenant B with tenant A's ids. That the ids are real shows
// first: tenant A finds every one of them.
func TestNoOperationReachesAnotherTenantsRows(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	walked := 0
	for _, o := range operations(t, i.api) {
		if !strings.Contains(o.Path, "{") || o.public() {
			continue
		}
		path, body := fill(t, o.Path, i.idsA), sampleBody(t, i.api, o)
		if o.Method == http.MethodGet && o.role != "super_admin" && needsMore()[o.OperationID] == "" {
			a := i.a.get(path)
			require.Equal(t, http.StatusOK, a.status, "%s as its own tenant: %s", path, a.text)
		}
		if notOfATenant()[o.OperationID] != "" {
			continue
		}
		a := i.b.do(o.Method, path, body)
		if o.role == "super_admin" {
			require.Equal(t, http.StatusForbidden, a.status, "%s %s", o.Method, o.Path)
			continue
		}
		require.Equal(t, http.StatusNotFound, a.status, "%s %s with tenant A's id as tenant B: %s", o.Method, o.Path, a.text)
		a.problem()
		require.NotContains(t, a.text, marker)
		walked++
	}
	require.Greater(t, walked, 5)
	for _, s := range seeds() { // and nothing of A's was changed on the way
		var n int
		require.NoError(t, i.owner.QueryRow(t.Context(), "SELECT count(*) FROM "+s.table+" WHERE tenant_id = $1", i.a.user.TenantID).Scan(&n))
		require.Positive(t, n, s.table)
	}
}

// needsMore are the operations that a seeded row is not enough for.
func needsMore() map[string]string {
	return map[string]string{"diff-hunt-schedule-runs": "two completed runs"}
}

// notOfATenant are the operations whose path names something that two tenants may both have.
func notOfATenant() map[string]string {
	return map[string]string{"get-velociraptor-artifact": "an artifact's name, on the own server"}
}

// TestNoListShowsAnotherTenantsRows reads everything that can be read without an id.
func TestNoListShowsAnotherTenantsRows(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	for _, o := range operations(t, i.api) {
		if o.Method != http.MethodGet || strings.Contains(o.Path, "{") || o.role == "super_admin" {
			continue
		}
		a := i.b.get(o.Path)
		require.Less(t, a.status, http.StatusInternalServerError, o.Path)
		require.NotContains(t, a.text, marker, o.Path)
		for _, p := range o.Parameters {
			key, ok := references()[p.Name]
			if p.In != "query" || !ok {
				continue
			}
			a := i.b.get(o.Path + "?" + p.Name + "=" + i.idsA[key])
			require.Less(t, a.status, http.StatusInternalServerError, "%s?%s", o.Path, p.Name)
			require.NotContains(t, a.text, marker, "%s?%s", o.Path, p.Name)
		}
	}
}

// TestNoBodyCanNameAnotherTenantsRow sends, field by field, tenant A's ids in bodies whose path is tenant B's own.
func TestNoBodyCanNameAnotherTenantsRow(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	for _, o := range operations(t, i.api) {
		if !o.rawJSON() || o.public() || o.role == "super_admin" {
			continue
		}
		schema := o.RequestBody.Content["application/json"].Schema
		if schema.Ref != "" {
			schema = i.api.OpenAPI().Components.Schemas.SchemaFromRef(schema.Ref)
		}
		for name, property := range schema.Properties {
			if !strings.HasSuffix(name, "_id") || property.Type != huma.TypeInteger {
				continue
			}
			key, ok := references()[name]
			require.True(t, ok, "%s: add the field %s to references()", o.OperationID, name)
			var body map[string]any
			require.NoError(t, json.Unmarshal([]byte(sampleBody(t, i.api, o)), &body))
			body[name] = json.Number(i.idsA[key])
			a := i.b.do(o.Method, fill(t, o.Path, i.idsB), body)
			require.GreaterOrEqual(t, a.status, http.StatusBadRequest, "%s with another tenant's %s: %s", o.OperationID, name, a.text)
			require.Less(t, a.status, http.StatusInternalServerError, "%s with another tenant's %s: %s", o.OperationID, name, a.text)
		}
	}
}
