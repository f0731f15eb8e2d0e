package api_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// sealAll seals what the installation's tenants wrote.
func (b *bench) sealAll() {
	b.t.Helper()
	s := audit.NewSealer(audit.SealerParams{Store: b.store, Keys: b.trail, Log: slog.New(slog.DiscardHandler), Clock: b.clock})
	require.Eventually(b.t, func() bool { // open transactions of other tests' databases hold seals back
		_, err := s.Sweep(context.Background())
		var open int
		row := ownerConn(b.t, b).QueryRow(context.Background(), "SELECT count(*) FROM audit_logs l WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.audit_id = l.id)")
		return err == nil && row.Scan(&open) == nil && open == 0
	}, 20*time.Second, 20*time.Millisecond)
}

func entries(a *answer) (list []api.AuditEntry) {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.status, a.text)
	a.into(&list)
	return list
}

func TestTheTrailIsReadByFilters(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("A", "ada", auth.RoleAdmin)
	bob := b.colleague(ada.user.TenantID, "bob", auth.RoleUser)
	var host struct {
		ID int64 `json:"id"`
	}
	bob.post("/api/hosts", map[string]any{"hostname": "web-1"}, "User-Agent", "tool/1").into(&host)
	b.clock.Advance(10 * time.Minute)
	before := b.clock.Now()
	b.clock.Advance(time.Second)
	bob.patch("/api/hosts/"+itoa(host.ID), map[string]any{"os": "linux"})
	bob.delete("/api/hosts/" + itoa(host.ID))
	b.sealAll()

	of := func(query string) (actions []string) {
		for _, e := range entries(ada.get("/api/audit?" + query)) {
			actions = append(actions, e.Action)
		}
		return actions
	}
	require.Equal(t, []string{"host.delete", "host.update", "host.create", "auth.login", "auth.login"}, of(""))
	require.Equal(t, []string{"host.create"}, of("action=host.create"))
	require.Equal(t, []string{"auth.login", "auth.login"}, of("action=auth.*"))
	require.Equal(t, []string{"host.delete", "host.update", "host.create"}, of("resource_type=host&resource_id="+itoa(host.ID)))
	require.Equal(t, []string{"auth.login"}, of("user_id="+itoa(ada.user.ID)))
	require.Equal(t, []string{"host.delete", "host.update", "host.create", "auth.login"}, of("username=BOB"))
	at := url.QueryEscape(before.Format(time.RFC3339Nano))
	require.Equal(t, []string{"host.delete", "host.update"}, of("from="+at))
	require.Equal(t, []string{"host.create", "auth.login", "auth.login"}, of("to="+at))
	require.Equal(t, []string{"host.delete"}, of("q=DELETE"))
	require.Empty(t, of("outcome=denied"))
	require.Equal(t, http.StatusUnprocessableEntity, ada.get("/api/audit?from="+at+"&to="+at).status)
	require.Equal(t, http.StatusUnprocessableEntity, ada.get("/api/audit?from=yesterday").status)

	update := entries(ada.get("/api/audit?action=host.update"))[0]
	require.True(t, update.Sealed)
	require.Positive(t, *update.Seq)
	require.Equal(t, "bob", update.Username)
	require.Contains(t, string(update.Before), `"os":""`)
	require.Contains(t, string(update.After), `"os":"linux"`)
	var one api.AuditEntry
	ada.get("/api/audit/" + itoa(update.ID)).into(&one)
	require.Equal(t, update, one)
	ada.get("/api/audit/999999").refused(http.StatusNotFound, "not_found")
	bob.get("/api/audit").refused(http.StatusForbidden, "permission_denied")
}

func TestTheTrailIsReadPageByPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("A", "ada", auth.RoleAdmin)
	for i := range 7 {
		ada.post("/api/hosts", map[string]any{"hostname": fmt.Sprintf("h-%d", i)})
	}
	var ids []int64
	for path := "/api/audit?limit=3&action=host.create"; path != ""; {
		a := ada.get(path)
		for _, e := range entries(a) {
			ids = append(ids, e.ID)
		}
		require.Equal(t, "7", a.header.Get("X-Total-Count"))
		next, _, _ := strings.Cut(strings.TrimPrefix(a.header.Get("Link"), "<"), ">")
		path = next
	}
	require.Len(t, ids, 7)
	for i := 1; i < len(ids); i++ {
		require.Less(t, ids[i], ids[i-1], "newest first, though all are of one moment")
	}
}

