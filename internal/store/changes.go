package store

import (
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// unchangedSince refuses a change that was made on an older state than the row's. A zero seen is no demand.
func unchangedSince(updated, seen time.Time) error {
	if seen.IsZero() || seen.Equal(updated) {
		return nil
	}
	return fault.New(fault.Stale, "it was edited meanwhile; read it again").WithCode("edited_meanwhile")
}

// after is now, or just behind previous when the clock has not moved: updated_at tells two states of a row apart.
func after(previous, now time.Time) time.Time {
	if now.After(previous) {
		return now
	}
	return previous.Add(time.Microsecond)
}

// assign sets *to when there is a value.
func assign[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

// deref is the value, or its type's zero for nil.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
