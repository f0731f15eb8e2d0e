package ports_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/standalone/ports"
)

func TestTheListenerHoldsThePort(t *testing.T) {
	t.Parallel()
	lis, port, err := ports.Listen(t.Context())
	require.NoError(t, err)
	require.Less(t, port, 32_768, "no port that an outgoing connection may get")
	at := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	_, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", at)
	require.Error(t, err)
	require.NoError(t, lis.Close())
	again, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", at)
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestAFreePortIsHeldByNobody(t *testing.T) {
	t.Parallel()
	port, err := ports.Free(t.Context())
	require.NoError(t, err)
	require.Less(t, port, 32_768, "no port that an outgoing connection may get")
	lis, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	require.NoError(t, err)
	require.NoError(t, lis.Close())
}
