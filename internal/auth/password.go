package auth

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	// MinPassword is the least length of a new password in characters.
	MinPassword = 12
	// MaxPassword is the greatest length of a password in bytes: bcrypt looks at no more.
	MaxPassword = 72
)

// HasherParams sets up a Hasher.
type HasherParams struct {
	Cost     int // bcrypt's work factor for new hashes, 4 to 31; production checks for 10 to 15
	Parallel int // hashes computed at once; zero: on half of the CPUs, so that the others stay free for everything else

	Queue int           // hashes that may wait for their turn; zero: 100. Further ones are refused at once
	Wait  time.Duration // the longest they wait; zero: 10 s
}

const (
	defaultQueue = 100
	defaultWait  = 10 * time.Second
	busyRetry    = 5 * time.Second // when a refused one may come again
)

// Hasher makes and checks bcrypt hashes, so few at once that a flood of logins leaves CPU for everything else, and with a
// queue so short that who stands in it is answered.
type Hasher struct {
	cost    int
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
	wait    time.Duration
	dummy   []byte // a hash nobody knows the password of, so that an unknown user costs as much time as a known one
}

// NewHasher checks the parameters and computes the dummy hash (one bcrypt run).
func NewHasher(p HasherParams) (*Hasher, error) {
	if p.Cost < bcrypt.MinCost || p.Cost > bcrypt.MaxCost {
		return nil, fmt.Errorf("bcrypt cost %d is not between %d and %d", p.Cost, bcrypt.MinCost, bcrypt.MaxCost)
	}
	if p.Parallel <= 0 {
		p.Parallel = max(1, runtime.GOMAXPROCS(0)/2)
	}
	if p.Queue <= 0 {
		p.Queue = defaultQueue
	}
	if p.Wait <= 0 {
		p.Wait = defaultWait
	}
	dummy, err := bcrypt.GenerateFromPassword([]byte(clock.Token(32)), p.Cost)
	if err != nil {
		return nil, fmt.Errorf("make the dummy hash: %w", err)
	}
	return &Hasher{cost: p.Cost, slots: make(chan struct{}, p.Parallel), queue: int64(p.Queue), wait: p.Wait, dummy: dummy}, nil
}

// minAbout is the least length of a word about the user that a password must not contain: a shorter one is in too many.
const minAbout = 4

// CheckPassword says what is wrong with a new password, as a fault of kind Invalid on the field "password" that never
// echoes it; nil when it may be used. about are words that an attacker knows of the user (the user name, the address):
// a password that contains one is refused.
func CheckPassword(password string, about ...string) error {
	if err := checkShape(password); err != nil {
		return err
	}
	for _, word := range about {
		if containsWord(password, word) {
			return fault.InvalidField("password", "must not contain your user name or e-mail address")
		}
	}
	if isCommon(password) {
		return fault.InvalidField("password", "is among the first that anybody would guess; choose another")
	}
	return nil
}

// containsWord looks for a word about the user, and for the part of an e-mail address before the @, in any case.
func containsWord(password, word string) bool {
	password, word = strings.ToLower(password), strings.ToLower(strings.TrimSpace(word))
	local, _, _ := strings.Cut(word, "@")
	return utf8.RuneCountInString(local) >= minAbout && strings.Contains(password, local)
}

func checkShape(password string) error {
	switch {
	case !utf8.ValidString(password):
		return fault.InvalidField("password", "must be valid UTF-8 text")
	case strings.ContainsRune(password, 0):
		return fault.InvalidField("password", "must not contain a NUL character")
	case utf8.RuneCountInString(password) < MinPassword:
		return fault.InvalidField("password", "must have at least %d characters", MinPassword)
	case len(password) > MaxPassword:
		return fault.InvalidField("password", "must have at most %d bytes, has %d", MaxPassword, len(password))
	default:
		return nil
	}
}

// Hash checks a new password as CheckPassword does and hashes it. Faults: Invalid as CheckPassword, Unavailable
// (sign_in_busy) when too many wait already, the wait was too long or ctx ends meanwhile.
func (h *Hasher) Hash(ctx context.Context, password string, about ...string) (string, error) {
	if err := CheckPassword(password, about...); err != nil {
		return "", err
	}
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer h.release()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), h.cost)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "the password could not be hashed")
	}
	return string(hash), nil
}

// Verify says whether password belongs to hash. A password bcrypt would misread (over 72 bytes, or with a NUL, which
// bcrypt takes for the end) is wrong, after the same time. Faults: Unavailable as Hash, Internal when the hash is no
// bcrypt hash.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	if err := h.acquire(ctx); err != nil {
		return false, err
	}
	defer h.release()
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	switch {
	case err == nil:
		return len(password) <= MaxPassword && !strings.ContainsRune(password, 0), nil
	case errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		return false, nil
	default:
		return false, fault.Wrap(err, fault.Internal, "the stored password can't be checked")
	}
}

// VerifyDummy takes the time of Verify and finds nothing: call it for a user that doesn't exist.
func (h *Hasher) VerifyDummy(ctx context.Context, password string) error {
	_, err := h.Verify(ctx, string(h.dummy), password)
	return err
}

// NeedsRehash says whether hash was made with a lesser cost than new ones are (or is unreadable).
func (h *Hasher) NeedsRehash(hash string) bool {
	cost, err := bcrypt.Cost([]byte(hash))
	return err != nil || cost < h.cost
}

// Crowded is what Hash and Verify would say to one more at this moment, nil when it would be let in: for those who have
// something to spare when it would not.
func (h *Hasher) Crowded() error {
	if len(h.slots) == cap(h.slots) && h.waiting.Load() >= h.queue {
		return busy(errQueueFull)
	}
	return nil
}

var errQueueFull = errors.New("the queue is full")

// acquire waits for a turn, first come, first served. A queue without an end would only make everybody wait longer than he
// stays.
func (h *Hasher) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return busy(err)
	}
	select {
	case h.slots <- struct{}{}:
		return nil
	default:
	}
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > h.queue {
		return busy(errQueueFull)
	}
	ctx, cancel := context.WithTimeout(ctx, h.wait)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return busy(ctx.Err())
	}
}

func (h *Hasher) release() { <-h.slots }

func busy(cause error) error {
	return fault.Wrap(cause, fault.Unavailable, "too many sign-ins at this moment; try again").WithCode("sign_in_busy").WithRetryAfter(busyRetry)
}
