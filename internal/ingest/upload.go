package ingest

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// upload is a body as it comes: counted, digested and bounded.
type upload struct {
	src   io.Reader
	limit int64
	n     int64
	hash  hash.Hash
	err   error // why it could not be read to its end
}

func newUpload(src io.Reader, limit int64) *upload {
	return &upload{src: src, limit: limit, hash: sha256.New()}
}

// Read reads from the body and remembers what went wrong.
func (u *upload) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.src.Read(p)
	u.n += int64(n)
	_, _ = u.hash.Write(p[:n])
	switch {
	case u.n > u.limit:
		u.err = fault.New(fault.TooLarge, "the upload has more than %d bytes, the most that is taken at once", u.limit).WithCode(CodeTooLarge)
		return 0, u.err
	case err != nil && !errors.Is(err, io.EOF):
		if _, known := errors.AsType[*fault.Error](err); !known {
			err = fault.Wrap(err, fault.Malformed, "the upload was cut off after %d bytes; send it again", u.n).WithCode(CodeIncomplete)
		}
		u.err = err
		return n, err
	}
	return n, err
}

// blame gives the upload's own error where that is why reading failed.
func (u *upload) blame(err error) error {
	if u.err != nil {
		return u.err
	}
	return err
}

// wholeOf says what a batch was that came whole. Its fingerprint covers everything that decides what comes of it.
func (u *upload) wholeOf(row *models.Batch, format string) store.Whole {
	w := store.Whole{Bytes: u.n, ContentHash: u.hash.Sum(nil), Format: format}
	h := sha256.New()
	_, _ = h.Write(w.ContentHash)
	for _, text := range []string{row.Format, row.Source, row.Hostname, row.ClientID} {
		_, _ = io.WriteString(h, "\x00"+text)
	}
	w.Fingerprint = h.Sum(nil)
	return w
}
