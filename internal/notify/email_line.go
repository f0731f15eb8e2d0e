package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"net"

	gomail "github.com/wneessen/go-mail"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	codeMailFailed  = "mail_failed"
	codeMailRefused = "mail_refused"
)

// mailLine is the connection of one Send. The mail library looks at its context only while it dials, and forgets the
// connection when the server's greeting or the sign-in fails; the line ends with the context and is always closed.
type mailLine struct {
	ctx      context.Context //nolint:containedctx // of the Send that the line lives for
	implicit *tls.Config     // not nil: TLS from the first byte
	conn     net.Conn
	stop     func() bool
}

// dial is called once, by the mail library.
func (l *mailLine) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.conn = conn
	l.stop = context.AfterFunc(l.ctx, func() { _ = conn.Close() })
	if l.implicit == nil {
		return conn, nil
	}
	secure := tls.Client(conn, l.implicit)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secure, nil
}

func (l *mailLine) close() {
	if l.conn != nil {
		l.stop()
		_ = l.conn.Close()
	}
}

// sendFault says whether trying again may help.
func sendFault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return mailFailed(errors.Join(context.Cause(ctx), err))
	}
	refused, ok := errors.AsType[*gomail.SendError](err)
	if ok && !refused.IsTemp() && refused.ErrorCode() >= 500 && refused.Reason == gomail.ErrSMTPRcptTo {
		return fault.Wrap(err, fault.Invalid, "the mail server refuses this address").WithCode(codeMailRefused)
	}
	return mailFailed(err)
}

func mailFailed(cause error) error {
	return fault.Wrap(cause, fault.Unavailable, "the mail could not be sent").WithCode(codeMailFailed)
}
