package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	uploadStall = time.Minute    // how long a client may send none of an upload
	uploadLife  = 12 * time.Hour // how long one upload may take
	maxUploads  = 4              // of one tenant at once in one process
)

// createBatch keeps a batch while it arrives and answers when it is whole; processing goes on beside.
func (a *API) createBatch(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), uploadLife)
	defer cancel()
	row, again, err := readBatchQuery(c.Request)
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	who := actor(ctx)
	row.CreatedBy = &who.UserID
	if !a.uploads.enter(who.TenantID) {
		a.plainProblem(c, fault.New(fault.TooMany, "%d uploads of this tenant are under way; wait for one to end", maxUploads).WithRetryAfter(time.Second))
		return
	}
	defer a.uploads.leave(who.TenantID)
	body := attentive{c.Request.Body, http.NewResponseController(c.Writer)}
	out, replayed, err := a.receiveBatch(ctx, row, again, body)
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	if replayed {
		c.Header(replayedHeader, "true")
	}
	c.Header("Location", location("/api/ingestion/batches/", out.ID))
	c.JSON(http.StatusAccepted, shapeBatch(out))
}

// receiveBatch reads a batch to its end. What can't be kept as a whole is on record as a failed batch with the reason.
func (a *API) receiveBatch(ctx context.Context, row *models.Batch, again bool, body io.Reader) (*models.Batch, bool, error) {
	t := a.tenant(ctx)
	earlier, err := t.BeginBatch(ctx, row)
	if err != nil {
		return nil, false, err
	}
	if earlier != nil {
		return earlier, true, sameUpload(earlier, body)
	}
	whole, err := a.intake.Receive(ctx, t, row, body)
	if err != nil {
		a.failUpload(ctx, t, row, err)
		return nil, false, err
	}
	whole.Again = again
	var out *models.Batch
	var same bool
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if out, same, err = t.AcceptBatch(ctx, row.ID, whole); err != nil {
			return e, err
		}
		return entry("batch.create", out.ID, nil, map[string]any{
			"filename": row.Filename, "source": row.Source, "format": whole.Format, "bytes": whole.Bytes, "lines": out.Lines,
			"sha256": hex.EncodeToString(whole.ContentHash), "known": same,
		}), nil
	})
	if err != nil {
		a.failUpload(ctx, t, row, err)
	}
	return out, same, err
}

// failUpload puts an upload that failed on record, even when its sender has left.
func (a *API) failUpload(ctx context.Context, t *store.Tenant, row *models.Batch, cause error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), uploadStall)
	defer cancel()
	code := "internal"
	if p := a.toProblem(ctx, cause); p != nil {
		code = p.Code
	}
	err := t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.FailUpload(ctx, row.ID, code, fault.Safe(cause)); err != nil {
			return err
		}
		e := entry("batch.create", row.ID, nil, map[string]any{"filename": row.Filename, "source": row.Source, "error": code})
		e.Outcome = "failure"
		return audit.Write(ctx, t, e)
	})
	if err != nil {
		a.log.WarnContext(ctx, "a failed upload is not on record yet; housekeeping finds it", slog.Int64("batch_id", row.ID), slog.String("error", err.Error()))
	}
}

// sameUpload reads a repeat under an Idempotency-Key and refuses another content.
func sameUpload(earlier *models.Batch, body io.Reader) error {
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return fault.Wrap(err, fault.Malformed, "the upload was cut off; send it again").WithCode("upload_incomplete")
	}
	if !store.SameContent(earlier, h.Sum(nil)) {
		return fault.New(fault.Conflict, "this Idempotency-Key was used with another request").WithCode("idempotency_mismatch")
	}
	return nil
}

// attentive gives a client some time for each part it sends, and no end of time for all of it.
type attentive struct {
	io.Reader

	control *http.ResponseController
}

// Read waits for the next part.
func (r attentive) Read(p []byte) (int, error) {
	_ = r.control.SetReadDeadline(clock.System{}.Now().Add(uploadStall)) // not every writer has deadlines; a test's has none
	return r.Reader.Read(p)
}

// readBatchQuery reads what is said about an upload beside its body.
func readBatchQuery(r *http.Request) (row *models.Batch, again bool, err error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, false, malformed("query", "can't be read")
	}
	for name, values := range q {
		if !slices.Contains(batchParameters(), name) {
			return nil, false, fault.InvalidField("query."+name, "is not known")
		}
		if len(values) > 1 {
			return nil, false, fault.InvalidField("query."+name, "occurs twice")
		}
	}
	row = &models.Batch{
		Source: strings.TrimSpace(q.Get("source")), Filename: q.Get("filename"), Format: cmp.Or(q.Get("format"), "auto"),
		Hostname: strings.TrimSpace(q.Get("hostname")), ClientID: strings.TrimSpace(q.Get("client_id")), ExpectedBytes: max(r.ContentLength, 0),
	}
	if !slices.Contains(models.BatchFormats(), row.Format) {
		return nil, false, fault.InvalidField("query.format", "must be one of %s", strings.Join(models.BatchFormats(), ", "))
	}
	if again, err = strconv.ParseBool(cmp.Or(q.Get("again"), "false")); err != nil {
		return nil, false, fault.InvalidField("query.again", "must be true or false")
	}
	if enc := r.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") && !strings.EqualFold(enc, "gzip") {
		return nil, false, fault.New(fault.Unsupported, "the body may be compressed by gzip only")
	}
	if key := r.Header.Get(idempotencyHeader); key != "" {
		if !saneKey(key) {
			return nil, false, malformed("header."+idempotencyHeader, "must be 1 to %d printable ASCII characters", maxKey)
		}
		row.IdempotencyKey = &key
	}
	return row, again, nil
}

func batchParameters() []string {
	return []string{"source", "filename", "format", "hostname", "client_id", "again"}
}

// batchDoc describes the upload, which huma doesn't see.
func (a *API) batchDoc(ho *huma.Operation) {
	text := func(name, doc string, most int) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: "string", MaxLength: &most}}
	}
	format := &huma.Schema{Type: "string", Default: "auto"}
	for _, f := range models.BatchFormats() {
		format.Enum = append(format.Enum, f)
	}
	ho.Parameters = append(ho.Parameters,
		text("source", "who reports the rows of lines that don't say; else the filename", 200), text("filename", "what people know it by", 255),
		&huma.Param{Name: "format", In: "query", Schema: format, Description: "auto: as the content tells. evtx: Windows event logs as JSON. zip: a Velociraptor collection, or an archive of such files"},
		text("hostname", "the host of rows that name none", 256), text("client_id", "likewise, Velociraptor's id", 200),
		&huma.Param{Name: "again", In: "query", Schema: &huma.Schema{Type: "boolean"}, Description: "process it also when the same content came before; rows that are known stay as they are"},
	)
	binary := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	ho.RequestBody = &huma.RequestBody{
		Description: "NDJSON, a JSON array or CSV, each line an ingest body or any row of a tool; gzip or not; a zip archive. At most 2 GiB as it comes.",
		Required:    true, Content: map[string]*huma.MediaType{"application/octet-stream": binary},
	}
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[BatchBody](), true, "")
	ho.Responses["202"] = &huma.Response{Description: "Arrived; it is processed beside", Content: map[string]*huma.MediaType{jsonType: {Schema: schema}}}
	for _, status := range []int{http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusTooManyRequests} {
		ho.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: map[string]*huma.MediaType{problemType: {Schema: &a.problem}},
		}
	}
}
