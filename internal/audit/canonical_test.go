package audit_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2" //nolint:depguard // the same documents each time
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/models"
)

// Both ways to the canonical form of a document give the same, or stamps made by one would not hold for the other.
func TestCanonicalFormsAgree(t *testing.T) {
	t.Parallel()
	for doc, plain := range map[string]bool{
		`{}`: true, `[]`: true, `null`: true, ` true `: true, `false`: true, `""`: true, `0`: true, `-0`: true, `"ä€😀"`: true,
		`{"b":1,"a":[1,2,{"c":null,"a":"x"}],"aa":{"z":true,"y":false}}`: true,
		"{ \"b\" :\t1.50e+3 ,\r\n \"a\" : [ ] , \"c\" : { } }":           true,
		`[1e400,-1.0,100,0.001,12345678901234567890123,1E-7,0e9]`:        true,
		`{"a":1,"a":2}`: false, `{"a":{"b":1,"b":2}}`: false, `"a\u003cb"`: false, `{"\n":1}`: false, `{"a":"\"}"}`: false, "\"\xff\"": false,
		strings.Repeat("[", 16) + strings.Repeat("]", 16): true, strings.Repeat("[", 40) + strings.Repeat("]", 40): false,
	} {
		form, was, err := audit.Canonical(json.RawMessage(doc))
		require.NoError(t, err, doc)
		require.Equal(t, plain, was, doc)
		slow, err := audit.CanonicalSlowly(json.RawMessage(doc))
		require.NoError(t, err, doc)
		require.Equal(t, slow, form, doc)
	}
	for _, doc := range []string{`{`, `[1,]`, `[,1]`, `{"a":1,}`, `{"a"}`, `{a:1}`, `nul`, `[01]`, `-`, `1.`, `"`, "\"\n\"", `tru`, `}`, ` `} {
		_, was, err := audit.Canonical(json.RawMessage(doc))
		require.False(t, was, doc)
		require.Error(t, err, doc)
	}
}

// Changed at random, documents are taken or refused by both ways alike.
func TestCanonicalFormsAgreeOnAnything(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	seed := `{"id":17,"os":"linux","labels":["a","b"],"hostname":"h-1","score":0.25,"meta":{"x":null,"aa":[true,false,{}],"b":"ä"},"last":-3}`
	const letters = `{}[]",:0123456789.eE+-\untrfals abc` + "ä\n"
	taken := 0
	for range 200_000 {
		doc := []byte(seed)
		for range 1 + random.IntN(3) {
			doc[random.IntN(len(doc))] = letters[random.IntN(len(letters))]
		}
		form, plain, err := audit.Canonical(doc)
		slow, slowErr := audit.CanonicalSlowly(doc)
		require.Equal(t, slowErr == nil, err == nil, "%s", doc)
		if err == nil {
			require.Equal(t, slow, form, "%s", doc)
		}
		if plain {
			taken++
		}
	}
	require.Greater(t, taken, 10_000)
}

// What a writer pays for the proof of a line.
func BenchmarkStamp(b *testing.B) {
	master, err := seal.ParseKeys(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)))
	require.NoError(b, err)
	keys := audit.NewKeyring(master)
	row := &models.AuditLog{
		TenantID: 1, Username: "bench", Action: "host.create", ResourceType: "host", ResourceID: "4711", Outcome: audit.Success,
		After: json.RawMessage(`{"hostname":"host-abcdefgh1234","id":4711,"ip_address":"10.0.0.1","labels":[],"os":"linux"}`),
	}
	for b.Loop() {
		_, err := keys.Stamp(row)
		require.NoError(b, err)
	}
}
