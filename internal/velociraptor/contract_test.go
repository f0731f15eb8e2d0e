package velociraptor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// The contract is one suite for two servers: the simulated one, and a real one where VELOCIRAPTOR_API_CONFIG names an
// api_client file. What it asks of the real one: a client that is online, and the permissions of docs/.
func TestContractOnTheSimulatedServer(t *testing.T) {
	t.Parallel()
	s := start(t, velotest.Params{Endpoints: 40, Pace: 50 * time.Millisecond})
	contract(t, connect(t, s))
}

func TestContractAgainstRealServer(t *testing.T) {
	t.Parallel()
	path := os.Getenv("VELOCIRAPTOR_API_CONFIG")
	if path == "" {
		t.Skip("VELOCIRAPTOR_API_CONFIG names no api_client file of a real server")
	}
	file, err := os.ReadFile(path)
	require.NoError(t, err)
	contract(t, client(t, file, ""))
}

func start(t *testing.T, p velotest.Params) *velotest.Server {
	t.Helper()
	p.Clock = clock.System{}
	s, err := velotest.Start(p)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func connect(t *testing.T, s *velotest.Server) *velociraptor.Client {
	t.Helper()
	file, err := s.APIClient("companion")
	require.NoError(t, err)
	return client(t, file, "")
}

func client(t *testing.T, file []byte, org string) *velociraptor.Client {
	t.Helper()
	parsed, err := velociraptor.ParseAPIClient(file)
	require.NoError(t, err)
	c, err := velociraptor.New(velociraptor.Params{File: parsed, OrgID: org, Dial: (&net.Dialer{}).DialContext, Clock: clock.System{}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func contract(t *testing.T, c *velociraptor.Client) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, c.Check(ctx))
	who, err := c.Whoami(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, who.User)

	endpoint := anOnlineEndpoint(t, c)
	for name, part := range map[string]func(t *testing.T, c *velociraptor.Client, e velociraptor.Endpoint){
		"endpoints": endpoints, "artifacts": artifacts, "collection": collection, "refusals": refusals, "hunt": hunting, "monitoring": serverMonitoring,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			part(t, c, endpoint)
		})
	}
}

func anOnlineEndpoint(t *testing.T, c *velociraptor.Client) velociraptor.Endpoint {
	t.Helper()
	list, err := c.Clients(t.Context(), "", 1000)
	require.NoError(t, err)
	for _, e := range list {
		if time.Since(e.LastSeen) < 10*time.Minute && e.Hostname != "" {
			return e
		}
	}
	require.Fail(t, "no endpoint is online")
	return velociraptor.Endpoint{}
}

func endpoints(t *testing.T, c *velociraptor.Client, e velociraptor.Endpoint) {
	t.Helper()
	require.Regexp(t, `^C\.[0-9a-f]+`, e.ClientID)
	require.Contains(t, []string{"windows", "linux", "darwin"}, e.System)
	require.NotContains(t, e.LastIP, ":4")
	require.WithinRange(t, e.FirstSeen, time.Now().AddDate(-20, 0, 0), time.Now()) // seconds and microseconds told apart
	require.WithinRange(t, e.LastSeen, e.FirstSeen.Add(-time.Minute), time.Now().Add(time.Minute))

	var ids []string
	for after := ""; ; {
		page, err := c.Clients(t.Context(), after, 7)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, one := range page {
			require.Greater(t, one.ClientID, after)
			after = one.ClientID
			ids = append(ids, after)
		}
	}
	require.Contains(t, ids, e.ClientID)

	same, err := c.ClientInfo(t.Context(), e.ClientID)
	require.NoError(t, err)
	require.Equal(t, e.Hostname, same.Hostname)
	found, err := c.SearchClients(t.Context(), "host:"+e.Hostname, 10)
	require.NoError(t, err)
	require.NotEmpty(t, found)

	require.NoError(t, c.SetLabel(t.Context(), e.ClientID, "companion-contract", true))
	require.Eventually(t, func() bool { return labelled(t, c, e.ClientID) }, 10*time.Second, 50*time.Millisecond)
	require.NoError(t, c.SetLabel(t.Context(), e.ClientID, "companion-contract", false))
	require.Eventually(t, func() bool { return !labelled(t, c, e.ClientID) }, 10*time.Second, 50*time.Millisecond)
}

