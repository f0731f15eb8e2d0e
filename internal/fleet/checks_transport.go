package fleet

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

// endpointOf is where a server is and how TLS is spoken with it.
type endpointOf interface {
	Endpoint() (address string, conf *tls.Config)
}

// reach opens a connection and says nothing over it.
func (x *examination) reach(ctx context.Context) (string, error) {
	address, _ := x.server.(endpointOf).Endpoint()
	x.report.Address, x.report.Expires = address, x.server.Expires()
	conn, err := x.c.p.Dial(ctx, "tcp", address)
	if err != nil {
		return "", notReached(address, err)
	}
	_ = conn.Close()
	return address + " answers", nil
}

// notReached says what to do about an address that can't be, or may not be, reached.
func notReached(address string, err error) error {
	host, port, _ := net.SplitHostPort(address)
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.Invalid {
		return fault.Wrap(err, fault.Invalid, "%s. A Velociraptor server often stands on an inner address: whoever runs this installation allows it with EGRESS_ALLOW=%s",
			f.Message, net.JoinHostPort(host, port)).WithCode(f.StableCode())
	}
	text := "can't be reached"
	if f != nil {
		text = strings.TrimPrefix(f.Message, host+" ")
	}
	return fault.Wrap(err, fault.Unavailable, "%s %s: is the API's address in the file right (bind_address of the server's API section must not be 127.0.0.1), and does a firewall let port %s through?",
		address, text, port).WithCode(velociraptor.CodeDown)
}

// handshake says whether what answers is the server that the file is of.
func (x *examination) handshake(ctx context.Context) (string, error) {
	address, conf := x.server.(endpointOf).Endpoint()
	if conf == nil {
		return "", fault.New(fault.Invalid, "the gateway is not used over https: the token would be read on the way").WithCode(velociraptor.CodeTLS)
	}
	raw, err := x.c.p.Dial(ctx, "tcp", address)
	if err != nil {
		return "", notReached(address, err)
	}
	defer func() { _ = raw.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = raw.SetDeadline(deadline) //nolint:errcheck // the handshake's own context ends it too
	}
	conn := tls.Client(raw, conf)
	if err := conn.HandshakeContext(ctx); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "%s", whyNoTLS(err)).WithCode(velociraptor.CodeTLS)
	}
	leaf := conn.ConnectionState().PeerCertificates[0]
	return fmt.Sprintf("%s, the server's certificate ends on %s", tls.VersionName(conn.ConnectionState().Version), leaf.NotAfter.UTC().Format(time.DateOnly)), nil
}

func whyNoTLS(err error) string {
	var unknown *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown):
		return "another server's certificate: ca_certificate in the file did not sign what answers at this address"
	case errors.As(err, &record):
		return "what answers at this address does not speak TLS: is it the port of the API (8001 by default), not that of the screen or of the clients?"
	default:
		return "what answers at this address ends the TLS handshake: is it the port of the API (8001 by default)?"
	}
}
