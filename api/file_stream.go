package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// fileStream is a file that is written while it is read. What can go wrong before its first byte is asked for before it is
// sent, so that it becomes a problem document.
type fileStream struct {
	Name   string // without its ending
	Format string // csv, json or ndjson: its ending, and its Content-Type
	Write  func(ctx context.Context, w io.Writer) error
}

// send streams a file: memory stays flat, and a slow client has its time. Where it breaks off the connection does too, so
// that nobody takes a part for the whole.
func (a *API) send(ctx context.Context, f fileStream) func(huma.Context) {
	return func(hc huma.Context) {
		ctx, cancel := context.WithTimeout(ctx, exportLife)
		defer cancel()
		hc.SetHeader("Content-Disposition", `attachment; filename="`+f.Name+"."+f.Format+`"`)
		hc.SetHeader("Content-Type", map[string]string{"csv": csvType + "; charset=utf-8", "ndjson": ndjsonType, "json": jsonType}[f.Format])
		hc.SetHeader("Cache-Control", "no-store")
		hc.SetStatus(http.StatusOK)
		if err := f.Write(ctx, patientBody(hc)); err != nil {
			a.log.WarnContext(ctx, "a download broke off", slog.String("file", f.Name), slog.String("error", err.Error()))
			panic(http.ErrAbortHandler)
		}
	}
}

// stamped is a file's name with the moment it is made at.
func (a *API) stamped(name string) string {
	return name + "-" + a.clock.Now().UTC().Format("20060102T150405Z")
}

// patientBody is the answer's body for a client that gets some time for each part.
func patientBody(hc huma.Context) io.Writer {
	w := hc.BodyWriter()
	if rw, ok := w.(http.ResponseWriter); ok {
		return patient{rw, http.NewResponseController(rw)}
	}
	return w
}