func labelled(t *testing.T, c *velociraptor.Client, id string) bool {
	t.Helper()
	e, err := c.ClientInfo(t.Context(), id)
	require.NoError(t, err)
	return strings.Contains(strings.Join(e.Labels, " "), "companion-contract")
}

func artifacts(t *testing.T, c *velociraptor.Client, _ velociraptor.Endpoint) {
	t.Helper()
	list, err := c.Artifacts(t.Context())
	require.NoError(t, err)
	byName := map[string]velociraptor.Artifact{}
	for _, a := range list {
		byName[a.Name] = a
	}
	require.Contains(t, byName, "Generic.Client.Info")
	require.Contains(t, byName["Generic.Client.Info"].Sources, "BasicInformation")
	require.Equal(t, "client", strings.ToLower(byName["Generic.Client.Info"].Type))
}

func collection(t *testing.T, c *velociraptor.Client, e velociraptor.Endpoint) {
	t.Helper()
	id, err := c.Collect(t.Context(), velociraptor.Collection{ClientID: e.ClientID, Artifact: "Generic.Client.Info", Timeout: time.Minute, Urgent: true})
	require.NoError(t, err)
	require.Regexp(t, `^F\.`, id)
	var flow velociraptor.Flow
	require.Eventually(t, func() bool {
		flow, err = c.Flow(t.Context(), e.ClientID, id)
		require.NoError(t, err)
		return flow.State.Over()
	}, time.Minute, 100*time.Millisecond)
	require.Equal(t, velociraptor.FlowFinished, flow.State)
	require.Contains(t, flow.WithResults, "Generic.Client.Info/BasicInformation")
	require.Equal(t, []string{"Generic.Client.Info"}, flow.Artifacts)

	var rows int
	err = c.Rows(t.Context(), e.ClientID, id, "Generic.Client.Info/BasicInformation", 0, 10, func(row velociraptor.Row) error {
		rows++
		require.True(t, json.Valid(row))
		return nil
	})
	require.NoError(t, err)
	require.Positive(t, rows)
	// An artifact of several sources gives nothing without its source.
	require.NoError(t, c.Rows(t.Context(), e.ClientID, id, "Generic.Client.Info", 0, 10, func(velociraptor.Row) error {
		require.Fail(t, "a row without a source")
		return nil
	}))
}

func refusals(t *testing.T, c *velociraptor.Client, e velociraptor.Endpoint) {
	t.Helper()
	ctx := t.Context()
	_, err := c.ClientInfo(ctx, "C.0000000000000000")
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	_, err = c.Collect(ctx, velociraptor.Collection{ClientID: e.ClientID, Artifact: "No.Such.Artifact"})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.ErrorContains(t, err, "No.Such.Artifact")
	_, err = c.CreateHunt(ctx, velociraptor.HuntRequest{Description: "contract: no such artifact", Artifacts: []string{"No.Such.Artifact"}, Paused: true})
	require.Equal(t, fault.Invalid, fault.KindOf(err)) // the trial of a permission builds on it: nothing is started
	_, err = c.Flow(ctx, e.ClientID, "F.0000000000000")
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	_, err = c.CancelFlow(ctx, e.ClientID, "F.0000000000000") // the server answers with its id all the same
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	_, err = c.Hunt(ctx, "H.0000000000000")
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	err = c.Query(ctx, velociraptor.Statement{Name: "nosuchfunc", VQL: "SELECT nosuchfunc() AS V FROM scope()"}, func(velociraptor.Row) error { return nil })
	require.Equal(t, fault.Invalid, fault.KindOf(err)) // the stream itself ended well
	// Quotes, backslashes and backquotes stay values.
	_, err = c.Collect(ctx, velociraptor.Collection{ClientID: e.ClientID, Artifact: "x', artifacts='y\\` \" --"})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
}

