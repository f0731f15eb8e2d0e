package intake_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/intake"
)

func TestBodyOf(t *testing.T) {
	t.Parallel()
	host := intake.Origin{ClientID: "C.9", Hostname: "vm"}
	for name, c := range map[string]struct {
		text string
		want intake.Body
	}{
		"ingest body": {
			`{"hostname":" a ","client_id":"C.1","ip_address":"10.0.0.1","os":"windows","labels":["x","y"],"host_metadata":{"b":1,"a":2},"source":"s","rows":[{"z":1,"y":2}]}`,
			intake.Body{
				Hostname: "a", ClientID: "C.1", IPAddress: "10.0.0.1", OS: "windows", Source: "s", Labels: []string{"x", "y"},
				Metadata: json.RawMessage(`{"a":2,"b":1}`), Rows: []json.RawMessage{json.RawMessage(`{"y":2,"z":1}`)},
			},
		},
		"nulls are nothing": {`{"hostname":"a","os":null,"labels":null,"host_metadata":null,"rows":null}`, intake.Body{Hostname: "a"}},
		"CSV": {
			"hostname,labels,host_metadata,rows,os\na, x;y ;,\"{\"\"b\"\":1}\",\"[{\"\"z\"\":1}]\",\n",
			intake.Body{Hostname: "a", Labels: []string{"x", "y"}, Metadata: json.RawMessage(`{"b":1}`), Rows: []json.RawMessage{json.RawMessage(`{"z":1}`)}},
		},
		"event": {
			`{"Event":{"System":{"Computer":"WS1","Channel":"Security"}}}`,
			intake.Body{Hostname: "WS1", Source: "Security", Rows: []json.RawMessage{json.RawMessage(`{"Event":{"System":{"Channel":"Security","Computer":"WS1"}}}`)}},
		},
		"row with a host's name": {`{"hostname":"a","pid":1,"labels":7}`, intake.Body{Hostname: "a", Rows: []json.RawMessage{json.RawMessage(`{"hostname":"a","labels":7,"pid":1}`)}}},
		"row of an archive":      {`{"Pid":1}`, intake.Body{ClientID: "C.9", Hostname: "vm", Rows: []json.RawMessage{json.RawMessage(`{"Pid":1}`)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := all(t, open(t, c.text, intake.Options{}))
			require.Len(t, lines, 1)
			got, err := intake.BodyOf(lines[0], host)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestBodyOfSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		`{"Pid":1}`:                            "line 1 names no host",
		`{"hostname":1}`:                       "line 1 has hostname that is not a string",
		`{"hostname":"a","labels":{}}`:         "has labels that is not an array of strings",
		`{"hostname":"a","labels":[1]}`:        "has labels that is not an array of strings",
		`{"hostname":"a","rows":[1]}`:          "has rows that is not an array of objects",
		`{"hostname":"a","rows":{}}`:           "has rows that is not an array of objects",
		`{"hostname":"a","host_metadata":[]}`:  "has host_metadata that is not an object",
		"hostname,host_metadata\na,not JSON\n": "line 2 has host_metadata that is not an object",
	} {
		_, err := intake.BodyOf(all(t, open(t, text, intake.Options{}))[0], intake.Origin{})
		require.Equal(t, fault.Invalid, fault.KindOf(err), text)
		require.ErrorContains(t, err, says)
	}
	_, err := intake.BodyOf(intake.Line{Raw: json.RawMessage(`{`)}, intake.Origin{})
	require.Equal(t, fault.Malformed, fault.KindOf(err))
}
