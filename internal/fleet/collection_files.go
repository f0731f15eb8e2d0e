package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/blob"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of the files of a collection; what is past them stays on the server.
const (
	maxFiles     = 1000
	maxFileBytes = 1 << 30
	maxFilesAll  = 4 << 30 // bytes together
	fileTries    = 3
	maxFilePath  = 4096
)

// bringFiles lists the files that the endpoint sent, then fetches the next one, and ends the collection after the last.
func (c *collecting) bringFiles(ctx context.Context) (time.Duration, error) {
	if !c.row.FilesListed {
		return 0, c.listFiles(ctx)
	}
	file, err := c.t.NextCollectionFile(ctx, c.row.ID)
	if err != nil {
		return 0, err
	}
	if file == nil {
		return 0, c.finish(ctx)
	}
	done, err := c.fetch(ctx, file)
	if err != nil {
		return 0, err
	}
	return 0, c.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Collection) error {
		first, err := tx.FinishCollectionFile(ctx, file.ID, done)
		if first && done.Status == models.FileKept {
			row.FilesKept++
		}
		return err
	})
}

func (c *collecting) listFiles(ctx context.Context) error {
	var list []velociraptor.Upload
	if c.row.Files > 0 {
		var err error
		if list, err = c.server.Uploads(ctx, c.row.ClientID, c.row.FlowID); err != nil {
			return bySaid(err)
		}
	}
	files := make([]models.CollectionFile, 0, min(len(list), maxFiles))
	all := int64(0)
	for i, u := range list[:min(len(list), maxFiles)] {
		f := models.CollectionFile{Number: i, Path: collectionText(u.Path, maxFilePath), Size: max(u.Size, 0), Components: u.Components, Status: models.FilePending}
		all += f.Size
		switch {
		case c.s.p.Files == nil:
			f.Status, f.Error = models.FileNotKept, "this installation keeps no files (BLOB_URL)"
		case f.Size > maxFileBytes:
			f.Status, f.Error = models.FileTooLarge, "it is larger than 1 GiB: it stays on the Velociraptor server"
		case all > maxFilesAll:
			f.Status, f.Error = models.FileTooLarge, "the files are larger than 4 GiB together: it stays on the Velociraptor server"
		}
		files = append(files, f)
	}
	return c.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Collection) error {
		if row.FilesListed {
			return nil
		}
		row.FilesListed = true
		row.Files = max(len(list), row.Files)
		return tx.AddCollectionFiles(ctx, row.ID, files)
	})
}

// fetch brings one file into the storage. What can't be brought is noted at the file after some tries: the rest of the
// collection is worth having.
func (c *collecting) fetch(ctx context.Context, file *models.CollectionFile) (done store.FileDone, err error) {
	kept, err := c.copyFile(ctx, file)
	switch {
	case err == nil:
		return store.FileDone{Status: models.FileKept, Ref: kept.Ref, Size: kept.Size, SHA256: kept.SHA256}, nil
	case ctx.Err() != nil:
		return done, err
	case fault.Is(err, fault.TooLarge):
		return store.FileDone{Status: models.FileTooLarge, Error: "it is larger than 1 GiB: it stays on the Velociraptor server"}, nil
	}
	if code := faultCode(err); code == blob.CodeNotConfigured {
		return store.FileDone{Status: models.FileNotKept, Error: "this installation keeps no files (BLOB_URL)"}, nil
	}
	if _, passes := collectionCause(err); passes && isOfServer(err) {
		return done, serverError{err}
	}
	tries, noted := c.t.NoteCollectionFile(ctx, file.ID, collectionText(fault.Safe(err), maxCollectionError))
	if noted != nil {
		return done, noted
	}
	if tries >= fileTries {
		return store.FileDone{Status: models.FileFailed, Error: fmt.Sprintf("it could not be fetched in %d tries: %s", tries, fault.Safe(err))}, nil
	}
	return done, err
}

// copyFile streams a file from the server to the storage.
func (c *collecting) copyFile(ctx context.Context, file *models.CollectionFile) (kept blob.Blob, err error) {
	from, to := io.Pipe()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	read := make(chan error, 1)
	go func() {
		_, err := c.server.ReadFile(ctx, file.Components, to)
		_ = to.CloseWithError(err) // nil ends the file
		read <- err
	}()
	kept, err = c.s.p.Files.Put(ctx, c.t.ID(), from, maxFileBytes)
	_ = from.CloseWithError(io.ErrClosedPipe) // the reader stops where the storage has
	cancel()
	if failed := <-read; failed != nil && (err == nil || isOfServer(failed)) {
		return kept, failed
	}
	return kept, err
}

func faultCode(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.StableCode()
	}
	return ""
}
