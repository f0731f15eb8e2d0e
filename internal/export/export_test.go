package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/export"
)

func TestCellsThatASpreadsheetWouldRunAreDefused(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, err := export.NewCSV(&out, "a", "b")
	require.NoError(t, err)
	cells := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain", "", "a=b", `say "hi", you`, "two\nlines", "ü-wort"}
	for _, c := range cells {
		require.NoError(t, w.Row(c, "x"))
	}
	require.NoError(t, w.Close())
	require.True(t, strings.HasPrefix(out.String(), "a,b\r\n'=1+1,x\r\n"))
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, len(cells)+1)
	for i, row := range rows[1:] {
		if i < 6 {
			require.True(t, strings.HasPrefix(row[0], "'"), "%q", row[0])
			continue
		}
		require.Equal(t, cells[i], row[0])
	}
}

func TestAnArrayIsWrittenItemByItem(t *testing.T) {
	t.Parallel()
	for _, want := range [][]int{{}, {1}, {1, 2, 3}} {
		var out bytes.Buffer
		w := export.NewJSON(&out)
		for _, n := range want {
			require.NoError(t, w.Item(n))
		}
		require.NoError(t, w.Close())
		got := []int{}
		require.NoError(t, json.Unmarshal(out.Bytes(), &got))
		require.Equal(t, want, got)
	}
}
