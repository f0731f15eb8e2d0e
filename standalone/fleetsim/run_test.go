package fleetsim_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/standalone/fleetsim"
)

const patience = 20 * time.Second

func TestWrongCallsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"argument":       {[]string{"now"}, `unexpected argument "now"`},
		"too many":       {[]string{"-endpoints=2000000"}, "-endpoints must be between 0 and 1000000"},
		"no rows":        {[]string{"-rows=0"}, "-rows must be between 1"},
		"no pace":        {[]string{"-pace=0"}, "-pace"},
		"no user":        {[]string{"-user="}, "-user"},
		"public control": {[]string{"-control=0.0.0.0:8002"}, "loopback"},
		"control a name": {[]string{"-control=example.org:1"}, "loopback"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var errw strings.Builder
			_, err := fleetsim.Parse(c.args, &errw)
			require.Error(t, err)
			require.Contains(t, errw.String(), c.says)
		})
	}
	_, err := fleetsim.Parse([]string{"-help"}, io.Discard)
	require.ErrorIs(t, err, flag.ErrHelp)
}

// told gives the values of a run's lines as they come.
type told struct{ lines chan string }

func (l *told) Write(b []byte) (int, error) {
	for line := range strings.Lines(string(b)) {
		l.lines <- strings.TrimSpace(line)
	}
	return len(b), nil
}

func (l *told) value(t *testing.T, name string) string {
	t.Helper()
	for {
		select {
		case line := <-l.lines:
			if value, ok := strings.CutPrefix(line, name+"="); ok {
				return value
			}
		case <-time.After(patience):
			require.FailNow(t, "nobody said "+name)
		}
	}
}

func run(t *testing.T, args ...string) (out *told, stop func()) {
	t.Helper()
	p, err := fleetsim.Parse(args, io.Discard)
	require.NoError(t, err)
	out = &told{lines: make(chan string, 100)}
	p.Out = out
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- fleetsim.Run(ctx, p) }()
	stop = func() {
		cancel()
		if ended != nil {
			require.NoError(t, <-ended)
			ended = nil
		}
	}
	t.Cleanup(stop)
	return out, stop
}

func connect(t *testing.T, path string) *velociraptor.Client {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	file, err := velociraptor.ParseAPIClient(text)
	require.NoError(t, err)
	c, err := velociraptor.New(velociraptor.Params{File: file, Dial: (&net.Dialer{}).DialContext, Clock: clock.System{}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func post(t *testing.T, url, body string) (status int, text string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer answer.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, b.String()
}

func TestFleetRunsIsControlledAndGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "api_client.yaml")
	args := []string{"-endpoints=10", "-addr=127.0.0.1:0", "-out=" + file, "-state=" + filepath.Join(dir, "state"), "-control=127.0.0.1:0", "-pace=10ms"}
	out, stop := run(t, args...)
	address := out.value(t, "ADDRESS")
	control := out.value(t, "CONTROL")
	c := connect(t, file)
	list, err := c.Clients(t.Context(), "", 100)
	require.NoError(t, err)
	require.Len(t, list, 10)

	status, _ := post(t, control+"/enrol?count=5", "")
	require.Equal(t, http.StatusNoContent, status)
	status, _ = post(t, control+"/delete?client="+list[0].ClientID, "")
	require.Equal(t, http.StatusNoContent, status)
	for _, wrong := range []string{"/enrol?count=x", "/delete?client=C.0", "/switch?client=" + list[1].ClientID, "/stop?seconds=0"} {
		status, text := post(t, control+wrong, "")
		require.Equal(t, http.StatusBadRequest, status, "%s %s", wrong, text)
	}
	status, text := post(t, control+"/trouble", `{"downn":true}`)
	require.Equal(t, http.StatusBadRequest, status, text)
	status, _ = post(t, control+"/trouble", `{"down":true}`)
	require.Equal(t, http.StatusNoContent, status)
	_, err = c.Clients(t.Context(), "", 100)
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
	status, _ = post(t, control+"/trouble", `{}`)
	require.Equal(t, http.StatusNoContent, status)
	list, err = c.Clients(t.Context(), "", 100)
	require.NoError(t, err)
	require.Len(t, list, 14)

	stop()
	args[1] = "-addr=" + address
	out, _ = run(t, args...)
	require.Equal(t, address, out.value(t, "ADDRESS"))
	require.Eventually(t, func() bool {
		list, err = c.Clients(t.Context(), "", 100) // with the file of before
		return err == nil && len(list) == 14
	}, 40*time.Second, 100*time.Millisecond)
}
