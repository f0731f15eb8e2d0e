package api_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// operation is one entry of the OpenAPI document.
type operation struct {
	*huma.Operation

	role string
}

// operations lists the whole document in a stable order.
func operations(t *testing.T, a *api.API) []operation {
	t.Helper()
	var out []operation
	for _, item := range a.OpenAPI().Paths {
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete, item.Head, item.Options} {
			if o == nil {
				continue
			}
			role, ok := o.Extensions["x-role"].(string)
			require.True(t, ok, "%s %s says no role", o.Method, o.Path)
			out = append(out, operation{Operation: o, role: role})
		}
	}
	slices.SortFunc(out, func(x, y operation) int { return strings.Compare(x.Path+x.Method, y.Path+y.Method) })
	return out
}

// public says whether anybody may call the operation.
func (o operation) public() bool { return o.role == string(auth.Public) }

// rawJSON says whether the body is JSON that huma reads.
func (o operation) rawJSON() bool {
	return o.RequestBody != nil && o.RequestBody.Content["application/json"] != nil && o.RequestBody.Content["application/json"].Schema != nil
}

// strict says whether the body is read by our own reader; Temporal's remote codec has a protocol of its own.
func (o operation) strict() bool {
	return o.rawJSON() && !strings.HasPrefix(o.Path, "/api/temporal/codec/")
}

// bodies stand in where a sample made from the schema would not pass what only the handler knows, by operation id.
func bodies() map[string]string {
	const playbook = `{"source":"name: x\ntrigger: {type: manual}\nactions:\n  - id: one\n    type: create_case\n    params: {title: x}\n"}`
	return map[string]string{
		"create-playbook":   playbook,
		"put-playbook":      playbook,
		"update-playbook":   playbook,
		"validate-playbook": playbook,
		"start-bulk":        `{"resource":"cases","filter":{},"action":"set_status","params":{"status":"investigating"}}`,
		"preview-bulk":      `{"resource":"hosts","filter":{}}`,
		"collect":           `{"client_id":"C.0123456789abcdef","artifact_name":"Generic.Client.Info"}`,
		"create-artifact":   `{"artifact_type":"domain","value":"some-new.example"}`,
		"add-case-artifact": `{"artifact_type":"domain","value":"some-other.example"}`,
		"create-user":       `{"username":"somebody-new"}`,
		"create-api-key":    `{"name":"x","scopes":["hosts:read"]}`,
		"create-batch":      `{"hostname":"some-host"}`,

		"put-isolation-rules": `{"never":{"host_ids":[],"labels":["domain-controller"],"hostnames":["dc-*"]}}`,
		"start-hunt":          `{"description":"x","artifacts":["Generic.Client.Info"]}`,
		"estimate-hunt":       `{"description":"x","artifacts":["Generic.Client.Info"]}`,
		"extend-hunt":         `{"expires":"7d"}`,

		"create-hunt-schedule": `{"name":"nightly","hunt":{"description":"x","artifacts":["Generic.Client.Info"]},"cron":"0 6 * * *"}`,
	}
}

// sampleBody is a body that the operation takes: "" for none.
func sampleBody(t *testing.T, a *api.API, o operation) string {
	t.Helper()
	if body, ok := bodies()[o.OperationID]; ok {
		return body
	}
	if !o.rawJSON() {
		return ""
	}
	return jsonOf(t, sample(t, a, o.RequestBody.Content["application/json"].Schema, o.OperationID))
}

// sample makes a value that a schema takes, with required properties only.
func sample(t *testing.T, a *api.API, s *huma.Schema, where string) any {
	t.Helper()
	if s.Ref != "" {
		s = a.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeBoolean:
		return false
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 1
	case huma.TypeString:
		return sampleText(t, s, where)
	case huma.TypeArray:
		n := 0
		if s.MinItems != nil {
			n = *s.MinItems
		}
		items := make([]any, n)
		for i := range items {
			items[i] = sample(t, a, s.Items, where)
		}
		return items
	default:
		object := map[string]any{}
		for _, name := range s.Required {
			object[name] = sample(t, a, s.Properties[name], where+"."+name)
		}
		return object
	}
}

// sampleText tries texts until one fits.
func sampleText(t *testing.T, s *huma.Schema, where string) string {
	t.Helper()
	byFormat := map[string]string{
		"email": "somebody@example.org", "uuid": "00000000-0000-4000-8000-000000000000", "date-time": "2026-01-02T03:04:05Z",
		"uri": "https://example.org/", "ipv4": "192.0.2.7", "ip": "192.0.2.7",
	}
	if text, ok := byFormat[s.Format]; ok {
		return text
	}
	for _, text := range []string{"x", "some-text", "1", "Some text of a good length", "correct horse battery"} {
		if s.MinLength != nil && len(text) < *s.MinLength || s.MaxLength != nil && len(text) > *s.MaxLength {
			continue
		}
		if s.Pattern == "" || regexp.MustCompile(s.Pattern).MatchString(text) {
			return text
		}
	}
	require.Fail(t, "no sample text fits", "%s: add the operation to bodies()", where)
	return ""
}

