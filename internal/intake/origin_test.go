package intake_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/intake"
)

func TestOriginOf(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 12, 23, 2, 16, 46, 810517000, time.UTC)
	for name, c := range map[string]struct {
		row  string
		want intake.Origin
	}{
		"evtx_dump": {
			`{"Event":{"System":{"Provider":{"#attributes":{"Name":"Sysmon"}},"EventID":1,"TimeCreated":{"#attributes":{"SystemTime":"2025-12-23T02:16:46.810517Z"}},"Channel":"Op","Computer":"WS1"}}}`,
			intake.Origin{Hostname: "WS1", Channel: "Op", Provider: "Sysmon", EventID: "1", Time: at},
		},
		"evtx_dump with attributes at the event's number": {
			`{"Event":{"System":{"EventID":{"#attributes":{"Qualifiers":0},"#text":7045},"Computer":"WS1"}}}`, intake.Origin{Hostname: "WS1", EventID: "7045"},
		},
		"parse_evtx": {
			`{"System":{"Provider":{"Name":"Sysmon"},"EventID":{"Value":1},"TimeCreated":{"SystemTime":1766456206.810517},"Channel":"Op","Computer":"WS1"}}`,
			intake.Origin{Hostname: "WS1", Channel: "Op", Provider: "Sysmon", EventID: "1", Time: at},
		},
		"EvtxECmd":    {`{"Computer":"WS1","Channel":"Op","EventId":1,"Provider":"Sysmon","TimeCreated":"2025-12-23T02:16:46.810517+00:00"}`, intake.Origin{Hostname: "WS1", Channel: "Op", Provider: "Sysmon", EventID: "1", Time: at}},
		"Winlogbeat":  {`{"@timestamp":"2025-12-23T02:16:46.810517Z","winlog":{"computer_name":"WS1","channel":"Op","event_id":"1","provider_name":"Sysmon"},"host":{"name":"other"}}`, intake.Origin{Hostname: "WS1", Channel: "Op", Provider: "Sysmon", EventID: "1", Time: at}},
		"NXLog":       {`{"EventTime":"2025-12-23 02:16:46.810517","Hostname":"WS1","EventID":1,"Channel":"Op","SourceName":"Sysmon"}`, intake.Origin{Hostname: "WS1", Channel: "Op", Provider: "Sysmon", EventID: "1", Time: at}},
		"hunt result": {`{"Pid":1,"ClientId":"C.1","Fqdn":"ws1.corp"}`, intake.Origin{ClientID: "C.1", Hostname: "ws1.corp"}},
		"ingest body": {`{"hostname":"ws1","client_id":"C.1","os":"Windows","ip_address":"10.0.0.1","rows":[{"Computer":"x"}]}`, intake.Origin{ClientID: "C.1", Hostname: "ws1", OS: "windows", IPAddress: "10.0.0.1"}},
		"nothing":     {`{"a":1}`, intake.Origin{}},
		"no JSON":     {`{`, intake.Origin{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, intake.OriginOf([]byte(c.row)))
		})
	}
}

// shared finds the folder of recorded rows and public samples that lies beside the repository.
func shared(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{
		os.Getenv("VC_SHARED_DATA"), filepath.Join("..", "..", "..", "shared", "data"), filepath.Join("..", "..", "..", "..", "shared", "data"),
	} {
		if _, err := os.Stat(filepath.Join(dir, "sigma")); dir != "" && err == nil {
			return dir
		}
	}
	t.Skip("there is no ../shared/data")
	return ""
}

func TestRecordedFilesAreReadWithoutASpecialCase(t *testing.T) {
	t.Parallel()
	samples, err := filepath.Glob(filepath.Join(shared(t), "sigma", "*", "event.json"))
	require.NoError(t, err)
	recorded, err := filepath.Glob(filepath.Join(shared(t), "velociraptor", "*.jsonl"))
	require.NoError(t, err)
	for _, name := range append(samples, recorded...) {
		f, err := os.Open(name)
		require.NoError(t, err)
		r, err := intake.Open(f, intake.Options{})
		require.NoError(t, err, name)
		for _, line := range all(t, r) {
			if line.Err != nil {
				require.Contains(t, line.Err.Message, "is null, not an object", name)
				continue
			}
			if filepath.Base(name) == "event.json" {
				o := intake.OriginOf(line.Raw)
				require.NotEmpty(t, o.Hostname, name)
				require.NotEmpty(t, o.EventID, name)
				require.False(t, line.EventTime.IsZero(), name)
			}
		}
		require.NoError(t, f.Close())
	}
}
