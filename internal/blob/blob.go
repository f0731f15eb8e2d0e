package blob

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"syscall"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// The stable codes of a storage that can't do its work.
const (
	CodeFull          = "storage_full"
	CodeFailed        = "storage_failed"
	CodeNotConfigured = "storage_not_configured"
)

// Blob is a file that was put.
type Blob struct {
	Ref    string // 32 hexadecimal digits, random
	Size   int64  // bytes
	SHA256 string // 64 hexadecimal digits
}

// Kept says which of these references of a tenant a row keeps.
type Kept func(ctx context.Context, tenant int64, refs []string) (map[string]bool, error)

// Store keeps files by tenant and reference. It may be used from many goroutines and processes.
type Store interface {
	// Put keeps what r gives, up to limit bytes; it is there whole, or not at all. Faults: TooLarge above the limit;
	// Unavailable with CodeFull, CodeFailed or CodeNotConfigured; an error of r as it is.
	Put(ctx context.Context, tenant int64, r io.Reader, limit int64) (Blob, error)
	// Open gives the file from its start; the caller closes it. Faults: NotFound, also for another tenant's; Unavailable.
	Open(ctx context.Context, tenant int64, ref string) (io.ReadSeekCloser, error)
	// Delete removes the file; one that is gone already is no fault. Faults: NotFound for what is no reference; Unavailable.
	Delete(ctx context.Context, tenant int64, ref string) error
	// Sweep removes files older than before that no row keeps, and what was being written then and never became one.
	Sweep(ctx context.Context, before time.Time, kept Kept) (int64, error)
}

const refBytes = 16 // random bytes of a reference

func newRef() string { return hex.EncodeToString(clock.Bytes(refBytes)) }

// isRef says whether s is a reference by its form: what passes can be part of a path.
func isRef(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == refBytes && hex.EncodeToString(raw) == s
}

func noFile() error { return fault.New(fault.NotFound, "there is no such file") }

// storageFault says of an error of the disk what its operator can do.
func storageFault(err error) error {
	if _, ours := errors.AsType[*fault.Error](err); ours {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Wrap(err, fault.Unavailable, "the file storage is full").WithCode(CodeFull)
	}
	return fault.Wrap(err, fault.Unavailable, "the file storage could not be used").WithCode(CodeFailed)
}

// none is the storage of an installation that has none.
type none struct{}

func (none) refusal() error {
	return fault.New(fault.Unavailable, "no file storage is configured (BLOB_URL)").WithCode(CodeNotConfigured)
}

// Put refuses.
func (n none) Put(context.Context, int64, io.Reader, int64) (Blob, error) { return Blob{}, n.refusal() }

// Open refuses.
func (n none) Open(context.Context, int64, string) (io.ReadSeekCloser, error) {
	return nil, n.refusal()
}

// Delete refuses.
func (n none) Delete(context.Context, int64, string) error { return n.refusal() }

// Sweep has nothing to do.
func (none) Sweep(context.Context, time.Time, Kept) (int64, error) { return 0, nil }