// resources says which seed's id stands for a path parameter, by the path up to it. A new one needs its line here.
func resources() map[string]string {
	return map[string]string{
		"/api/users/{id}":                                    "users",
		"/api/audit/{id}":                                    "audit_logs",
		"/api/tenants/{id}":                                  "tenants",
		"/api/auth/sessions/{id}":                            "sessions",
		"/api/auth/api-keys/{id}":                            "api_keys",
		"/api/users/{id}/api-keys/{key_id}":                  "api_keys",
		"/api/hosts/{id}":                                    "hosts",
		"/api/hosts/{id}/aliases/{alias_id}":                 "host_aliases",
		"/api/hosts/fields/{id}":                             "host_fields",
		"/api/views/{id}":                                    "views",
		"/api/cases/{id}":                                    "cases",
		"/api/velociraptor/collections/{id}":                 "collections",
		"/api/velociraptor/hunts/{id}":                       "hunts",
		"/api/velociraptor/collections/{id}/files/{file_id}": "collection_files",
		"/api/cases/{id}/hosts/{host_id}":                    "hosts",
		"/api/artifacts/{id}":                                "artifacts",
		"/api/notifications/{id}":                            "notifications",
		"/api/playbooks/{id}":                                "playbooks",
		"/api/playbooks/executions/{id}":                     "executions",
		"/api/cases/{id}/artifacts/{artifact_id}":            "artifacts",
		"/api/ingestion/batches/{id}":                        "batches",
		"/api/cases/{id}/comments/{comment_id}":              "case_comments",
		"/api/cases/{id}/tasks/{task_id}":                    "case_tasks",
		"/api/webhooks/{id}":                                 "webhooks",
		"/api/webhooks/{id}/deliveries/{delivery_id}":        "webhook_deliveries",
		"/api/velociraptor/hunts/schedules/{id}":             "hunt_schedules",
		"/api/bulk/{id}":                                     "bulk",
		"/api/velociraptor/clients/{client_id}":              "clients",
		"/api/velociraptor/artifacts/{name}":                 "definitions",
		"/api/velociraptor/isolations/{id}":                  "isolations",
	}
}

// references says which seed's id stands for a field of a body or a query that names another row.
func references() map[string]string {
	return map[string]string{
		"assignee_id": "users", "user_id": "users", "case_id": "cases", "host_id": "hosts", "artifact_id": "artifacts",
		"playbook_id": "playbooks", "execution_id": "executions", "tenant_id": "tenants",
	}
}

// fill puts ids into a path's parameters.
func fill(t *testing.T, path string, ids map[string]string) string {
	t.Helper()
	parameter := regexp.MustCompile(`\{[a-z_]+\}`)
	out := path
	for _, at := range parameter.FindAllStringIndex(path, -1) {
		key, ok := resources()[path[:at[1]]]
		require.True(t, ok, "%s: add %s to resources()", path, path[:at[1]])
		out = strings.Replace(out, path[at[0]:at[1]], ids[key], 1)
	}
	return out
}

// The whole matrix of docs/permissions.md: each operation, as each role. Everybody acts once, so that what one call ends
// is nothing to the next.
func TestEveryOperationAsEveryRole(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	for n, o := range operations(t, i.api) {
		if o.public() {
			continue
		}
		needs, ok := o.Extensions["x-permission"].(string)
		require.True(t, ok, "%s %s says no permission", o.Method, o.Path)
		path, body := fill(t, o.Path, i.idsB), sampleBody(t, i.api, o)
		a := i.anonymous().do(o.Method, path, body)
		require.Equal(t, http.StatusUnauthorized, a.status, "%s %s without a token", o.Method, o.Path)
		a.problem()
		for _, role := range auth.Roles() {
			a := i.colleague(i.b.user.TenantID, string(role)+"-"+itoa(int64(n)), role).do(o.Method, path, body)
			if role.Has(auth.Permission(needs)) {
				if a.status == http.StatusForbidden { // for another reason: a step-up, the rules of a row
					require.NotEqual(t, auth.CodePermissionDenied, a.problem().Code, "%s %s as %s", o.Method, o.Path, role)
				}
				continue
			}
			require.Equal(t, http.StatusForbidden, a.status, "%s %s as %s: %s", o.Method, o.Path, role, a.text)
			require.Equal(t, auth.CodePermissionDenied, a.problem().Code)
		}
	}
}
