package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"

	gomail "github.com/wneessen/go-mail"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	codeMailFailed  = "mail_failed"
	codeMailRefused = "mail_refused"
)

// mailLine is the connection of one Send. The mail library looks at its context only while it dials, and forgets the
// connection when the server's greeting or the sign-in fails, so Send closes the line itself.
type mailLine struct {
	implicit *tls.Config // not nil: TLS from the first byte

	mu     sync.Mutex
	conn   net.Conn
	closed bool
}

// dial is called once, by the mail library.
func (l *mailLine) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if !l.hold(conn) {
		return nil, net.ErrClosed
	}
	if l.implicit == nil {
		return conn, nil
	}
	secure := tls.Client(conn, l.implicit)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secure, nil
}

// hold keeps a connection for close; false, and the connection is closed, when close was first.
func (l *mailLine) hold(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		_ = conn.Close()
		return false
	}
	l.conn = conn
	return true
}

// close may be called at any time, and again.
func (l *mailLine) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.conn != nil {
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
