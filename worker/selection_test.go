package worker

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhichTenantsAProcessServes(t *testing.T) {
	t.Parallel()
	all, err := parseSelection("all")
	require.NoError(t, err)
	require.True(t, all.serves(1))
	require.True(t, all.serves(77))
	list, err := parseSelection("3, 7")
	require.NoError(t, err)
	require.True(t, list.serves(7))
	require.False(t, list.serves(4))
	for id := range int64(50) {
		served := 0
		for _, shard := range []string{"1/3", "2/3", "3/3"} {
			sel, err := parseSelection(shard)
			require.NoError(t, err)
			if sel.serves(id) {
				served++
			}
		}
		require.Equal(t, 1, served, "every tenant has exactly one shard")
	}
	for _, bad := range []string{"some", "0/3", "4/3", "1/0", "1,x", "-1", "1/x", ","} {
		_, err := parseSelection(bad)
		require.Error(t, err, bad)
	}
}
