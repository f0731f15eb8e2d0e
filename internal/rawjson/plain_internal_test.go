package rawjson

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlainRunAgreesWithPlain(t *testing.T) {
	t.Parallel()
	for first := range 256 {
		for second := range 256 {
			for at := range 10 {
				b := []byte("abcdefghijklmnop")
				b[at], b[at+3] = byte(first), byte(second)
				want := 0
				for want < len(b) && plain(b[want]) {
					want++
				}
				if got := PlainRun(b); got != want {
					require.Equal(t, want, got, "%q", b)
				}
			}
		}
	}
	require.Zero(t, PlainRun(nil))
}
