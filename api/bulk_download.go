package api

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/bulk"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const ndjsonType = "application/x-ndjson"

// downloadBulk gives out the file that an export wrote; ranges work, so that a broken download goes on.
func (a *API) downloadBulk(c *gin.Context) {
	ctx := c.Request.Context()
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		a.plainProblem(c, fault.InvalidField("path.id", "must be a number from 1 on"))
		return
	}
	row, err := a.tenant(ctx).BulkJob(ctx, id)
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	if err := actor(ctx).Permit(bulk.Reading(row.Resource)); err != nil {
		a.plainProblem(c, err)
		return
	}
	if row.FileRef == "" {
		a.plainProblem(c, fault.New(fault.NotFound, "the job has no file, or it is past its time").WithCode("file_gone"))
		return
	}
	file, err := a.files.Open(ctx, a.tenant(ctx).ID(), row.FileRef)
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	defer func() {
		if err := file.Close(); err != nil {
			a.log.WarnContext(ctx, "a file was not closed", slog.String("error", err.Error()))
		}
	}()
	kind := ndjsonType
	if strings.HasSuffix(row.FileName, ".csv") {
		kind = csvType + "; charset=utf-8"
	}
	c.Header("Content-Type", kind)
	c.Header("Content-Disposition", `attachment; filename="`+row.FileName+`"`)
	c.Header("ETag", `"`+row.FileSHA256+`"`)
	c.Header("X-Content-SHA256", row.FileSHA256)
	c.Header("Cache-Control", "private, no-cache")
	http.ServeContent(c.Writer, c.Request, "", *row.FinishedAt, file)
}
