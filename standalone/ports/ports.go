// Package ports finds free ports on loopback for the private servers. It refuses to choose among the ports that the
// system hands to outgoing connections: one of those could be taken between the choice and the server's start.
package ports

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const (
	lowest = 10_000
	number = 22_000 // up to 32,000: Linux hands out ports from 32,768 on, others from 49,152 on (RFC 6335, section 6)
	tries  = 100
)

// Listen holds a free port of 127.0.0.1 until the listener is closed.
func Listen(ctx context.Context) (lis net.Listener, port int, err error) {
	for range tries {
		port = lowest + int(binary.BigEndian.Uint32(clock.Bytes(4))%number)
		lis, err = (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return lis, port, nil
		}
		if ctx.Err() != nil {
			return nil, 0, errors.Join(ctx.Err(), err)
		}
	}
	return nil, 0, fmt.Errorf("no free port on 127.0.0.1 between %d and %d: %w", lowest, lowest+number, err)
}

// Free is a port of 127.0.0.1 that nobody listens on.
func Free(ctx context.Context) (int, error) {
	lis, port, err := Listen(ctx)
	if err != nil {
		return 0, err
	}
	return port, lis.Close()
}
