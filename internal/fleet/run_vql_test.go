package fleet_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

// counting is a server that answers a query with as many rows as its variable N says, as long as L says.
type counting struct {
	anyServer

	asked []velociraptor.Statement
}

// anyServer gives what is not asked for here.
type anyServer = fleet.Server

// only is the way to this one.
type only struct{ server fleet.Server }

// Server gives it.
func (o only) Server(context.Context, *store.Tenant) (fleet.Server, error) { return o.server, nil }

// Query answers.
func (c *counting) Query(_ context.Context, s velociraptor.Statement, each func(velociraptor.Row) error) error {
	c.asked = append(c.asked, s)
	var n, long int
	if _, err := fmt.Sscan(s.Env["N"], &n); err != nil {
		return err
	}
	if _, err := fmt.Sscan(s.Env["L"], &long); err != nil {
		return err
	}
	buffer := make(velociraptor.Row, 0, 100)
	for i := range n {
		buffer = append(buffer[:0], fmt.Sprintf(`{"i":%d,"n":9007199254740993,"x":%q}`, i, strings.Repeat("x", long))...)
		if err := each(buffer); err != nil {
			return err
		}
	}
	return nil
}

func TestRunVQLIsForTenantsThatMay(t *testing.T) {
	t.Parallel()
	b := unconnected(t)
	server := &counting{}
	s := fleet.New(fleet.Params{Store: b.store, Servers: only{server}, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)})
	run := func(q fleet.VQL) (fleet.VQLRows, error) { return s.RunVQL(t.Context(), b.tenant, q) }
	_, err := run(fleet.VQL{Text: "SELECT * FROM info()"})
	requireFault(t, err, fault.Forbidden, "run_vql_disabled")
	require.Empty(t, server.asked)

	testkit.SetSettings(t, b.store, b.tenant.ID(), `{"run_vql_enabled":true}`)
	out, err := run(fleet.VQL{Text: "SELECT * FROM range(end=N)", Env: map[string]string{"N": "3", "L": "0"}})
	require.NoError(t, err)
	require.Len(t, out.Rows, 3)
	require.JSONEq(t, `{"i":2,"n":9007199254740993,"x":""}`, string(out.Rows[2]))
	require.Contains(t, string(out.Rows[0]), "9007199254740993")
	require.False(t, out.Truncated)
	require.Equal(t, "SELECT * FROM range(end=N)", server.asked[0].VQL, "values never go into the text")

	for _, more := range []map[string]string{{"N": "1001", "L": "0"}, {"N": "10", "L": "20000"}} {
		out, err = run(fleet.VQL{Text: "SELECT 1", Env: more})
		require.NoError(t, err)
		require.True(t, out.Truncated)
		raw, err := json.Marshal(out.Rows)
		require.NoError(t, err)
		require.Less(t, len(raw), 60<<10)
	}
	for name, q := range map[string]fleet.VQL{
		"empty": {Text: " "}, "long": {Text: strings.Repeat("x", fleet.MaxVQL+1)}, "odd name": {Text: "SELECT 1", Env: map[string]string{"a b": "c"}},
		"deadly":       {Text: "SELECT * FROM watch_monitoring(artifact='System.Hunt.Participation')"},
		"deadly value": {Text: "SELECT * FROM watch_monitoring(artifact=A)", Env: map[string]string{"A": "System.Hunt.Participation"}}, "nul": {Text: "SELECT 1", Env: map[string]string{"a": "\x00"}},
	} {
		asked := len(server.asked)
		_, err := run(q)
		require.Equal(t, fault.Invalid, fault.KindOf(err), name)
		require.Len(t, server.asked, asked, name)
	}
}
