package fleet

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

func TestParametersThatAnEndpointWouldMisreadAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind, value, problem string // an empty problem: it is taken
	}{
		{"choices", "IPv4", ""},
		{"choices", "IPv5", `"IPv5" is none of its choices: must be one of ALL, IPv4, IPv6`},
		{"choices", `["IPv4"]`, "none of its choices"},
		{"multichoice", `["IPv4","IPv6"]`, ""},
		{"multichoice", ` [ "IPv4" ] `, ""},
		{"multichoice", "IPv6", ""},
		{"multichoice", "[]", ""},
		{"multichoice", "", ""},
		{"multichoice", `["IPv4","IPv5"]`, `"IPv5" is none of its choices: must be one of ALL, IPv4, IPv6`},
		{"multichoice", `[4]`, "JSON array of choices"},
		{"multichoice", "IPv4,IPv6", `such as ["ALL"]`},
		{"bool", "Y", ""},
		{"bool", "ok", ""},
		{"bool", "false", ""},
		{"bool", "1", "endpoints take 1 for no"},
		{"bool", "on", "must be Y or N"},
		{"int", "0x10", ""},
		{"int", "-3", ""},
		{"int", "3.5", "must be a whole number"},
		{"int64", "9223372036854775808", "must be a whole number"},
		{"float", "3.5e2", ""},
		{"float", "three", "must be a number"},
		{"timestamp", "2026-05-04T10:00:00.000Z", ""},
		{"timestamp", "2020-12-15 06:50:35 +0000 UTC", ""},
		{"timestamp", "2026-05-04T10:00", ""},
		{"timestamp", "2026-05-04", ""},
		{"timestamp", "1769900000", ""},
		{"timestamp", "yesterday", "must be a time"},
		{"timestamp", "2026-13-04", "must be a time"},
		{"regex", `^(svchost|lsass)\.exe$`, ""},
		{"regex", `(?i)c:\\users\\`, ""},
		{"regex", `(lsass`, "must be a regular expression: missing closing )"},
		{"regex", `*.exe`, "must be a regular expression"},
		{"regex_array", `["a.*","b"]`, ""},
		{"regex_array", `["a","(b"]`, "must be a regular expression"},
		{"regex_array", `a.*`, "must be a JSON array"},
		{"csv", "Glob,Accessor\n/etc/*,file\n", ""},
		{"csv", "Glob,Accessor\n/etc/*\n", "line 2"},
		{"csv", `[{"Glob":"/etc/*"}]`, "must be CSV"},
		{"json", `{"a":1}`, ""},
		{"json", `{a:1}`, "must be JSON"},
		{"json_array", `[{"a":1}]`, ""},
		{"json_array", `{"a":1}`, "must be a JSON array"},
		{"json_array", `null`, "must be a JSON array"},
		{"xml", "<a><b/></a>", ""},
		{"xml", "<a><b></a>", "must be XML"},
		{"xml", "plain", "must be XML"},
		{"upload", "https://files.example.org/rules.yar", ""},
		{"upload", "rule x { condition: true }", "http or https address"},
		{"upload_file", "C:/rules.yar", "http or https address"},
		{"hidden", "anything (", ""},
		{"redacted", "s3cret(", ""},
		{"yara", "rule x { condition: true }", ""},
		{"", "anything (", ""},
		{"somethingnew", "anything (", ""},
	}
	for _, test := range tests {
		p := velociraptor.ArtifactParam{Name: "P", Type: test.kind}
		if test.kind == "choices" || test.kind == "multichoice" {
			p.Choices = []string{"ALL", "IPv4", "IPv6"}
		}
		a := &velociraptor.Artifact{Name: "A", Params: []velociraptor.ArtifactParam{p}}
		err := checkParams(a, map[string]string{"P": test.value})
		if test.problem == "" {
			require.NoError(t, err, "%s %q", test.kind, test.value)
			continue
		}
		require.Equal(t, fault.Invalid, fault.KindOf(err), "%s %q", test.kind, test.value)
		require.ErrorContains(t, err, "parameters.P: ")
		require.ErrorContains(t, err, test.problem, "%s %q", test.kind, test.value)
	}
}

func TestAnArtifactsOwnValueIsAlwaysTaken(t *testing.T) {
	t.Parallel()
	a := &velociraptor.Artifact{Name: "A", Params: []velociraptor.ArtifactParam{
		{Name: "Flag", Type: "bool", Default: "1"}, {Name: "Table", Type: "csv", Default: "A,B\n1\n"}, {Name: "One", Type: "choices", Default: "z", Choices: []string{"a"}},
	}}
	require.NoError(t, checkParams(a, map[string]string{"Flag": "1", "Table": "A,B\n1\n", "One": "z"}))
}
