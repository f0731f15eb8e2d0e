package egress

import (
	"context"
	"errors"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// limited is a body that fails past its limit, so that a long answer is never taken for a complete one.
type limited struct {
	io.ReadCloser

	left, limit int64
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, tooLarge(l.limit)
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1] // one byte more tells an answer of the limit's length from a longer one
	}
	n, err := l.ReadCloser.Read(p)
	if int64(n) > l.left {
		n, l.left = int(l.left), -1
		return n, tooLarge(l.limit)
	}
	l.left -= int64(n)
	return n, err
}

// closer ends the exchange's timeout with the body, and turns errors on the way into faults.
type closer struct {
	io.ReadCloser

	host   string
	cancel context.CancelFunc
}

// Read implements io.Reader.
func (c *closer) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = networkFault(c.host, err)
	}
	return n, err
}

// Close implements io.Closer.
func (c *closer) Close() error {
	defer c.cancel()
	return c.ReadCloser.Close()
}

func tooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "the answer has more than %d bytes", limit).WithCode(CodeTooLarge)
}
