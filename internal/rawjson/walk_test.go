package rawjson_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

func TestWalkVisitsEveryLeafWithItsPlace(t *testing.T) {
	t.Parallel()
	src := `{"Hash":{"MD5":"d4\u0031"},"rows":[1,{"a.b":true,"x":[null]}],"":"e"}`
	var got [][4]string
	require.NoError(t, rawjson.Walk([]byte(src), func(l *rawjson.Leaf) bool {
		got = append(got, [4]string{l.Path(), string(l.Parent()), string(l.Key()), string(l.Text)})
		return true
	}))
	require.Equal(t, [][4]string{
		{"Hash.MD5", "Hash", "MD5", "d41"},
		{"rows[0]", "", "rows", "1"},
		{`rows[1]["a.b"]`, "rows", "a.b", "true"},
		{"rows[1].x[0]", "rows", "x", "null"},
		{`[""]`, "", "", "e"},
	}, got)
}

func TestWalkStopsWhenToldAndRefusesWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	n := 0
	require.NoError(t, rawjson.Walk([]byte(`[1,2,3]`), func(*rawjson.Leaf) bool { n++; return n < 2 }))
	require.Equal(t, 2, n)
	for _, bad := range []string{``, `{`, `{"a"}`, `[1,]`, `{"a":1,}`, `1 2`, "[1]\x00", `{"a":}`, `nul`} {
		require.Error(t, rawjson.Walk([]byte(bad), func(*rawjson.Leaf) bool { return true }), bad)
	}
}
