package velociraptor_test

import (
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

// gateway answers as a server's REST gateway behind a proxy that takes a token: our shapes, its traps.
func gateway(t *testing.T) (*httptest.Server, func(org, token string) *velociraptor.Reduced) {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(answerAsGateway))
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s, func(org, token string) *velociraptor.Reduced {
		c, err := velociraptor.NewReduced(velociraptor.ReducedParams{
			BaseURL: s.URL + "/", APIKey: token, OrgID: org, Dial: (&net.Dialer{}).DialContext, Clock: clock.System{}, Roots: pool,
		})
		require.NoError(t, err)
		return c
	}
}

func answerAsGateway(w http.ResponseWriter, r *http.Request) {
	say := func(status int, body string) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
	if token := r.Header.Get("Authorization"); token == "Bearer quoted" {
		say(http.StatusTeapot, `{"message":"not today, `+token+`"}`)
		return
	}
	if r.Header.Get("Authorization") != "Bearer good" {
		w.Header().Set("Location", "https://idp.example/login")
		say(http.StatusFound, "sign in")
		return
	}
	if r.Method == http.MethodPost && (r.Header.Get("X-CSRF-Token") != "a-csrf-token" || r.Header.Get("Referer") == "") {
		say(http.StatusForbidden, `{"message":"Forbidden - CSRF token invalid"}`)
		return
	}
	var in map[string]any
	_ = json.NewDecoder(r.Body).Decode(&in)
	const client = `{"client_id":"C.1","os_info":{"system":"linux","hostname":"web1"},"labels":["a"],"first_seen_at":"1700000000","last_seen_at":"1700000000000000","last_ip":"10.0.0.1:443"}`
	switch r.URL.Path {
	case "/app/index.html":
		say(http.StatusOK, `<script>window.CsrfToken = "a-csrf-token";</script>`)
	case "/api/v1/GetUserUITraits":
		say(http.StatusOK, `{"username":"companion","orgs":[{"id":"root","name":"<root>"},{"id":"O1","name":"One"}]}`)
	case "/api/v1/SearchClients":
		say(http.StatusOK, `{"items":[{"client_id":"C.2"},`+client+`]}`) // the root org's, whatever org is named
	case "/api/v1/GetClient/C.1":
		say(http.StatusOK, client)
	case "/api/v1/GetClient/C.9":
		say(http.StatusOK, `{}`)
	case "/api/v1/GetArtifacts":
		say(http.StatusOK, `{"items":[{"name":"Generic.Client.Info","type":"CLIENT","sources":[{"name":"Users"}]}]}`)
	case "/api/v1/CollectArtifact":
		collectAsGateway(in, say)
	case "/api/v1/GetFlowDetails":
		say(http.StatusOK, `{"context":{"client_id":"C.1","session_id":"F.1","state":"FINISHED","total_collected_rows":"3","request":{"artifacts":["Generic.Client.Info"]}}}`)
	case "/api/v1/CreateHunt":
		condition, _ := in["condition"].(map[string]any)
		if condition["os"] == nil || condition["labels"] == nil {
			say(http.StatusInternalServerError, `{"message":"the limits got lost"}`)
			return
		}
		say(http.StatusOK, `{"flow_id":"H.1"}`)
	case "/api/v1/ModifyHunt":
		say(http.StatusOK, `{}`)
	case "/api/v1/GetHunt":
		say(http.StatusOK, `{"hunt_id":"H.1","hunt_description":"x [key]","state":"STOPPED","start_request":{"artifacts":["Generic.Client.Info"]}}`)
	case "/api/v1/ListHunts":
		say(http.StatusOK, `{"items":[{"hunt_id":"H.1","hunt_description":"x [key]"}]}`)
	default:
		say(http.StatusNotFound, `{"message":"Not Found"}`)
	}
}

func collectAsGateway(in map[string]any, say func(int, string)) {
	raw, _ := json.Marshal(in["specs"]) //nolint:errchkjson // it was JSON
	switch {
	case strings.Contains(string(raw), "No.Such"):
		say(http.StatusInternalServerError, `{"message":"Unknown artifact No.Such"}`)
	case strings.Contains(string(raw), `{"artifact":"Generic.Client.Info","parameters":{"env":[{"key":"P","value":"v"}]}}`):
		say(http.StatusOK, `{"flow_id":"F.1"}`)
	default:
		say(http.StatusInternalServerError, `{"message":"`+strings.ReplaceAll(string(raw), `"`, "'")+`"}`)
	}
}

