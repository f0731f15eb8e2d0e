package models

import "time"

// The scopes of a limit.
const (
	ScopeAccount = "account"
	ScopeAddress = "address"
)

// Brake says how failures slow somebody down: after the free ones each doubles the wait, up to Lock.
type Brake struct {
	Free      int           // failures that cost nothing
	First     time.Duration // the wait after the next one; each further failure doubles it
	LockAfter int           // failures from which on the wait is Lock, a lock-out that the owner is told of; zero: never
	Lock      time.Duration // the longest wait
	Window    time.Duration // so long after the last failure or wait everything is forgotten
}

// Delay is the wait that so many failures in a row lead to, and whether it is a lock-out.
func (b Brake) Delay(failures int) (wait time.Duration, locked bool) {
	if b.LockAfter > 0 && failures >= b.LockAfter {
		return b.Lock, true
	}
	if failures <= b.Free {
		return 0, false
	}
	wait = b.First
	for range failures - b.Free - 1 {
		if wait *= 2; wait >= b.Lock {
			return b.Lock, false
		}
	}
	return min(wait, b.Lock), false
}

// Limit is one brake on one subject: an account or an address, by its digest.
type Limit struct {
	Action  string // what is limited, for example login
	Scope   string
	Subject []byte // SHA-256
	Brake   Brake
}
