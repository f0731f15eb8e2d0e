package fleet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	handshakeWithin = 10 * time.Second
	refusedWithin   = 500 * time.Millisecond
)

// reach opens a connection and says nothing over it.
func (x *examination) reach(ctx context.Context) (string, error) {
	address, _ := x.server.Endpoint()
	x.report.Address, x.report.Expires = address, x.server.Expires()
	if x.q.Transport == models.TransportREST {
		x.report.Address = strings.TrimRight(strings.TrimSpace(x.q.Address), "/")
	}
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
	var why string
	if f != nil && strings.HasPrefix(f.Message, "there is no host") {
		why = " (" + f.Message + ")"
	}
	return fault.Wrap(err, fault.Unavailable,
		"%s can't be reached%s: is the address right, does the server listen there (the API's bind_address is 127.0.0.1 by default), and does a firewall let port %s through?",
		address, why, port).WithCode(velociraptor.CodeDown)
}

// handshake says whether what answers is the server that the file is of.
func (x *examination) handshake(ctx context.Context) (string, error) {
	address, conf := x.server.Endpoint()
	raw, err := x.c.p.Dial(ctx, "tcp", address)
	if err != nil {
		return "", notReached(address, err)
	}
	defer func() { _ = raw.Close() }()
	ctx, cancel := context.WithTimeout(ctx, handshakeWithin)
	defer cancel()
	conn := tls.Client(raw, conf)
	if err := conn.HandshakeContext(ctx); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "%s", x.whyNoTLS(err)).WithCode(velociraptor.CodeTLS)
	}
	if err := refusal(ctx, conn); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "it is the server that the file is of, but it refuses the file's client_cert: make a new file with `velociraptor config api_client`").
			WithCode(velociraptor.CodeTLS)
	}
	leaf := conn.ConnectionState().PeerCertificates[0]
	return fmt.Sprintf("%s, the server's certificate ends on %s", tls.VersionName(conn.ConnectionState().Version), leaf.NotAfter.UTC().Format(time.DateOnly)), nil
}

// refusal is why the server won't have our certificate; nil where it will. With TLS 1.3 it says so only after the handshake.
// The connection is of no use afterwards.
func refusal(ctx context.Context, conn *tls.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, refusedWithin)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // it says nothing: it waits for us to begin
	_, err := conn.Read(make([]byte, 1))
	var said *net.OpError
	if errors.As(err, &said) && said.Op == "remote error" {
		return err
	}
	return nil
}

// whyNoTLS says what a handshake that failed means, for each transport.
func (x *examination) whyNoTLS(err error) string {
	var unknown *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	foreign, port := "another server's certificate: ca_certificate in the file did not sign what answers at this address",
		"is it the port of the API (8001 by default), not that of the screen or of the clients?"
	if x.q.Transport == models.TransportREST {
		foreign, port = "the proxy's certificate is not of an authority that this installation trusts, or is made for another name", "is it the proxy's https port?"
	}
	var late x509.CertificateInvalidError
	var name x509.HostnameError
	grpc := x.q.Transport != models.TransportREST
	switch {
	case errors.As(err, &late) && late.Reason == x509.Expired:
		return "the certificate of what answers there is not valid at this time: it is from " + late.Cert.NotBefore.UTC().Format(time.DateOnly) +
			" to " + late.Cert.NotAfter.UTC().Format(time.DateOnly)
	case grpc && errors.As(err, &name):
		return "ca_certificate in the file signed what answers at this address, but as another program than the server: " + port
	case errors.As(err, &unknown):
		return foreign
	case errors.As(err, &record):
		return "what answers at this address does not speak TLS: " + port
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded):
		return "what takes the connection at this address says nothing: " + port
	default:
		return "what answers at this address ends the TLS handshake: " + port
	}
}