func TestTheReducedTransportReadsAndLaunches(t *testing.T) {
	t.Parallel()
	_, connect := gateway(t)
	c := connect("", "good")
	ctx := t.Context()
	require.NoError(t, c.Check(ctx))
	list, err := c.Clients(ctx, "", 10)
	require.NoError(t, err)
	require.Equal(t, "web1", list[0].Hostname, "in the order of the ids")
	require.Equal(t, "10.0.0.1", list[0].LastIP)
	list, err = c.Clients(ctx, "C.1", 10)
	require.NoError(t, err)
	require.Len(t, list, 1)
	e, err := c.ClientInfo(ctx, "C.1")
	require.NoError(t, err)
	require.Equal(t, "linux", e.System)
	_, err = c.ClientInfo(ctx, "C.9")
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	defs, err := c.Artifacts(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"Users"}, defs[0].Sources)

	id, err := c.Collect(ctx, velociraptor.Collection{ClientID: "C.1", Artifact: "Generic.Client.Info", Params: map[string]string{"P": "v"}})
	require.NoError(t, err)
	flow, err := c.Flow(ctx, "C.1", id)
	require.NoError(t, err)
	require.True(t, flow.State.Over())
	require.Equal(t, int64(3), flow.Rows)
	_, err = c.Collect(ctx, velociraptor.Collection{ClientID: "C.1", Artifact: "No.Such"})
	requireFault(t, err, fault.Invalid, velociraptor.CodeStatement)
	require.ErrorContains(t, err, "No.Such")

	_, err = c.Collect(ctx, velociraptor.Collection{ClientID: "C.1", Artifacts: []string{"Generic.Client.Info"}})
	requireFault(t, err, fault.Invalid, velociraptor.CodeReduced)

	id, err = c.CreateHunt(ctx, velociraptor.HuntRequest{Artifacts: []string{"Generic.Client.Info"}, OS: "linux", Include: []string{"a"}})
	require.NoError(t, err)
	h, err := c.StopHunt(ctx, id)
	require.NoError(t, err)
	require.Equal(t, velociraptor.HuntStopped, h.State)
	found, err := c.FindHunt(ctx, "[key]")
	require.NoError(t, err)
	require.Equal(t, id, found)

	requireFault(t, c.Query(ctx, velociraptor.Statement{}, nil), fault.Invalid, velociraptor.CodeReduced)
	requireFault(t, c.Rows(ctx, "C.1", "F.1", "A", 0, 1, nil), fault.Invalid, velociraptor.CodeReduced)
	requireFault(t, c.SetLabel(ctx, "C.1", "a", true), fault.Invalid, velociraptor.CodeReduced)
	require.NoError(t, c.Drain(ctx))
	requireFault(t, c.Check(ctx), fault.Unavailable, velociraptor.CodeReplaced)
}

func TestTheGatewaysTrapsAreSeen(t *testing.T) {
	t.Parallel()
	s, connect := gateway(t)
	requireFault(t, connect("", "bad").Check(t.Context()), fault.Forbidden, velociraptor.CodeNoUser)
	err := connect("", "quoted").Check(t.Context())
	require.ErrorContains(t, err, "not today")
	require.NotContains(t, err.Error(), "quoted", "a token that somebody says back is shown to nobody")
	me, err := connect("O2", "good").Whoami(t.Context())
	require.NoError(t, err)
	require.Equal(t, "root", me.Org, "the org that was named is not ours")
	_, err = connect("O1", "good").Clients(t.Context(), "", 10) // the root org's data, silently
	requireFault(t, err, fault.Invalid, velociraptor.CodeNoOrg)
	s.Close()
	requireFault(t, connect("", "good").Check(t.Context()), fault.Unavailable, velociraptor.CodeDown)
	for _, bad := range []string{"", "http://x.example", "https://", "https://a:b@x.example", "ftp://x", "https://x.example/?q=1"} {
		_, err := velociraptor.NewReduced(velociraptor.ReducedParams{BaseURL: bad, APIKey: "k"})
		require.Equal(t, fault.Invalid, fault.KindOf(err), bad)
	}
	_, err = velociraptor.NewReduced(velociraptor.ReducedParams{BaseURL: "https://x.example", APIKey: "a\r\nb"})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
}
