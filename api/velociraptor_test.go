package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// connectionShown is a connection as the API shows it.
type connectionShown struct {
	ID            int64             `json:"id"`
	Transport     string            `json:"transport"`
	Address       string            `json:"address"`
	Username      string            `json:"username"`
	OrgID         string            `json:"org_id"`
	Version       int               `json:"version"`
	Status        string            `json:"status"`
	ServerVersion string            `json:"server_version"`
	Simulated     bool              `json:"simulated"`
	ExpiresInDays int               `json:"expires_in_days"`
	Quarantine    map[string]string `json:"quarantine"`
	Allow         []string          `json:"allow_artifacts"`
	Reduced       []string          `json:"reduced"`
	Checks        []checkShown      `json:"checks"`
}

type checkShown struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Skipped bool   `json:"skipped"`
	Message string `json:"message"`
	Code    string `json:"code"`
}

const configPath = "/api/velociraptor/config"

func TestConnectRotateAndForget(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("Alpha", "alice", auth.RoleAdmin)
	c.get(configPath).refused(http.StatusNotFound, "velociraptor_not_configured")
	c.get("/api/velociraptor/clients").refused(http.StatusConflict, "velociraptor_not_configured")

	var shown connectionShown
	file := b.apiClient()
	a := c.post(configPath, map[string]any{"api_client": file, "quarantine": map[string]string{"darwin": ""}})
	require.Equal(t, http.StatusOK, a.status, a.text)
	a.into(&shown)
	require.Equal(t, "connected", shown.Status)
	require.Equal(t, "companion", shown.Username)
	require.Equal(t, velotest.Version, shown.ServerVersion)
	require.True(t, shown.Simulated)
	require.Equal(t, map[string]string{"windows": "Windows.Remediation.Quarantine", "linux": "Linux.Remediation.Quarantine", "darwin": ""}, shown.Quarantine)
	require.Empty(t, shown.Reduced)
	require.InDelta(t, 364, shown.ExpiresInDays, 1)
	for _, check := range shown.Checks {
		require.True(t, check.OK || check.Name == "callbacks", "%s: %s", check.Name, check.Message)
	}

	var again connectionShown
	c.post(configPath, map[string]any{"api_client": b.apiClient(), "org_id": "A"}).into(&again)
	require.Equal(t, shown.ID, again.ID)
	require.Equal(t, shown.Version+1, again.Version)
	require.Equal(t, "A", again.OrgID)
	c.post(configPath, map[string]any{"api_client": b.apiClient()}).into(&again)
	require.Equal(t, "A", again.OrgID, "new keys take nobody to another org")
	require.Empty(t, again.Quarantine["darwin"], "choices stay")
	require.NotContains(t, c.get(configPath).text, "PRIVATE KEY")
	require.NotContains(t, b.log.String(), "PRIVATE KEY")
	require.Regexp(t, `-A"`, c.get("/api/velociraptor/clients").text)

	a = c.do(http.MethodDelete, configPath, nil)
	require.Equal(t, http.StatusNoContent, a.status)
	c.get(configPath).refused(http.StatusNotFound, "velociraptor_not_configured")
	c.get("/api/velociraptor/artifacts").refused(http.StatusConflict, "velociraptor_not_configured")
}

func TestAConnectionThatWontDoIsNotSaved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("Alpha", "alice", auth.RoleAdmin)
	file := b.apiClient()
	expired, err := b.velociraptor().ExpiredAPIClient("companion")
	require.NoError(t, err)
	foreign, err := velotest.Start(velotest.Params{Clock: b.clock})
	require.NoError(t, err)
	t.Cleanup(foreign.Close)
	theirs, err := foreign.APIClient("companion")
	require.NoError(t, err)
	stranger, err := b.velociraptor().APIClient("stranger")
	require.NoError(t, err)
	b.velociraptor().Forget("stranger")
	without := func(key string) string { return strings.Replace(file, key+":", "x_"+key+":", 1) }
	for name, test := range map[string]struct {
		body  map[string]any
		field string
		code  string
	}{
		"nothing":          {map[string]any{}, "body.api_client", "invalid"},
		"no yaml":          {map[string]any{"api_client": "{{{"}, "body.api_client", "invalid"},
		"no key":           {map[string]any{"api_client": without("client_private_key")}, "body.api_client.client_private_key", "invalid"},
		"no address":       {map[string]any{"api_client": without("api_connection_string")}, "body.api_client.api_connection_string", "invalid"},
		"expired":          {map[string]any{"api_client": string(expired)}, "body.api_client.client_cert", "certificate_expired"},
		"another server":   {map[string]any{"api_client": strings.Replace(string(theirs), foreign.Address(), b.velociraptor().Address(), 1)}, "body.api_client", "velociraptor_tls"},
		"nobody there":     {map[string]any{"api_client": strings.Replace(file, b.velociraptor().Address(), "127.0.0.1:1", 1)}, "body.api_client", "velociraptor_down"},
		"unknown user":     {map[string]any{"api_client": string(stranger)}, "body.api_client", "velociraptor_user"},
		"no such org":      {map[string]any{"api_client": file, "org_id": "NOPE"}, "body.org_id", "velociraptor_org"},
		"odd org":          {map[string]any{"api_client": file, "org_id": "a b"}, "body.org_id", "invalid"},
		"both forms":       {map[string]any{"api_client": file, "base_url": "https://x.example", "api_key": "k"}, "body.api_client", "invalid"},
		"half a form":      {map[string]any{"base_url": "https://x.example"}, "body.api_key", "invalid"},
		"odd artifact":     {map[string]any{"api_client": file, "allow_artifacts": []string{""}}, "body.allow_artifacts", "invalid"},
		"file of nonsense": {map[string]any{"api_client": strings.Repeat("x", 300_000)}, "body.api_client", "invalid"},
	} {
		a := c.post(configPath, test.body)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, "%s: %s", name, a.text)
		p := a.problem()
		require.Equal(t, test.code, p.Code, "%s: %s", name, a.text)
		require.Equal(t, test.field, p.Errors[0].Location, "%s: %s", name, a.text)
		require.NotContains(t, a.text, "PRIVATE KEY", name)
	}
	c.get(configPath).refused(http.StatusNotFound, "velociraptor_not_configured")
}

