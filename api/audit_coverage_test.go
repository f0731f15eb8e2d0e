package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

// changesNothing are the operations with a writing method that change nothing.
func changesNothing() map[string]string {
	return map[string]string{
		"validate-playbook": "checks a text",
		"call-webhook":      "what comes in is a delivery, which is its own record",
		"preview-bulk":      "counts rows",
		"estimate-hunt":     "counts hosts",
		"parse-artifacts":   "shows what is in a text",
		"codec-encode":      "seals what it is given and keeps nothing",
		"codec-decode":      "opens what it is given and keeps nothing",

		"test-velociraptor-config": "tries a connection",
		"call-back":                "what a server says is a row of its own, and only a hint",
	}
}

// call is one request that is to succeed: by whom, with what, and the secrets that went in or came out on the way.
type call struct {
	*isolated

	t       *testing.T
	by      *client
	ids     map[string]string
	path    string
	body    string
	header  []string // names and values
	secrets []string
}

// preparations make a request succeed that needs more than rows to be there, by operation id.
func preparations() map[string]func(*call) {
	return map[string]func(*call){
		"verify-totp": func(c *call) {
			a := c.by.post("/api/auth/2fa/setup", nil)
			var s totpSetup
			a.into(&s)
			p := &phone{b: c.bench, secret: s.Secret}
			c.body, c.secrets = jsonOf(c.t, map[string]any{"code": p.next()}), append(c.secrets, s.Secret)
		},
		"disable-totp":         withCode,
		"renew-recovery-codes": withCode,
		"reset-user-2fa": func(c *call) {
			bob := c.colleague(c.by.user.TenantID, "bob-"+c.ids["mark"], auth.RoleUser)
			bob.enrol()
			c.path = "/api/users/" + itoa(bob.user.ID) + "/reset-2fa"
		},
		"step-up": func(c *call) { c.body = jsonOf(c.t, map[string]any{"password": password}) },
		"login": func(c *call) {
			c.body = jsonOf(c.t, map[string]any{"username": c.by.user.Username, "password": password})
			c.by = c.anonymous()
		},
		"refresh": func(c *call) { // from elsewhere; where it was is not worth a line
			c.body, c.header = jsonOf(c.t, map[string]any{"refresh_token": c.by.refresh}), []string{"User-Agent", "another"}
		},
		"logout": func(c *call) { c.body = jsonOf(c.t, map[string]any{"refresh_token": c.by.refresh}) },
		"register": func(c *call) {
			open := c.another(func(p *api.Params) { cfg := *p.Config; cfg.Registration = "open"; p.Config = &cfg })
			c.by, c.body = open.anonymous(), jsonOf(c.t, map[string]any{"username": "new-" + c.ids["mark"], "password": newPassword})
		},
		"change-password": func(c *call) {
			c.body = jsonOf(c.t, map[string]any{"current_password": password, "new_password": newPassword})
		},
		"import-artifacts": func(c *call) {
			c.body, c.header = "value\nimported-"+c.ids["mark"]+".example\n", []string{"Content-Type", "text/csv"}
		},
		"update-me": func(c *call) { c.body = `{"theme":"dark"}` },
		"end-session": func(c *call) {
			c.login(c.by.user.Username, password)
			var list []struct {
				ID      string `json:"id"`
				Current bool   `json:"current"`
			}
			c.by.get("/api/auth/sessions").into(&list)
			for _, s := range list {
				if !s.Current {
					c.path = "/api/auth/sessions/" + s.ID
				}
			}
		},
		"end-user-sessions": func(c *call) {
			bob := c.colleague(c.by.user.TenantID, "bob-"+c.ids["mark"], auth.RoleUser)
			c.path = "/api/users/" + itoa(bob.user.ID) + "/sessions"
		},
		"request-password-reset": func(c *call) {
			c.reader(c.by, c.ids["mark"]+"@example.org")
			c.body = jsonOf(c.t, map[string]any{"email": c.ids["mark"] + "@example.org"})
		},
		"confirm-password-reset": func(c *call) {
			token, hash := auth.NewLinkToken()
			require.NoError(c.t, c.store.Tenant(c.by.user.TenantID).CreateResetToken(c.t.Context(), c.by.user.ID, hash, time.Hour))
			c.body, c.secrets = jsonOf(c.t, map[string]any{"token": token, "new_password": newPassword}), append(c.secrets, token)
		},
		"verify-email": func(c *call) {
			c.reader(c.by, c.ids["mark"]+"@example.org")
			token, hash := auth.NewLinkToken()
			require.NoError(c.t, c.store.Tenant(c.by.user.TenantID).CreateVerificationToken(c.t.Context(), c.by.user.ID, hash, time.Hour))
			c.body, c.secrets = jsonOf(c.t, map[string]any{"token": token}), append(c.secrets, token)
		},
		"resend-verification": func(c *call) { c.reader(c.by, c.ids["mark"]+"@example.org") },
		"accept-invitation": func(c *call) {
			token, hash := auth.NewLinkToken()
			bob := c.invitee()
			require.NoError(c.t, c.store.Tenant(c.by.user.TenantID).Invite(c.t.Context(), store.NewInvitation{UserID: bob, TokenHash: hash, TTL: time.Hour}))
			c.body, c.secrets = jsonOf(c.t, map[string]any{"token": token, "password": newPassword}), append(c.secrets, token)
		},
		"invite-user": func(c *call) { c.path = "/api/users/" + itoa(c.invitee()) + "/invite" },
		"create-user": func(c *call) { c.body = jsonOf(c.t, map[string]any{"username": "new-" + c.ids["mark"]}) },
		"revoke-api-key": func(c *call) {
			k := newKey(c.by.elevate(), map[string]any{"name": "x", "scopes": []string{"hosts:read"}})
			c.path, c.secrets = "/api/auth/api-keys/"+itoa(k.ID), append(c.secrets, k.Key)
		},
		"create-tenant":  func(c *call) { c.body = jsonOf(c.t, map[string]any{"name": "new " + c.ids["mark"]}) },
		"update-tenant":  func(c *call) { c.body = `{"description":"changed"}` },
		"put-tenant":     func(c *call) { c.body = `{"description":"changed"}` },
		"suspend-tenant": ofAnother(""),
		"resume-tenant":  ofAnother("suspend"),
		"delete-tenant":  ofAnother(""),
		"restore-tenant": ofAnother("delete"),
		"switch-tenant":  ofAnother(""),
		"leave-tenant":   ofAnother("switch"),
		"add-case-host": func(c *call) {
			var host struct {
				ID int64 `json:"id"`
			}
			c.by.post("/api/hosts", map[string]any{"hostname": "another"}).into(&host)
			c.body = jsonOf(c.t, map[string]any{"host_id": host.ID})
		},
		"resume-hunt": func(c *call) { c.huntWith("paused = true") },
		"extend-hunt": func(c *call) { c.huntWith("hunt_id = ''") }, // the server doesn't know the planted one
		"retry-batch": func(c *call) {
			_, err := c.owner.Exec(c.t.Context(), "UPDATE ingestion_batches SET status = 'failed', phase = 'done' WHERE tenant_id = $1", c.by.user.TenantID)
			require.NoError(c.t, err)
		},
		"edit-case-comment": func(c *call) {
			var own struct {
				ID int64 `json:"id"`
			}
			c.by.post("/api/cases/"+c.ids["cases"]+"/comments", map[string]any{"body": "x"}).into(&own)
			c.path, c.body = "/api/cases/"+c.ids["cases"]+"/comments/"+itoa(own.ID), `{"body":"y"}`
		},
		"save-velociraptor-config": func(c *call) {
			file := c.apiClient()
			c.body = jsonOf(c.t, map[string]any{"api_client": file})
			for line := range strings.SplitSeq(file, "\n") {
				if line = strings.TrimSpace(line); len(line) > 60 { // of a certificate or a key
					c.secrets = append(c.secrets, line)
				}
			}
		},
		"trigger-hunt-schedule": func(c *call) { // its hunts act as whoever saved it last
			a := c.by.do(http.MethodPatch, strings.TrimSuffix(c.path, "/trigger"), `{"note":"mine"}`)
			require.Equal(c.t, http.StatusOK, a.status, a.text)
		},
		"isolate-host":               func(c *call) { enrolHost(c); c.body = `{"reason":"it is on fire"}` },
		"release-host":               func(c *call) { enrolHost(c); c.body = `{"reason":"the fire is out"}` },
		"update-velociraptor-config": func(c *call) { c.body = `{"allow_artifacts":["Generic.Client.Info"]}` },
		"merge-hosts": func(c *call) {
			var host struct {
				ID int64 `json:"id"`
			}
			c.by.post("/api/hosts", map[string]any{"hostname": "another"}).into(&host)
			c.body = jsonOf(c.t, map[string]any{"from_ids": []int64{host.ID}})
		},
		"mark-notification":      func(c *call) { c.path = "/api/notifications/" + c.notified() },
		"mark-all-notifications": func(c *call) { c.notified() },
		"collect": func(c *call) {
			c.body = jsonOf(c.t, map[string]any{"client_id": c.ids["clients"], "artifact_name": "Generic.Client.Info"})
		},
		"retry-collection": func(c *call) {
			_, err := c.owner.Exec(c.t.Context(), "UPDATE collections SET status = 'failed', finished_at = now() WHERE tenant_id = $1", c.by.user.TenantID)
			require.NoError(c.t, err)
		},
		"undo-bulk": func(c *call) {
			_, err := c.owner.Exec(c.t.Context(), "UPDATE bulk_jobs SET status = 'completed' WHERE tenant_id = $1", c.by.user.TenantID)
			require.NoError(c.t, err)
		},
		"delete-playbook": func(c *call) {
			_, err := c.owner.Exec(c.t.Context(), "UPDATE playbook_executions SET finished_at = now(), status = 'completed' WHERE tenant_id = $1", c.by.user.TenantID)
			require.NoError(c.t, err)
		},
	}
}

