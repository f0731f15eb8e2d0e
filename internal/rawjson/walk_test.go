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

func TestMembersAreGivenAsWritten(t *testing.T) {
	t.Parallel()
	var got []string
	visit := func(key, value []byte) bool {
		got = append(got, string(key)+"="+string(value))
		return string(key) != "last"
	}
	require.NoError(t, rawjson.Members([]byte(` {"a" : {"x":[1,"}"]} , "\u0062":"\"", "c":[], "d":-1.5e3,"e":null,"last":{},"never":1}`), visit))
	require.Equal(t, []string{`a={"x":[1,"}"]}`, `b="\""`, "c=[]", "d=-1.5e3", "e=null", "last={}"}, got)
	require.NoError(t, rawjson.Members([]byte(`{}`), visit))
	for _, bad := range []string{``, `[]`, `{`, `{"a"`, `{"a":`, `{"a":}`, `{"a":]}`, `{"a":1 "b":2}`, `{"a":,}`, `{1:2}`, `{"a":{"b":1}`, `{"a`} {
		require.Error(t, rawjson.Members([]byte(bad), func(_, _ []byte) bool { return true }), bad)
	}
	s, ok := rawjson.Text([]byte(`"a\n\u00e9"`))
	require.True(t, ok)
	require.Equal(t, "a\né", s)
	for _, bad := range []string{``, `"`, `1`, `"a`, `"a"b`} {
		_, ok := rawjson.Text([]byte(bad))
		require.False(t, ok, bad)
	}
}
