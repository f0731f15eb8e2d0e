package api

import (
	"context"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// CollectionFileBody is a file that a collection brought.
type CollectionFileBody struct {
	ID        int64     `json:"id"`
	Path      string    `json:"path" doc:"on the endpoint"`
	Size      int64     `json:"size" doc:"bytes, as the Velociraptor server says"`
	Status    string    `json:"status" enum:"pending,kept,too_large,failed,not_kept" doc:"kept: it can be downloaded here; the others are on the Velociraptor server only"`
	Error     string    `json:"error" doc:"why it is not here"`
	KeptSize  int64     `json:"kept_size" doc:"bytes that are here"`
	SHA256    string    `json:"sha256" doc:"of what is here"`
	CreatedAt time.Time `json:"created_at"`
}

func shapeCollectionFile(row *models.CollectionFile) CollectionFileBody {
	return CollectionFileBody{
		ID: row.ID, Path: row.Path, Size: row.Size, Status: row.Status, Error: row.Error, KeptSize: row.KeptSize, SHA256: row.SHA256, CreatedAt: row.CreatedAt.UTC(),
	}
}

type collectionFilesIn struct {
	IDInput
	PageInput
}

func (a *API) collectionFiles(ctx context.Context, in *collectionFilesIn) (*listOut[CollectionFileBody], error) {
	return listed(ctx, shapeCollectionFile)(a.tenant(ctx).ListCollectionFiles(ctx, in.ID, in.query()))
}

// downloadCollected gives out a file that a collection brought; ranges work, so that a broken download goes on. It is never
// shown in the browser: it comes from a machine that may be an attacker's.
func (a *API) downloadCollected(c *gin.Context) {
	ctx := c.Request.Context()
	row, err := a.collectedFile(c)
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	t := a.tenant(ctx)
	file, err := a.files.Open(ctx, t.ID(), row.FileRef)
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	defer func() {
		if err := file.Close(); err != nil {
			a.log.WarnContext(ctx, "a file was not closed", slog.String("error", err.Error()))
		}
	}()
	err = audit.Write(ctx, t, entry("collection.download_file", row.CollectionID, nil, map[string]any{"file_id": row.ID, "path": row.Path, "sha256": row.SHA256}))
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	name := fileName(path.Base(strings.ReplaceAll(row.Path, `\`, "/")))
	if name == "" {
		name = "file-" + digits(row.ID)
	}
	c.Header("Content-Type", "application/octet-stream")
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Header("ETag", `"`+row.SHA256+`"`)
	c.Header("X-Content-SHA256", row.SHA256)
	c.Header("Cache-Control", "private, no-cache")
	http.ServeContent(c.Writer, c.Request, "", row.CreatedAt, file)
}

func (a *API) collectedFile(c *gin.Context) (*models.CollectionFile, error) {
	ids := map[string]int64{}
	for _, name := range []string{"id", "file_id"} {
		id, err := strconv.ParseInt(c.Param(name), 10, 64)
		if err != nil || id <= 0 {
			return nil, fault.InvalidField("path."+name, "must be a number from 1 on")
		}
		ids[name] = id
	}
	row, err := a.tenant(c.Request.Context()).CollectionFile(c.Request.Context(), ids["id"], ids["file_id"])
	if err != nil {
		return nil, err
	}
	if row.Status != models.FileKept {
		return nil, fault.New(fault.NotFound, "the file is not here (%s): it can be had from the Velociraptor server", row.Status).WithCode("file_not_kept")
	}
	return row, nil
}
