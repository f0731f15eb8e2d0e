// Package clock is the only source of time and randomness outside workflow code. It owns no policy: callers decide what
// a moment or a random value means. Tests hand in a Fixed clock, so that nothing sleeps.
package clock

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"sync"
	"time"
)

// Clock tells the time, always UTC.
type Clock interface {
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now is the present in UTC, to the microsecond (what PostgreSQL keeps).
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fixed is a clock that moves only when told to. It may be used from many goroutines.
type Fixed struct {
	mu sync.Mutex
	t  time.Time
}

// NewFixed stands at t.
func NewFixed(t time.Time) *Fixed { return &Fixed{t: t.UTC()} }

// Now is where the clock stands.
func (f *Fixed) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.t
}

// Advance moves the clock on by d.
func (f *Fixed) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.t = f.t.Add(d)
}

// Sleep waits for d or until ctx ends, and returns ctx's error in the second case.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Token is n random bytes as unpadded URL-safe base64.
func Token(n int) string { return base64.RawURLEncoding.EncodeToString(Bytes(n)) }

// Bytes are n random bytes, fit for secrets.
func Bytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand.Read never fails since Go 1.24
	return b
}
