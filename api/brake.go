package api

import (
	"strings"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// The brake on guessing: failures that an address may make with one account, and with all, before it must wait.
const (
	brakePair       = 10
	brakePairEvery  = 6 * time.Second // one more try each
	brakeAddr       = 100
	brakeAddrEvery  = time.Second
	brakeMaxBuckets = 20_000
)

// bucket holds the tries that are left.
type bucket struct {
	left  float64
	since time.Time
}

// brake slows down sign-ins from one address. It knows this instance only.
type brake struct {
	clock clock.Clock

	mu      sync.Mutex
	buckets map[string]*bucket
}

func newBrake(c clock.Clock) *brake { return &brake{clock: c, buckets: map[string]*bucket{}} }

// check refuses when there were too many failures. Faults: TooMany with the time to wait.
func (b *brake) check(addr, account string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := max(b.wait(pairKey(addr, account), brakePair, brakePairEvery), b.wait(addr, brakeAddr, brakeAddrEvery))
	if wait > 0 {
		return fault.New(fault.TooMany, "too many failed sign-ins; wait a moment").WithCode("sign_in_braked").WithRetryAfter(wait)
	}
	return nil
}

// failed notes a failure.
func (b *brake) failed(addr, account string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bucket(pairKey(addr, account), brakePair, brakePairEvery).left--
	b.bucket(addr, brakeAddr, brakeAddrEvery).left--
}

// passed forgets the failures of an address with an account that turned out to be its own.
func (b *brake) passed(addr, account string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.buckets, pairKey(addr, account))
}

func pairKey(addr, account string) string { return addr + "\n" + strings.ToLower(account) }

func (b *brake) wait(key string, size int, every time.Duration) time.Duration {
	if _, known := b.buckets[key]; !known {
		return 0
	}
	k := b.bucket(key, size, every)
	if k.left >= 1 {
		return 0
	}
	return time.Duration((1 - k.left) * float64(every))
}

// bucket gives a key's bucket with what has come back since it was last looked at.
func (b *brake) bucket(key string, size int, every time.Duration) *bucket {
	now := b.clock.Now()
	k := b.buckets[key]
	if k == nil {
		b.prune(now)
		k = &bucket{left: float64(size), since: now}
		b.buckets[key] = k
	}
	k.left = min(float64(size), k.left+float64(now.Sub(k.since))/float64(every))
	k.since = now
	return k
}

// prune bounds the memory: buckets that nobody touched for long are full again, so forgetting them changes nothing. When
// the map is still too large, everything is forgotten: better a flood that can try again than one that fills the memory.
func (b *brake) prune(now time.Time) {
	if len(b.buckets) < brakeMaxBuckets {
		return
	}
	old := now.Add(-brakeAddr * brakeAddrEvery)
	for key, k := range b.buckets {
		if k.since.Before(old) {
			delete(b.buckets, key)
		}
	}
	if len(b.buckets) >= brakeMaxBuckets {
		clear(b.buckets)
	}
}
