package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what went wrong in terms a caller can act on.
type Kind string

// The kinds, each with the HTTP status that api answers for it.
const (
	Malformed       Kind = "malformed"        // 400: the request can't be read at all
	Unauthenticated Kind = "unauthenticated"  // 401: who are you
	Forbidden       Kind = "forbidden"        // 403: your role doesn't allow it
	NotFound        Kind = "not_found"        // 404: also another tenant's row
	Conflict        Kind = "conflict"         // 409: the row's state doesn't allow it
	Stale           Kind = "stale"            // 412: edited meanwhile
	TooLarge        Kind = "too_large"        // 413
	Unsupported     Kind = "unsupported_type" // 415
	Invalid         Kind = "invalid"          // 422: read, but not acceptable
	TooMany         Kind = "too_many"         // 429
	Internal        Kind = "internal"         // 500: our own mistake
	Unavailable     Kind = "unavailable"      // 503: a dependency is down; trying again may help
)

// Field names one unacceptable part of an input.
type Field struct {
	Location string // where, for example "body.actions[2].params.title"
	Message  string // what is wrong and what would be right
	Value    any    // the offending value, nil where it must not be echoed
}

// Error is what every room returns for an expected failure. Message is safe to show to any caller; the cause is not.
type Error struct {
	Kind       Kind
	Code       string        // stable, machine readable; the kind when empty
	Message    string        // one human sentence without internals
	Fields     []Field       // for Invalid and Malformed
	RetryAfter time.Duration // for TooMany and Unavailable, zero when unknown
	cause      error
}

// Error gives the message with its cause: for logs, never for clients.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Message + ": " + e.cause.Error()
	}
	return e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// StableCode is Code, or the kind where no code was set.
func (e *Error) StableCode() string {
	if e.Code != "" {
		return e.Code
	}
	return string(e.Kind)
}

// New makes an error with a formatted safe message.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an error with a safe message around a cause that only the log may see.
func Wrap(cause error, kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), cause: cause}
}

// InvalidField makes an Invalid error about one part of an input.
func InvalidField(location, format string, args ...any) *Error {
	msg := fmt.Sprintf(format, args...)
	return &Error{Kind: Invalid, Message: location + ": " + msg, Fields: []Field{{Location: location, Message: msg}}}
}

// WithCode sets the stable code and returns the same error.
func (e *Error) WithCode(code string) *Error {
	e.Code = code
	return e
}

// WithFields adds fields and returns the same error.
func (e *Error) WithFields(fields ...Field) *Error {
	e.Fields = append(e.Fields, fields...)
	return e
}

// WithRetryAfter says when another try may succeed and returns the same error.
func (e *Error) WithRetryAfter(d time.Duration) *Error {
	e.RetryAfter = d
	return e
}

// KindOf is the kind of the first fault in the chain, Internal for any other error, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is says whether the first fault in the chain is of this kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// Safe is the message that may be shown: the fault's own, or a general one for any other error.
func Safe(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message
	}
	return "something went wrong on our side"
}

// Retryable says whether the same input may succeed later.
func Retryable(err error) bool {
	switch KindOf(err) {
	case Unavailable, TooMany, Internal:
		return true
	case Malformed, Unauthenticated, Forbidden, NotFound, Conflict, Stale, TooLarge, Unsupported, Invalid:
		return false
	default:
		return false
	}
}
