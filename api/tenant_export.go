package api

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	exportStall = 30 * time.Second // how long a client may take none of it
	exportLife  = time.Hour        // how long one export may take: it holds a moment of the database open
)

// exportTenant streams a tenant's rows while they are read.
func (a *API) exportTenant(c *gin.Context) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		a.plainProblem(c, fault.InvalidField("path.id", "must be a number from 1 on"))
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), exportLife)
	defer cancel()
	export, err := a.tenancy.BeginExport(ctx, actor(ctx), id)
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	defer export.Close()
	c.Header("Content-Type", "application/zip")
	c.Header("Content-Disposition", `attachment; filename="`+export.Name()+`"`)
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusOK)
	if err := export.Write(ctx, patient{c.Writer, http.NewResponseController(c.Writer)}); err != nil {
		a.log.WarnContext(ctx, "an export was cut off", slog.Int64("tenant_id", id), slog.String("error", err.Error()))
		panic(http.ErrAbortHandler) // the client must not take what it has for whole
	}
}

// patient gives a client some time for each part it is sent, and no end of time for all of it.
type patient struct {
	http.ResponseWriter

	control *http.ResponseController
}

// Write sends one part.
func (p patient) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(clock.System{}.Now().Add(exportStall)) // not every writer has deadlines; a test's has none
	return p.ResponseWriter.Write(b)
}

func exportDoc(ho *huma.Operation) {
	ho.Parameters = append(ho.Parameters, &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: "integer", Format: "int64", Minimum: new(1.0)}})
	ho.Responses["200"] = &huma.Response{
		Description: "A zip with a file of JSON lines for each table and, last, manifest.json with the count and the SHA-256 of each",
		Content:     map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
	}
}
