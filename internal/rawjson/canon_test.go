package rawjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

func read(t *testing.T, src string) (rawjson.Value, error) {
	t.Helper()
	return rawjson.NewCanon(rawjson.Limits{}).Read([]byte(src))
}

func TestCanonicalForm(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, want string }{
		"keys are sorted":             {`{"b":1,"a":2}`, `{"a":2,"b":1}`},
		"at every level":              {`{"z":{"y":1,"x":[{"d":1,"c":2}]},"a":{}}`, `{"a":{},"z":{"x":[{"c":2,"d":1}],"y":1}}`},
		"a key sorts before longer":   {`{"ab":1,"a":2,"a b":3}`, `{"a":2,"a b":3,"ab":1}`},
		"escaped keys by what's said": {`{"\u007a":1,"\"":2,"!":3,"a\\b":4}`, `{"!":3,"\"":2,"a\\b":4,"z":1}`},
		"white space goes":            {" {\t\"a\" :\r\n [ 1 , 2 ] } ", `{"a":[1,2]}`},
		"numbers stay as written":     {`[9007199254740993,1.0,1E+2,-0,0.10]`, `[9007199254740993,1.0,1E+2,-0,0.10]`},
		"least escaping":              {`"\u0041\/\u00e9\u20ac\ud83d\ude00<>&"`, `"A/é€😀<>&"`},
		"control characters":          {`"\b\f\n\r\t\u0001\u001f\u007f"`, `"\b\f\n\r\t\u0001\u001f` + "\x7f\""},
		"line separators":             {`"\u2028` + "\u2029\"", `"\u2028\u2029"`},
		"words":                       {`[true,false,null]`, `[true,false,null]`},
		"empty":                       {`{"a":{},"b":[]}`, `{"a":{},"b":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := read(t, c.src)
			require.NoError(t, err)
			require.Equal(t, c.want, string(v.Data))
			require.False(t, v.Mended.Any())
		})
	}
}

func TestMended(t *testing.T) {
	t.Parallel()
	v, err := read(t, "{\"a\":\"x\xff\xfey\",\"b\":\"\\u0000z\\u0000\",\"c\":\"\\ud800\",\"d\":\"\\udc00\\ud83dx\",\"\\u0000\":1}")
	require.NoError(t, err)
	require.Equal(t, rawjson.Mended{UTF8: 2, NUL: 3, Surrogates: 3}, v.Mended)
	require.JSONEq(t, `{"a":"x��y","b":"�z�","c":"�","d":"��x","�":1}`, string(v.Data))
}

func TestErrorsSayWhatAndWhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, code, path, says string }{
		"duplicate key":           {`{"a":1,"a":2}`, rawjson.CodeDuplicateKey, "a", "has the key a twice"},
		"duplicate out of order":  {`{"b":1,"a":2,"c":3,"b":4}`, rawjson.CodeDuplicateKey, "b", "has the key b twice"},
		"duplicate below":         {`{"x":[{"k":0},{"y.z":{"k":1,"k":2}}]}`, rawjson.CodeDuplicateKey, `x[1]["y.z"].k`, "twice"},
		"duplicate by escape":     {`{"a":1,"\u0061":2}`, rawjson.CodeDuplicateKey, "a", "twice"},
		"duplicate after mending": {"{\"\xff\":1,\"\xfe\":2}", rawjson.CodeDuplicateKey, "�", "twice"},
		"half a row":              {`{"a":"b`, rawjson.CodeTruncated, "a", "ends in the middle of a string"},
		"half an escape":          {`{"a":"\u00`, rawjson.CodeTruncated, "a", "ends"},
		"half a word":             {`{"a":tr`, rawjson.CodeTruncated, "a", "ends"},
		"after a comma":           {`{"a":1,`, rawjson.CodeTruncated, "a", "ends where a key should be"},
		"nothing":                 {``, rawjson.CodeTruncated, "", "ends where a value should be"},
		"two values":              {`{} {}`, rawjson.CodeSyntax, "", "goes on with “{” after its end"},
		"NUL after it":            {"{}\x00", rawjson.CodeSyntax, "", "0x00"},
		"single quotes":           {`{'a':1}`, rawjson.CodeSyntax, "", "has “'” where a key should be"},
		"trailing comma":          {`{"a":[1,]}`, rawjson.CodeSyntax, "a[1]", "has “]” where a value should be"},
		"no number":               {`{"a":NaN}`, rawjson.CodeSyntax, "a", "has “N” where a value should be"},
		"leading zero":            {`{"a":012}`, rawjson.CodeSyntax, "a", "where a comma or } should be"},
		"bare control character":  {"{\"a\":\"x\x01\"}", rawjson.CodeSyntax, "a", "control character (0x01)"},
		"bad escape":              {`{"a":"\q"}`, rawjson.CodeSyntax, "a", "unknown escape"},
		"long number":             {`{"n":` + strings.Repeat("9", 401) + `}`, rawjson.CodeNumber, "n", "more than 400 digits"},
		"large exponent":          {`{"n":1e9999}`, rawjson.CodeNumber, "n", "digits"},
		"depth":                   {strings.Repeat("[", 200) + strings.Repeat("]", 200), rawjson.CodeDepth, strings.Repeat("[0]", 100), "deeper than 100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, c.src)
			var e *rawjson.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.code, e.Code)
			require.Equal(t, c.path, e.Path)
			require.Contains(t, e.Error(), c.says)
		})
	}
}

// reference is the same canonical form made by encoding/json.
func reference(t *testing.T, src []byte) []byte {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	var v any
	require.NoError(t, dec.Decode(&v))
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(v))
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func FuzzCanonAgainstEncodingJSON(f *testing.F) {
	for _, s := range []string{
		`{"b":[1,{"y":null,"x":"é\u2028\\"}],"a":-0.5e+10}`, `"\ud83d\ude00\ud800"`, `[[],{}, "\u007f"]`, "\"\xff\"",
		`{"a\"b":1,"a!":2}`, `12`, `{"a":1,"a":1}`, `{"":{"":1}}`, `"\/\b"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		v, err := rawjson.NewCanon(rawjson.Limits{}).Read(src)
		if e, ok := errors.AsType[*rawjson.Error](err); ok {
			known := e.Code == rawjson.CodeDuplicateKey || e.Code == rawjson.CodeDepth || e.Code == rawjson.CodeNumber
			require.True(t, known || !json.Valid(src), "refused valid JSON: %v", err)
			return
		}
		require.NoError(t, err)
		require.True(t, json.Valid(src), "took what is no JSON")
		if v.Mended.NUL == 0 {
			require.Equal(t, string(reference(t, src)), string(v.Data))
		}
		first := string(v.Data)
		again, err := rawjson.NewCanon(rawjson.Limits{}).Read([]byte(first))
		require.NoError(t, err)
		require.Equal(t, first, string(again.Data), "canonical of canonical")
		require.NoError(t, rawjson.Walk(src, func(*rawjson.Leaf) bool { return true }))
	})
}

func TestCanonAllocatesNothing(t *testing.T) { //nolint:paralleltest // counts allocations of the process
	row := []byte(`{"b":{"z":1,"y":"x"},"a":["é","\n",12.5,null]}`)
	c := rawjson.NewCanon(rawjson.Limits{})
	_, err := c.Read(row)
	require.NoError(t, err)
	var failed error
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, failed = c.Read(row) }), 2.0) // sorting by a method value
	require.NoError(t, failed)
}
