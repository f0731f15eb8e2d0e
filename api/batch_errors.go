package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/export"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// BatchErrorBody is a line of a batch that was not kept.
type BatchErrorBody struct {
	ID      int64  `json:"id"`
	Line    int64  `json:"line" doc:"from 1; 0: of no line"`
	Offset  int64  `json:"offset" doc:"the byte of the text at which it begins, after decompression"`
	Member  string `json:"member,omitempty" doc:"the file of an archive that it stands in"`
	Code    string `json:"code" doc:"what is wrong, for programs"`
	Reason  string `json:"reason" doc:"what is wrong, for people"`
	Field   string `json:"field,omitempty" doc:"the part of it that is wrong"`
	Excerpt string `json:"excerpt" doc:"its beginning, at most 1 KiB"`
}

// batchErrorLine is a line of the download: the whole line is in it, so that it can be mended and sent again.
type batchErrorLine struct {
	BatchErrorBody

	Text       string `json:"text,omitempty"`        // as it came; at most 1 MiB of it
	TextBase64 string `json:"text_base64,omitempty"` // likewise, where it is not valid UTF-8
}

func shapeBatchError(row *models.BatchError) BatchErrorBody {
	return BatchErrorBody{
		ID: row.ID, Line: row.Line, Offset: row.ByteOffset, Member: row.Member, Code: row.Code, Reason: row.Reason, Field: row.Field,
		Excerpt: row.Excerpt,
	}
}

type batchErrorsIn struct {
	IDInput
	PageInput

	Format string `query:"format" enum:"json,ndjson,csv" default:"json" doc:"json: a page of the list; ndjson and csv: all of them as a file, in ndjson with the whole lines"`
}

type batchErrorsOut struct {
	Link  string `header:"Link" doc:"rel=next: the following page"`
	Total int    `header:"X-Total-Count" doc:"rows that match; exact to 10,000, then an estimate"`
	Exact string `header:"X-Total-Count-Exact" doc:"false where the total is an estimate"`
	Body  func(huma.Context)
}

// batchErrors answers a page of the bad lines, or streams all of them as a file.
func (a *API) batchErrors(ctx context.Context, in *batchErrorsIn) (*batchErrorsOut, error) {
	if in.Format != "json" {
		return a.downloadErrors(ctx, in)
	}
	page, err := listed(ctx, shapeBatchError)(a.tenant(ctx).ListBatchErrors(ctx, in.ID, in.query()))
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(page.Body)
	if err != nil {
		return nil, err
	}
	return &batchErrorsOut{Link: page.Link, Total: page.Total, Exact: page.Exact, Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", jsonType)
		hc.SetStatus(http.StatusOK)
		_, _ = hc.BodyWriter().Write(body) // the client may be gone
	}}, nil
}

func (a *API) downloadErrors(ctx context.Context, in *batchErrorsIn) (*batchErrorsOut, error) {
	t := a.tenant(ctx)
	batch, err := t.Batch(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	file := fileStream{"batch-" + digits(in.ID) + "-errors", in.Format, func(ctx context.Context, w io.Writer) error { return writeErrors(ctx, t, w, in) }}
	return &batchErrorsOut{Total: int(batch.ErrorsKept), Body: a.send(ctx, file)}, nil
}

// writeErrors reads the bad lines part by part and writes each as it is read.
func writeErrors(ctx context.Context, t *store.Tenant, w io.Writer, in *batchErrorsIn) error {
	put, end, err := errorWriter(w, in.Format)
	if err != nil {
		return err
	}
	const part = 100 // lines of up to 1 MiB
	for after := int64(0); ; {
		rows, err := t.BatchErrorsAfter(ctx, in.ID, after, part)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := put(&rows[i]); err != nil {
				return err
			}
			after = rows[i].ID
		}
		if len(rows) < part {
			return end()
		}
	}
}

func errorWriter(w io.Writer, format string) (put func(*models.BatchError) error, end func() error, err error) {
	if format == "csv" {
		out, err := export.NewCSV(w, "line", "offset", "member", "code", "reason", "field", "excerpt")
		if err != nil {
			return nil, nil, err
		}
		return func(r *models.BatchError) error {
			return out.Row(digits(r.Line), digits(r.ByteOffset), r.Member, r.Code, r.Reason, r.Field, r.Excerpt)
		}, out.Close, nil
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(r *models.BatchError) error {
		line := batchErrorLine{BatchErrorBody: shapeBatchError(r)}
		if utf8.Valid(r.Raw) {
			line.Text = string(r.Raw)
		} else {
			line.TextBase64 = base64.StdEncoding.EncodeToString(r.Raw)
		}
		return enc.Encode(line)
	}, func() error { return nil }, nil
}

// describeBatchErrors tells the document what the page holds, which huma can't see behind a function.
func (a *API) describeBatchErrors() {
	path := a.huma.OpenAPI().Paths["/api/ingestion/batches/{id}/errors"]
	if path == nil || path.Get == nil {
		return // its declaration has failed, and New says why
	}
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[[]BatchErrorBody](), true, "")
	schema.Nullable = false
	path.Get.Responses["200"].Content[jsonType].Schema = schema
}