func hunting(t *testing.T, c *velociraptor.Client, _ velociraptor.Endpoint) {
	t.Helper()
	ctx := t.Context()
	_, err := c.CreateHunt(ctx, velociraptor.HuntRequest{Artifacts: []string{"Generic.Client.Info"}, OS: "linux", Include: []string{"server"}})
	require.Equal(t, fault.Invalid, fault.KindOf(err)) // the server would drop the label and say nothing

	key := "contract-" + clock.Token(10)
	none, err := c.FindHunt(ctx, key)
	require.NoError(t, err)
	require.Empty(t, none)
	id, err := c.CreateHunt(ctx, velociraptor.HuntRequest{
		Description: "contract [" + key + "]", Artifacts: []string{"Generic.Client.Info"}, Expires: time.Now().Add(time.Hour), Timeout: time.Minute,
	})
	require.NoError(t, err)
	again, err := c.FindHunt(ctx, key)
	require.NoError(t, err)
	require.Equal(t, id, again)

	var over int
	require.Eventually(t, func() bool {
		over = 0
		require.NoError(t, c.HuntFlows(ctx, id, 0, 1000, func(f velociraptor.HuntFlow) error {
			require.NotEmpty(t, f.ClientID)
			require.True(t, strings.HasSuffix(f.FlowID, ".H"))
			if f.Flow.State.Over() {
				over++
			}
			return nil
		}))
		return over > 0
	}, time.Minute, 200*time.Millisecond)
	rows := 0
	require.Eventually(t, func() bool {
		rows = 0
		require.NoError(t, c.HuntRows(ctx, id, "Generic.Client.Info/BasicInformation", func(row velociraptor.Row) error {
			rows++
			require.Contains(t, string(row), "ClientId")
			return nil
		}))
		return rows > 0
	}, time.Minute, 200*time.Millisecond)
	hunt, err := c.Hunt(ctx, id)
	require.NoError(t, err)
	require.Equal(t, velociraptor.HuntRunning, hunt.State) // whatever its endpoints did
	require.Equal(t, []string{"Generic.Client.Info"}, hunt.Artifacts)
	require.WithinRange(t, hunt.Expires, time.Now().Add(50*time.Minute), time.Now().Add(70*time.Minute))
	stopped, err := c.StopHunt(ctx, id)
	require.NoError(t, err)
	require.Equal(t, velociraptor.HuntStopped, stopped.State)
	_, err = c.StopHunt(ctx, "H.0000000000000") // the server answers with its id all the same
	require.Equal(t, fault.NotFound, fault.KindOf(err))
}

func TestFilesAreReadPieceByPiece(t *testing.T) {
	t.Parallel()
	s := start(t, velotest.Params{Endpoints: 3, Pace: 10 * time.Millisecond})
	c := connect(t, s)
	e := anOnlineEndpoint(t, c)
	id, err := c.Collect(t.Context(), velociraptor.Collection{ClientID: e.ClientID, Artifact: "Generic.Collectors.File", Params: map[string]string{"Path": "/etc/hosts"}})
	require.NoError(t, err)
	uploads, err := c.Uploads(t.Context(), e.ClientID, id)
	require.NoError(t, err)
	require.Len(t, uploads, 1)
	var got bytes.Buffer
	n, err := c.ReadFile(t.Context(), uploads[0].Components, &got)
	require.NoError(t, err)
	require.Equal(t, uploads[0].Size, n)
	require.Contains(t, got.String(), "/etc/hosts")
}

func TestTroubleHasItsOwnWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		trouble velotest.Trouble
		kind    fault.Kind
		code    string
	}{
		"down":          {velotest.Trouble{Down: true}, fault.Unavailable, velociraptor.CodeDown},
		"cut":           {velotest.Trouble{CutAfter: 1}, fault.Unavailable, velociraptor.CodeDown},
		"garbage":       {velotest.Trouble{Garbage: true}, fault.Unavailable, velociraptor.CodeStatement},
		"no queries":    {velotest.Trouble{NoQueries: true}, fault.Forbidden, velociraptor.CodeDenied},
		"no permission": {velotest.Trouble{Deny: map[string]string{"clients": "ERROR:clients: Permission denied: READ_RESULTS"}}, fault.Forbidden, velociraptor.CodeDenied},
		"timeout":       {velotest.Trouble{Deny: map[string]string{"clients": "ERROR:Query timed out after 30 seconds"}}, fault.Unavailable, velociraptor.CodeTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, velotest.Params{Endpoints: 3})
			c := connect(t, s)
			s.Trouble(test.trouble)
			_, err := c.Clients(t.Context(), "", 10)
			requireFault(t, err, test.kind, test.code)
			s.Trouble(velotest.Trouble{})
			list, err := c.Clients(t.Context(), "", 10)
			require.NoError(t, err)
			require.Len(t, list, 3)
		})
	}
}

func requireFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	require.Equal(t, kind, fault.KindOf(err), "%v", err)
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, code, f.StableCode())
}

func TestWhoIsNotKnown(t *testing.T) {
	t.Parallel()
	s := start(t, velotest.Params{Endpoints: 3, Orgs: []string{"OTHER"}})
	file, err := s.APIClient("companion")
	require.NoError(t, err)

	inOther := client(t, file, "OTHER")
	list, err := inOther.Clients(t.Context(), "", 10)
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(list[0].ClientID, "-OTHER"))
	_, err = client(t, file, "NONE").Clients(t.Context(), "", 10)
	requireFault(t, err, fault.Invalid, velociraptor.CodeNoOrg)
	s.Forget("companion")
	_, err = client(t, file, "").Clients(t.Context(), "", 10)
	requireFault(t, err, fault.Forbidden, velociraptor.CodeNoUser)

	// A file of another server of the same address: its authority doesn't know this one.
	foreign := start(t, velotest.Params{})
	other, err := foreign.APIClient("companion")
	require.NoError(t, err)
	moved := bytes.ReplaceAll(other, []byte(foreign.Address()), []byte(s.Address()))
	_, err = client(t, moved, "").Clients(t.Context(), "", 10)
	requireFault(t, err, fault.Unavailable, velociraptor.CodeTLS)
}

func TestSilentServerBreaksTheCircuit(t *testing.T) {
	t.Parallel()
	s := start(t, velotest.Params{Endpoints: 1})
	c := connect(t, s)
	s.Trouble(velotest.Trouble{Down: true})
	for range 5 {
		_, err := c.Clients(t.Context(), "", 1)
		requireFault(t, err, fault.Unavailable, velociraptor.CodeDown)
	}
	asked := len(s.Statements())
	_, err := c.Clients(t.Context(), "", 1)
	requireFault(t, err, fault.Unavailable, velociraptor.CodeDown)
	require.Len(t, s.Statements(), asked) // not asked any more
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Positive(t, f.RetryAfter)
}

// What a caller does with rows is not the server's fault, whatever it says.
func TestOurOwnTroubleBreaksNoCircuit(t *testing.T) {
	t.Parallel()
	s := start(t, velotest.Params{Endpoints: 1})
	c := connect(t, s)
	full := fault.New(fault.Unavailable, "our database is down")
	for range 10 {
		err := c.Query(t.Context(), velociraptor.Statement{Name: "clients", VQL: "SELECT * FROM clients() LIMIT 1"}, func(velociraptor.Row) error { return full })
		require.ErrorIs(t, err, full)
	}
	_, err := c.Clients(t.Context(), "", 1)
	require.NoError(t, err)
}

func TestCancelledCallsEndAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t, velotest.Params{Endpoints: 1})
	c := connect(t, s)
	s.Trouble(velotest.Trouble{Slow: time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err := c.Clients(ctx, "", 1)
	require.Error(t, err)
	require.Less(t, time.Since(begin), 10*time.Second)
}

func TestLargeFleetIsListed(t *testing.T) {
	t.Parallel()
	s := start(t, velotest.Params{Endpoints: 5000})
	c := connect(t, s)
	n := 0
	for after := ""; ; {
		page, err := c.Clients(t.Context(), after, 2000)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		n, after = n+len(page), page[len(page)-1].ClientID
	}
	require.Equal(t, 5000, n)
}

// Twenty other hunts with the letters of the key are no reason to overlook the one that has it.
func TestHuntIsFoundByItsKeyAmongMany(t *testing.T) {
	t.Parallel()
	s := start(t, velotest.Params{Endpoints: 1})
	c := connect(t, s)
	var want string
	for i := range 30 {
		description := "evict"
		if i == 0 {
			description = "[vc-1-2]"
		}
		id, err := c.CreateHunt(t.Context(), velociraptor.HuntRequest{Description: description, Artifacts: []string{"Generic.Client.Info"}})
		require.NoError(t, err)
		if i == 0 {
			want = id
		}
	}
	id, err := c.FindHunt(t.Context(), "[vc-1-2]")
	require.NoError(t, err)
	require.Equal(t, want, id)
}