func TestATestSaysWhatLacks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("Alpha", "alice", auth.RoleAdmin)
	b.velociraptor().Trouble(velotest.Trouble{Deny: map[string]string{"hunt": "hunt: Permission denied: START_HUNT", "label": "label: Permission denied: LABEL_CLIENT"}})
	var report struct {
		OK     bool         `json:"ok"`
		Usable bool         `json:"usable"`
		Checks []checkShown `json:"checks"`
	}
	c.post(configPath+"/test", map[string]any{"api_client": b.apiClient()}).into(&report)
	require.False(t, report.OK)
	require.True(t, report.Usable)
	lacks := map[string]string{}
	for _, check := range report.Checks {
		if !check.OK {
			lacks[check.Name] = check.Message
		}
	}
	require.Contains(t, lacks["permission.start_hunt"], "investigator")
	require.Contains(t, lacks["permission.label_clients"], "analyst")
	require.NotContains(t, lacks, "permission.collect_client")
	for _, name := range b.velociraptor().Statements() {
		require.NotEqual(t, "hunt_update", name, "no hunt was started for it")
	}

	b.velociraptor().Trouble(velotest.Trouble{Down: true})
	c.post(configPath+"/test", map[string]any{"api_client": b.apiClient()}).into(&report)
	require.False(t, report.Usable)
	require.True(t, report.Checks[len(report.Checks)-1].Skipped)
	c.post(configPath+"/test", nil).refused(http.StatusConflict, "velociraptor_not_configured")
}

func TestClientsFlowsAndArtifactsAreShown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("Alpha", "alice", auth.RoleUser)
	b.connect(c.user.TenantID, "", "companion")
	var clients []struct {
		ClientID string `json:"client_id"`
		Hostname string `json:"hostname"`
		OS       string `json:"os"`
		HostID   *int64 `json:"host_id"`
	}
	a := c.get("/api/velociraptor/clients?limit=2")
	a.into(&clients)
	require.Len(t, clients, 2)
	require.Contains(t, a.header.Get("Link"), "after="+clients[1].ClientID)
	one := clients[0]
	c.get("/api/velociraptor/clients?search=" + one.Hostname).into(&clients)
	require.Equal(t, one.ClientID, clients[0].ClientID)
	require.Equal(t, http.StatusOK, c.get("/api/velociraptor/clients/"+one.ClientID).status)
	require.Equal(t, http.StatusNotFound, c.get("/api/velociraptor/clients/C.0000000000000000").status)
	require.Equal(t, "[]", strings.TrimSpace(c.get("/api/velociraptor/clients/"+one.ClientID+"/flows").text))

	var artifacts []struct {
		Name       string `json:"name"`
		NeedsAdmin bool   `json:"needs_admin"`
		Allowed    bool   `json:"allowed"`
	}
	a = c.get("/api/velociraptor/artifacts?q=bash+shell&type=client")
	a.into(&artifacts)
	require.Len(t, artifacts, 1)
	require.True(t, artifacts[0].NeedsAdmin)
	require.False(t, artifacts[0].Allowed)
	require.Equal(t, "1", a.header.Get("X-Total-Count"))
	require.Contains(t, c.get("/api/velociraptor/artifacts/Generic.Collectors.File").text, `"parameters":[{"name":"Path"`)
	c.get("/api/velociraptor/artifacts/Nope").refused(http.StatusNotFound, "artifact_unknown")

	boss := b.colleague(c.user.TenantID, "boss", auth.RoleAdmin)
	a = boss.patch(configPath, map[string]any{"quarantine": map[string]string{"linux": "No.Such"}})
	require.Equal(t, "body.quarantine.linux", a.problem().Errors[0].Location)
	a = boss.patch(configPath, map[string]any{"quarantine": map[string]string{"beos": "x"}})
	require.Equal(t, "body.quarantine", a.problem().Errors[0].Location)
	require.Equal(t, http.StatusOK, boss.patch(configPath, map[string]any{"allow_artifacts": []string{"Generic.Client.Info"}}).status)
	c.get("/api/velociraptor/artifacts?q=pslist").into(&artifacts)
	require.False(t, artifacts[0].Allowed)
	require.Equal(t, http.StatusUnprocessableEntity, boss.patch(configPath, map[string]any{"org_id": "NOPE"}).status)
	require.Equal(t, http.StatusOK, boss.patch(configPath, map[string]any{"org_id": "B"}).status)
	require.Regexp(t, `-B"`, c.get("/api/velociraptor/clients").text)
}
