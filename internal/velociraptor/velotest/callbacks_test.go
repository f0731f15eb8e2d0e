package velotest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// ear takes callbacks and refuses the first of them where it should.
type ear struct {
	*httptest.Server

	mu     sync.Mutex
	heard  []map[string]any
	forged int
	refuse int
}

const key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func listen(t *testing.T, refuse int) *ear {
	t.Helper()
	e := &ear{refuse: refuse}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		var body map[string]any
		_ = json.Unmarshal(text, &body)
		e.mu.Lock()
		defer e.mu.Unlock()
		if !velociraptor.SignatureFits(key, r.Header.Get(velociraptor.HeaderTimestamp), r.Header.Get(velociraptor.HeaderSignature), text) {
			e.forged++
		}
		if e.refuse--; e.refuse >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		e.heard = append(e.heard, body)
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *ear) flows(t *testing.T) (out []string) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	require.Zero(t, e.forged)
	for _, body := range e.heard {
		if id, ok := body["flow_id"].(string); ok {
			out = append(out, id)
		}
	}
	return out
}

func install(t *testing.T, c *velociraptor.Client, url string) {
	t.Helper()
	cb := velociraptor.Callback{Artifact: velociraptor.CallbackPrefix + "T1", KeyName: "K", URL: url}
	definition, err := cb.Definition()
	require.NoError(t, err)
	require.NoError(t, velociraptor.SetArtifact(t.Context(), c, definition))
	require.NoError(t, c.SetServerKey(t.Context(), cb.KeyName, key))
	require.NoError(t, velociraptor.AddServerMonitoring(t.Context(), c, cb.Artifact, cb.Parameters()))
}

func launch(t *testing.T, c *velociraptor.Client, ids ...string) {
	t.Helper()
	e := the(t, c, named("WS-00000"))
	for _, id := range ids {
		collected(t, c, velociraptor.Collection{ClientID: e.ClientID, Artifact: "Generic.Client.Info", FlowID: id})
	}
}

func TestCallbacksArePosted(t *testing.T) {
	t.Parallel()
	s := serve(t, velotest.Params{Endpoints: 6})
	c := connect(t, s)
	there := listen(t, 1) // the second try gets through, signed anew
	launch(t, c, "F.BEFORE")
	install(t, c, there.URL)
	launch(t, c, "F.1")
	require.Eventually(t, func() bool { return slices.Equal(there.flows(t), []string{"F.1"}) }, patience, 20*time.Millisecond)
	require.Equal(t, 1, s.Callbacks())
	there.mu.Lock()
	body := there.heard[0]
	there.mu.Unlock()
	require.Equal(t, "flow.completed", body["kind"])
	require.Equal(t, "root", body["org_id"])
	require.Equal(t, "FINISHED", body["state"])
	require.Nil(t, body["hunt_id"])

	id, err := c.CreateHunt(t.Context(), velociraptor.HuntRequest{Description: "h", Artifacts: []string{"Generic.Client.Info"}})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(there.flows(t)) == 7 }, patience, 20*time.Millisecond)
	there.mu.Lock()
	defer there.mu.Unlock()
	require.Contains(t, kinds(there.heard), "hunt.created")
	last := there.heard[len(there.heard)-1]
	require.Equal(t, id, last["hunt_id"])
	require.Equal(t, "F."+strings.TrimPrefix(id, "H.")+".H", last["flow_id"])
}

func kinds(list []map[string]any) (out []any) {
	for _, body := range list {
		out = append(out, body["kind"])
	}
	return out
}

func TestCallbacksComeThriceAndBackwards(t *testing.T) {
	t.Parallel()
	s := serve(t, velotest.Params{Endpoints: 1})
	c := connect(t, s)
	there := listen(t, 0)
	install(t, c, there.URL)
	s.Trouble(velotest.Trouble{CallbackTimes: 3, CallbacksReversed: true})
	launch(t, c, "F.1", "F.2", "F.3")
	require.Eventually(t, func() bool { return len(there.flows(t)) == 9 }, patience, 20*time.Millisecond)
	require.Equal(t, "F.3", there.flows(t)[0])
	require.Equal(t, "F.1", there.flows(t)[8])

	s.Trouble(velotest.Trouble{CallbacksLost: true})
	launch(t, c, "F.4")
	s.Trouble(velotest.Trouble{})
	launch(t, c, "F.5")
	require.Eventually(t, func() bool { return slices.Contains(there.flows(t), "F.5") }, patience, 20*time.Millisecond)
}

func TestRestartTellsNothingTwice(t *testing.T) {
	t.Parallel()
	p := velotest.Params{Endpoints: 1, State: t.TempDir()}
	s := start(t, p)
	text := file(t, s)
	c := client(t, text, "")
	there := listen(t, 0)
	install(t, c, there.URL)
	launch(t, c, "F.1")
	require.Eventually(t, func() bool { return len(there.flows(t)) == 1 }, patience, 20*time.Millisecond)
	p.Address = s.Address()
	s.Close()
	s = start(t, p)
	t.Cleanup(s.Close)
	launch(t, client(t, text, ""), "F.2") // callbacks are installed as before
	require.Eventually(t, func() bool { return slices.Contains(there.flows(t), "F.2") }, patience, 20*time.Millisecond)
	require.Equal(t, []string{"F.1", "F.2"}, there.flows(t))
}
