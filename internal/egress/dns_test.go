package egress_test

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/velocicompanion/velocicompanion/internal/egress"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// nameServer answers A questions with one address after another (the last one for ever), as a rebinding attacker does.
type nameServer struct {
	mu      sync.Mutex
	answers map[string][]string
}

func serveDNS(t *testing.T, answers map[string][]string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	s := &nameServer{answers: answers}
	go s.serve(conn)
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (s *nameServer) serve(conn net.PacketConn) {
	buf := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
			continue
		}
		s.answer(&m)
		if out, err := m.Pack(); err == nil {
			_, _ = conn.WriteTo(out, from)
		}
	}
}

func (s *nameServer) answer(m *dnsmessage.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := m.Questions[0]
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	list, known := s.answers[q.Name.String()]
	if !known {
		m.RCode = dnsmessage.RCodeNameError
		return
	}
	if q.Type != dnsmessage.TypeA {
		return
	}
	a := netip.MustParseAddr(list[0])
	if len(list) > 1 {
		s.answers[q.Name.String()] = list[1:]
	}
	m.Answers = []dnsmessage.Resource{{
		Header: dnsmessage.ResourceHeader{Name: q.Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET},
		Body:   &dnsmessage.AResource{A: a.As4()},
	}}
}

func TestRebindingIsCaughtWhenTheConnectionOpens(t *testing.T) {
	t.Parallel()
	resolver := serveDNS(t, map[string][]string{"rebind.example.": {"93.184.216.34", "127.0.0.1"}})
	d, err := egress.New(egress.Params{Resolver: resolver})
	require.NoError(t, err)
	require.NoError(t, d.Check(t.Context(), "http://rebind.example/"), "the first look sees the open internet")
	_, err = d.DialContext(t.Context(), "tcp", "rebind.example:80")
	requireRefused(t, err, "the second answer is this machine")
	require.ErrorContains(t, err, "rebind.example (127.0.0.1) is refused: it is a loopback address")
}

func TestNamesOfInnerAddresses(t *testing.T) {
	t.Parallel()
	resolver := serveDNS(t, map[string][]string{
		"inner.example.": {"10.0.0.7"}, "metadata.corp.": {"169.254.169.254"}, "siem.corp.": {"127.0.0.1"},
	})
	d, err := egress.New(egress.Params{Resolver: resolver, Allow: []string{"*.corp"}})
	require.NoError(t, err)
	requireRefused(t, d.Check(t.Context(), "https://inner.example/"), "private")
	requireRefused(t, d.Check(t.Context(), "https://metadata.corp/"), "a name is not enough for a metadata service")
	require.NoError(t, d.Check(t.Context(), "https://siem.corp/"), "the operator named the host")

	narrow, err := d.Narrow([]string{"10.0.0.0/8"})
	require.NoError(t, err)
	requireRefused(t, narrow.Check(t.Context(), "https://siem.corp/"), "the tenant's networks hold after resolution")
}

func TestUnknownHostIsUnavailable(t *testing.T) {
	t.Parallel()
	d, err := egress.New(egress.Params{Resolver: serveDNS(t, nil)})
	require.NoError(t, err)
	err = d.Check(t.Context(), "https://nowhere.example/")
	require.True(t, fault.Is(err, fault.Unavailable))
	require.ErrorContains(t, err, "there is no host nowhere.example")
	_, err = d.DialContext(t.Context(), "tcp", "nowhere.example:25")
	require.True(t, fault.Is(err, fault.Unavailable))
}

func TestOtherNetworksAreRefused(t *testing.T) {
	t.Parallel()
	d := newDialer(t, "127.0.0.0/8")
	for _, network := range []string{"unix", "unixgram", "ip", "ip4:icmp", "tcp5", ""} {
		_, err := d.DialContext(t.Context(), network, "127.0.0.1:80")
		requireRefused(t, err, network)
	}
	for _, address := range []string{"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:x", "/run/docker.sock:1"} {
		_, err := d.DialContext(t.Context(), "tcp", address)
		requireRefused(t, err, address)
	}
}
