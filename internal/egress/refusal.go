package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// The stable codes of this room's faults.
const (
	CodeRefused     = "egress_refused"     // Invalid: the target is not allowed
	CodeUnreachable = "egress_unreachable" // Unavailable: no answer, no such host, a reset
	CodeTimeout     = "egress_timeout"     // Unavailable: too slow
	CodeTLS         = "egress_tls"         // Unavailable: the certificate or the handshake
	CodeTooLarge    = "egress_too_large"   // TooLarge: the answer
)

func refuse(format string, args ...any) error {
	return fault.New(fault.Invalid, format, args...).WithCode(CodeRefused)
}

// networkFault turns a failed exchange with host into a fault. url.Error is taken off first: it quotes the whole address,
// and chat webhooks carry their secret there.
func networkFault(host string, err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		lookup      *net.DNSError
		slow        net.Error
	)
	switch {
	case errors.As(err, &certificate):
		return unavailable(err, CodeTLS, "the certificate of %s is not accepted", host)
	case errors.As(err, &record), errors.As(err, &alert):
		return unavailable(err, CodeTLS, "%s does not speak TLS as we do", host)
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return unavailable(err, CodeUnreachable, "there is no host %s", host)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return unavailable(err, CodeTimeout, "%s did not answer in time", host)
	case errors.Is(err, context.Canceled):
		return unavailable(err, CodeUnreachable, "the connection to %s was given up", host)
	default:
		return unavailable(err, CodeUnreachable, "%s can't be reached", host)
	}
}

func unavailable(cause error, code, format string, args ...any) error {
	return fault.Wrap(cause, fault.Unavailable, format, args...).WithCode(code)
}