// huntWith changes the caller's hunt.
func (c *call) huntWith(set string) {
	_, err := c.owner.Exec(c.t.Context(), "UPDATE hunts SET "+set+" WHERE tenant_id = $1", c.by.user.TenantID)
	require.NoError(c.t, err)
}

func withCode(c *call) {
	p := c.by.enrol()
	c.body, c.secrets = jsonOf(c.t, map[string]any{"code": p.next()}), append(append(c.secrets, p.secret), p.paper...)
}

// invitee is a user of the tenant without a password.
func (c *call) invitee() int64 {
	var u struct {
		ID int64 `json:"id"`
	}
	a := c.by.post("/api/users", map[string]any{"username": "bob-" + c.ids["mark"]})
	require.Equal(c.t, http.StatusCreated, a.status, a.text)
	a.into(&u)
	return u.ID
}

// notified gives the caller a notification.
func (c *call) notified() (id string) {
	err := c.owner.QueryRow(c.t.Context(), "INSERT INTO notifications (tenant_id, user_id, seq, type, title) VALUES ($1, $2, 1, 'test', 'x') RETURNING id::text",
		c.by.user.TenantID, c.by.user.ID).Scan(&id)
	require.NoError(c.t, err)
	return id
}

// ofAnother aims the request at another tenant, to which something was done before.
func ofAnother(before string) func(*call) {
	return func(c *call) {
		name := "other " + c.ids["mark"]
		other := c.somebody(name, "olga-"+c.ids["mark"], auth.RoleAdmin).user.TenantID
		aim := func(path string) string { return strings.Replace(path, "{id}", itoa(other), 1) }
		act := func(method, path, body string) *answer {
			a := c.by.do(method, aim(path), body)
			require.Less(c.t, a.status, http.StatusBadRequest, a.text)
			return a
		}
		remove := "/api/tenants/{id}?reason=test&confirm=" + url.QueryEscape(name)
		c.by.elevate()
		switch before {
		case "suspend":
			act(http.MethodPost, "/api/tenants/{id}/suspend", `{"reason":"test"}`)
		case "delete":
			act(http.MethodDelete, remove, "")
		case "switch":
			var tokens struct {
				Access string `json:"access_token"`
			}
			act(http.MethodPost, "/api/tenants/{id}/switch", `{"reason":"test"}`).into(&tokens)
			c.by = &client{b: c.bench, token: tokens.Access, user: c.by.user}
			return
		}
		c.path = aim(strings.Replace(c.path, "/api/tenants/"+c.ids["tenants"], "/api/tenants/{id}", 1))
		c.body = `{"reason":"test"}`
		if !strings.Contains(strings.TrimPrefix(c.path, "/api/tenants/"), "/") {
			c.path, c.body = aim(remove), ""
		}
	}
}

