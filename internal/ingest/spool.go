package ingest

import (
	"errors"
	"io"
	"os"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// spooled is an archive on disk: its list of members stands at its end.
type spooled struct{ file *os.File }

// spool brings an archive to disk.
func (s *Service) spool(src io.Reader) (spooled, int64, error) {
	file, err := os.CreateTemp(s.p.SpoolDir, "velocicompanion-upload-*")
	if err != nil {
		return spooled{}, 0, fault.Wrap(err, fault.Unavailable, "there is no room for an archive on this server").WithCode("no_room")
	}
	out := spooled{file}
	size, err := io.Copy(file, src)
	if err == nil {
		return out, size, nil
	}
	out.remove()
	if _, known := errors.AsType[*fault.Error](err); known {
		return spooled{}, 0, err
	}
	return spooled{}, 0, fault.Wrap(err, fault.Unavailable, "there is no room for an archive on this server").WithCode("no_room")
}

// remove closes the file and takes it away.
func (f spooled) remove() {
	_ = f.file.Close()
	_ = os.Remove(f.file.Name())
}
