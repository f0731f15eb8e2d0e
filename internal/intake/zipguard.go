package intake

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// maxDirectory is how much of an archive may be its list of members.
const maxDirectory = 64 << 20

// openZip opens a zip file whose directory is of a decent size: archive/zip would reserve memory for as many members as
// the archive claims, and read on beyond them.
func openZip(src io.ReaderAt, size int64, l Limits) (*zip.Reader, error) {
	claimed, err := claimedMembers(src, size)
	if err != nil {
		return nil, err
	}
	tooMany := fault.New(fault.TooLarge, "the archive has more than %d members", l.Members).WithCode("too_many_members")
	if claimed > uint64(l.Members) {
		return nil, tooMany
	}
	bounded := &boundedAt{src: src, left: maxDirectory}
	z, err := zip.NewReader(bounded, size)
	bounded.left = -1
	switch {
	case errors.Is(err, zip.ErrInsecurePath):
	case errors.Is(err, errDirectory):
		return nil, tooMany
	case err != nil:
		return nil, broken(err, "the zip archive is broken or cut off")
	}
	if len(z.File) > l.Members {
		return nil, tooMany
	}
	return z, nil
}

var errDirectory = errors.New("the directory is too large")

// boundedAt reads at most so many bytes; any number once left is negative.
type boundedAt struct {
	src  io.ReaderAt
	left int64
}

// ReadAt reads from the source.
func (b *boundedAt) ReadAt(p []byte, at int64) (int, error) {
	if b.left < 0 {
		return b.src.ReadAt(p, at)
	}
	if b.left -= int64(len(p)); b.left < 0 {
		b.left = 0
		return 0, errDirectory
	}
	return b.src.ReadAt(p, at)
}

// claimedMembers reads the number of members from the end of the archive (APPNOTE.TXT 4.3.14 to 4.3.16).
func claimedMembers(src io.ReaderAt, size int64) (uint64, error) {
	notZip := fault.New(fault.Unsupported, "the input is no zip archive, or cut off").WithCode("not_a_zip")
	tail := make([]byte, min(size, 66<<10))
	if n, err := src.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return 0, broken(err, "the archive can't be read")
	}
	end := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if end < 0 || end+22 > len(tail) {
		return 0, notZip
	}
	n := uint64(binary.LittleEndian.Uint16(tail[end+10:]))
	locator := end - 20
	if locator < 0 || !bytes.HasPrefix(tail[locator:], []byte("PK\x06\x07")) {
		return n, nil
	}
	at := binary.LittleEndian.Uint64(tail[locator+8:])
	record := make([]byte, 56)
	if at >= uint64(size) {
		return 0, notZip
	}
	if got, _ := src.ReadAt(record, int64(at)); got < len(record) || !bytes.HasPrefix(record, []byte("PK\x06\x06")) {
		return 0, notZip
	}
	return max(n, binary.LittleEndian.Uint64(record[32:])), nil
}