// newCall prepares an operation's request in a tenant of its own.
func newCall(t *testing.T, i *isolated, o operation) *call {
	t.Helper()
	role := auth.RoleAdmin
	if o.role == "super_admin" || o.OperationID == "leave-tenant" {
		role = auth.RoleSuperAdmin
	}
	c := &call{isolated: i, t: t, by: i.somebody("T "+o.OperationID, "u-"+o.OperationID, role)}
	c.ids = plant(t, i.owner, c.by.user.TenantID, o.OperationID)
	if strings.HasPrefix(o.Path, "/api/velociraptor/") {
		i.connect(c.by.user.TenantID, "", o.OperationID)
		c.ids["clients"] = i.someClient(c.by.user.TenantID)
	}
	c.path, c.body = fill(t, o.Path, c.ids), sampleBody(t, i.api, o)
	c.secrets = []string{password, newPassword, c.by.token, c.by.refresh, "password_hash", "token_hash", "$2a$"}
	if strings.HasPrefix(c.body, "{") && json.Valid([]byte(c.body)) && strings.Contains(c.body, `"case_id"`) {
		c.body = strings.ReplaceAll(c.body, `"case_id":1`, `"case_id":`+c.ids["cases"])
	}
	c.body = strings.ReplaceAll(c.body, `"host_id":1`, `"host_id":`+c.ids["hosts"])
	if prepare, ok := preparations()[o.OperationID]; ok {
		prepare(c)
	}
	if o.Extensions["x-step-up"] == true {
		c.by.elevate()
	}
	return c
}

