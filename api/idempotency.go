package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/models"
)

const (
	idempotencyHeader = "Idempotency-Key"
	replayedHeader    = "Idempotency-Replayed"
	maxKey            = 255 // characters
)

// idempotency answers a repeated request with the first answer. Only a success is kept: a refusal changed nothing, so
// that the caller may correct the request and use the key again.
func (a *API) idempotency(o op) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		key := ctx.Header(idempotencyHeader)
		if key == "" || !o.keyed() {
			next(ctx)
			return
		}
		if !saneKey(key) {
			a.answer(ctx, malformed("header."+idempotencyHeader, "must be 1 to %d printable ASCII characters", maxKey))
			return
		}
		want := models.IdempotencyKey{UserID: actor(ctx.Context()).UserID, Operation: o.ID, Key: key, RequestHash: fingerprint(ctx)}
		done, err := a.tenant(ctx.Context()).ClaimKey(ctx.Context(), want)
		switch {
		case err != nil:
			a.answer(ctx, err)
		case done != nil:
			replay(ctx, done)
		default:
			a.recordAnswer(ctx, next, want, o.Once)
		}
	}
}

func saneKey(key string) bool {
	if len(key) > maxKey {
		return false
	}
	for _, r := range key {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return true
}

// fingerprint is the same for the same request: path, query and body.
func fingerprint(ctx huma.Context) []byte {
	u := ctx.URL()
	h := sha256.New()
	_, _ = io.WriteString(h, u.EscapedPath()+"?"+u.RawQuery+"\n")
	if b, ok := ctx.(withBody); ok {
		_, _ = h.Write(b.body)
	}
	return h.Sum(nil)
}

// recorder keeps a copy of the answer that passes.
type recorder struct {
	humaContext

	header http.Header
	body   bytes.Buffer
}

// Unwrap gives the context beneath, as humagin asks for it.
func (r *recorder) Unwrap() huma.Context { return r.humaContext }

// SetHeader passes the header on and notes it.
func (r *recorder) SetHeader(name, value string) {
	r.header.Set(name, value)
	r.humaContext.SetHeader(name, value)
}

// BodyWriter writes to the client and to the copy.
func (r *recorder) BodyWriter() io.Writer {
	return io.MultiWriter(&r.body, r.humaContext.BodyWriter())
}

// recordAnswer runs the operation and keeps its answer, or frees the key when there was no success.
func (a *API) recordAnswer(ctx huma.Context, next func(huma.Context), key models.IdempotencyKey, once []string) {
	rec := &recorder{humaContext: ctx, header: http.Header{}}
	kept := false
	c := context.WithoutCancel(ctx.Context()) // the client may leave; the effect stands
	t := a.tenant(ctx.Context())
	defer func() {
		if kept {
			return
		}
		if err := t.DropKey(c, key); err != nil {
			a.log.ErrorContext(c, "idempotency key not freed", slog.String("error", err.Error()))
		}
	}()
	next(rec)
	if ctx.Status() < http.StatusOK || ctx.Status() >= http.StatusMultipleChoices {
		return
	}
	kept = true
	head, err := json.Marshal(rec.header)
	if err == nil {
		key.Status, key.Headers = ctx.Status(), head
		if key.Response, err = without(rec.body.Bytes(), once); err == nil {
			err = t.FinishKey(c, key)
		}
	}
	if err != nil {
		a.log.ErrorContext(c, "answer not kept for its idempotency key", slog.String("error", err.Error()))
	}
}

// without takes fields out of a JSON answer, at any depth: what is told once is not kept either.
func without(body []byte, fields []string) ([]byte, error) {
	if len(fields) == 0 || len(body) == 0 {
		return body, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var answer any
	if err := decoder.Decode(&answer); err != nil {
		return nil, err
	}
	if !drop(answer, fields) {
		return body, nil
	}
	return json.Marshal(answer)
}

// drop says whether any of the fields was there.
func drop(v any, fields []string) (found bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if slices.Contains(fields, name) {
				delete(v, name)
				found = true
			} else if drop(inner, fields) {
				found = true
			}
		}
	case []any:
		for _, inner := range v {
			if drop(inner, fields) {
				found = true
			}
		}
	}
	return found
}

// replay writes a kept answer.
func replay(ctx huma.Context, done *models.IdempotencyKey) {
	var head http.Header
	if err := json.Unmarshal(done.Headers, &head); err != nil {
		head = http.Header{"Content-Type": {jsonType}}
	}
	for name, values := range head {
		for _, v := range values {
			ctx.SetHeader(name, v)
		}
	}
	ctx.SetHeader(replayedHeader, "true")
	ctx.SetStatus(done.Status)
	_, _ = ctx.BodyWriter().Write(done.Response) // the client may be gone
}