func TestTheTrailIsExported(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("A", "ada", auth.RoleAdmin)
	const hosts = 520 // more than a page
	for i := range hosts {
		require.NoError(t, audit.Write(t.Context(), b.store.Tenant(ada.user.TenantID), audit.Entry{
			Action: "host.create", ResourceType: "host", ResourceID: fmt.Sprintf("=cmd|%d", i), After: map[string]any{"i": i},
		}))
	}
	a := ada.get("/api/audit/export?format=csv&action=host.create")
	require.Equal(t, http.StatusOK, a.status)
	require.Equal(t, "text/csv; charset=utf-8", a.header.Get("Content-Type"))
	require.Contains(t, a.header.Get("Content-Disposition"), "attachment; filename=\"audit-")
	rows, err := csv.NewReader(strings.NewReader(a.text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, hosts+1)
	require.Equal(t, "'=cmd|519", rows[1][7], "no cell is a formula")
	require.JSONEq(t, `{"i": 519}`, rows[1][13])

	a = ada.get("/api/audit/export?format=json&resource_type=host")
	var list []api.AuditEntry
	require.NoError(t, json.Unmarshal([]byte(a.text), &list))
	require.Len(t, list, hosts)
	line := entries(ada.get("/api/audit?action=audit.export"))
	require.Len(t, line, 2, "who took the trail away is on record")
	require.JSONEq(t, `{"format": "json", "resource_type": "host"}`, string(line[0].After))
	require.Equal(t, http.StatusUnprocessableEntity, ada.get("/api/audit/export?format=xlsx").status)
}

func TestVerificationNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("A", "ada", auth.RoleAdmin)
	for i := range 4 {
		ada.post("/api/hosts", map[string]any{"hostname": fmt.Sprintf("h-%d", i)})
	}
	b.sealAll()
	type report struct {
		Status   string             `json:"status"`
		Checked  int                `json:"checked"`
		LastSeq  int64              `json:"last_seq"`
		HeadHash string             `json:"head_hash"`
		Known    string             `json:"known_head"`
		Findings []api.AuditFinding `json:"findings"`
	}
	verify := func(query string) (r report) {
		a := ada.get("/api/audit/verify" + query)
		require.Equal(t, http.StatusOK, a.status, a.text)
		a.into(&r)
		return r
	}
	r := verify("")
	require.Equal(t, "intact", r.Status)
	require.Equal(t, 5, r.Checked)
	require.Len(t, r.HeadHash, 64)
	require.Equal(t, "confirmed", verify(fmt.Sprintf("?head_seq=%d&head_mac=%s", r.LastSeq, r.HeadHash)).Known)
	require.Equal(t, "contradicted", verify(fmt.Sprintf("?head_seq=%d&head_mac=%s", r.LastSeq+1, r.HeadHash)).Known)
	require.Equal(t, http.StatusUnprocessableEntity, ada.get("/api/audit/verify?head_seq=3").status)

	owner := ownerConn(t, b)
	for _, sql := range []string{
		"ALTER TABLE audit_logs DISABLE TRIGGER ALL",
		"UPDATE audit_logs SET username = 'bob' WHERE id = (SELECT audit_id FROM audit_seals WHERE seq = 2)",
		"DELETE FROM audit_logs WHERE id = (SELECT audit_id FROM audit_seals WHERE seq = 4)",
	} {
		_, err := owner.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	r = verify("")
	require.Equal(t, "broken", r.Status)
	require.Len(t, r.Findings, 2)
	require.Equal(t, []any{"altered", int64(2), "missing", int64(4)}, []any{r.Findings[0].Kind, *r.Findings[0].Seq, r.Findings[1].Kind, *r.Findings[1].Seq})
}

func TestRefusalsAreOnRecord(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("A", "ada", auth.RoleAdmin)
	vera := b.colleague(ada.user.TenantID, "vera", auth.RoleViewer)
	for range 50 {
		vera.get("/api/users").refused(http.StatusForbidden, "permission_denied")
	}
	ada.post("/api/users", map[string]any{"username": "root", "role": "super_admin"}).refused(http.StatusForbidden, "role_above_own")
	list := entries(ada.get("/api/audit?action=auth.denied"))
	require.Len(t, list, 6, "five of the fifty at once, the others as a number; and one of the admin's")
	require.Equal(t, []string{"denied", "ada", "create-user"}, []string{list[0].Outcome, list[0].Username, list[0].ResourceID})
	require.Equal(t, []string{"vera", "list-users"}, []string{list[1].Username, list[1].ResourceID})
	b.settle()
	list = entries(ada.get("/api/audit?action=auth.denied"))
	require.Len(t, list, 7)
	require.Contains(t, string(list[0].After), `"repeated":45`)
}

// TestAForgedForwardedForIsNotBelieved sends what a client writes into X-Forwarded-For, from addresses that are trusted
// proxies and such that are not.
func TestAForgedForwardedForIsNotBelieved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		proxies      []string
		from, header string
		want         string
	}{
		"nobody is trusted":                    {nil, "203.0.113.9:1234", "10.1.1.1", "203.0.113.9"},
		"the client is no proxy":               {[]string{"192.0.2.0/24"}, "203.0.113.9:1234", "10.1.1.1", "203.0.113.9"},
		"a proxy tells":                        {[]string{"192.0.2.0/24"}, "192.0.2.1:1234", "198.51.100.7", "198.51.100.7"},
		"a proxy appends to what was forged":   {[]string{"192.0.2.0/24"}, "192.0.2.1:1234", "10.1.1.1, 198.51.100.7", "198.51.100.7"},
		"behind two proxies":                   {[]string{"192.0.2.0/24"}, "192.0.2.1:1234", "10.1.1.1, 198.51.100.7, 192.0.2.2", "198.51.100.7"},
		"nonsense":                             {[]string{"192.0.2.0/24"}, "192.0.2.1:1234", "'; DROP TABLE users", "192.0.2.1"},
		"nonsense before what the proxy added": {[]string{"192.0.2.0/24"}, "192.0.2.1:1234", "<script>, 198.51.100.7", "198.51.100.7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(p *api.Params) { p.Config.TrustedProxies = c.proxies })
			ada := b.somebody("A", "ada", auth.RoleAdmin)
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/hosts", strings.NewReader(`{"hostname":"x"}`))
			req.RemoteAddr = c.from
			req.Header.Set("X-Forwarded-For", c.header)
			req.Header.Set("X-Real-IP", "10.1.1.1")
			req.Header.Set("Forwarded", "for=10.1.1.1")
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+ada.token)
			w := httptest.NewRecorder()
			b.handler.ServeHTTP(w, req)
			require.Equal(t, http.StatusCreated, w.Code, w.Body.String())
			require.Equal(t, c.want, entries(ada.get("/api/audit?action=host.create"))[0].IPAddress)
		})
	}
}