// trailOf gives the actions that the trails hold about a request, and all that they say about them.
func (i *isolated) trailOf(t *testing.T, request string) (actions []string, text string) {
	t.Helper()
	rows, err := i.owner.Query(t.Context(), "SELECT action, coalesce(before::text, '') || coalesce(after::text, '') FROM audit_logs WHERE request_id = $1", request)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var action, said string
		require.NoError(t, rows.Scan(&action, &said))
		actions, text = append(actions, action), text+said
	}
	require.NoError(t, rows.Err())
	return actions, text
}

// TestEveryChangeIsOnRecord walks the document: whatever changes something leaves a line that names the request, and no
// line holds a secret.
func TestEveryChangeIsOnRecord(t *testing.T) {
	t.Parallel()
	_, mail := startMailbox(t)
	b := setup(t, mail, func(p *api.Params) { p.Config.TemporalUIURL = "http://127.0.0.1:1" })
	i := &isolated{bench: b, owner: ownerConn(t, b)}
	for _, o := range operations(t, b.api) {
		if o.Method == http.MethodGet || changesNothing()[o.OperationID] != "" {
			continue
		}
		c := newCall(t, i, o)
		a := c.by.do(o.Method, c.path, c.body, c.header...)
		if !check(t, a.status < http.StatusBadRequest, "%s %s with %s: %s; what it needs to succeed belongs into preparations()", o.Method, c.path, c.body, a.text) {
			continue
		}
		var actions []string
		var text string
		some := func() bool {
			actions, text = i.trailOf(t, a.header.Get("X-Request-ID"))
			return len(actions) > 0
		}
		if !some() && o.OperationID == "request-password-reset" { // its work comes beside its answer
			require.Eventually(t, some, 10*time.Second, 10*time.Millisecond)
		}
		check(t, len(actions) > 0, "%s %s (%s) left no line in any trail", o.Method, o.Path, o.OperationID)
		for _, secret := range c.secrets {
			check(t, secret == "" || !strings.Contains(text, secret), "%s put a secret into the trail: %s", o.OperationID, text)
		}
	}
	rows, err := i.owner.Query(t.Context(), "SELECT DISTINCT action FROM audit_logs WHERE user_id IS NOT NULL AND username = ''")
	require.NoError(t, err)
	nameless, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Empty(t, nameless, "the trail must name who acted: the user may be gone when it is read")
}

// check notes a failure and goes on, so that one run names all that is missing.
func check(t *testing.T, ok bool, format string, args ...any) bool {
	t.Helper()
	if !ok {
		t.Errorf(format, args...)
	}
	return ok
}

// enrolHost gives the planted host a client, and nothing that is at work on it.
func enrolHost(c *call) {
	c.t.Helper()
	_, err := c.owner.Exec(c.t.Context(), "DELETE FROM isolation_rules WHERE tenant_id = $1", c.by.user.TenantID)
	require.NoError(c.t, err)
	_, err = c.owner.Exec(c.t.Context(), "UPDATE hosts SET client_id = 'C.enrolled-' || id WHERE id = $1", c.ids["hosts"])
	require.NoError(c.t, err)
	_, err = c.owner.Exec(c.t.Context(), "UPDATE isolations SET finished_at = now(), status = 'completed' WHERE host_id = $1", c.ids["hosts"])
	require.NoError(c.t, err)
}
