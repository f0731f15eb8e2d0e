package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// bodyTimeout is how long a client may take to send a JSON body.
const bodyTimeout = 15 * time.Second

// withBody is a huma context whose body was read and checked; it is JSON, whatever came.
type withBody struct {
	humaContext

	body []byte
}

type humaContext = huma.Context

// Unwrap gives the context beneath, as humagin asks for it.
func (c withBody) Unwrap() huma.Context { return c.humaContext }

// BodyReader reads the body that was checked.
func (c withBody) BodyReader() io.Reader { return bytes.NewReader(c.body) }

// Header is the request's; the body's type is JSON by now.
func (c withBody) Header(name string) string {
	if strings.EqualFold(name, "Content-Type") {
		return jsonType
	}
	return c.humaContext.Header(name)
}

// readBody reads the body within the operation's limits and refuses what a lenient reader would let pass.
func (a *API) readBody(o op) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if ctx.Operation().RequestBody == nil {
			next(ctx)
			return
		}
		body, err := checkedBody(ctx, o)
		if err != nil {
			a.answer(ctx, err)
			return
		}
		next(withBody{humaContext: ctx, body: body})
	}
}

func checkedBody(ctx huma.Context, o op) ([]byte, error) {
	_ = ctx.SetReadDeadline(clock.System{}.Now().Add(bodyTimeout)) // not every writer has deadlines; a test's has none
	limit := o.maxBody()
	body, err := io.ReadAll(io.LimitReader(ctx.BodyReader(), limit+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.Malformed, "the body could not be read to its end")
	}
	if int64(len(body)) > limit {
		return nil, fault.New(fault.TooLarge, "the body has more than %d bytes, the most this operation takes", limit)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		if o.EmptyBody {
			return nil, nil
		}
		return nil, malformed("body", "is missing")
	}
	if enc := ctx.Header("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return nil, fault.New(fault.Unsupported, "a compressed body (Content-Encoding) is not taken here")
	}
	isForm, err := bodyType(ctx.Header("Content-Type"), o.Form)
	if err != nil {
		return nil, err
	}
	if isForm {
		return formToJSON(body)
	}
	return body, strictJSON(body, o.NULBelow)
}

// bodyType reads the Content-Type; no type at all is taken for JSON.
func bodyType(header string, form bool) (isForm bool, err error) {
	if header == "" {
		return false, nil
	}
	kind, params, err := mime.ParseMediaType(header)
	if err != nil {
		return false, fault.Wrap(err, fault.Unsupported, "the Content-Type can't be read; send %s", jsonType)
	}
	if cs := params["charset"]; cs != "" && !strings.EqualFold(cs, "utf-8") {
		return false, fault.New(fault.Unsupported, "the body must be UTF-8")
	}
	switch {
	case kind == jsonType || strings.HasSuffix(kind, "+json"):
		return false, nil
	case kind == formType && form:
		return true, nil
	default:
		return false, fault.New(fault.Unsupported, "send the body as %s", jsonType)
	}
}

// ignoredFormFields are those that OAuth 2 password clients send beside what we read.
func ignoredFormFields() []string { return []string{"grant_type", "client_id", "client_secret"} }

// formToJSON makes an object of a form's fields, each a text.
func formToJSON(body []byte) ([]byte, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fault.Wrap(err, fault.Malformed, "the form can't be read")
	}
	fields := make(map[string]string, len(values))
	for name, all := range values {
		if slices.Contains(ignoredFormFields(), name) {
			continue
		}
		switch {
		case len(all) > 1:
			return nil, malformed("body."+name, "occurs twice")
		case !sound(name) || !sound(all[0]):
			return nil, malformed("body", "is not valid UTF-8 text without NUL")
		case name == "scope" && all[0] == "":
			continue
		}
		fields[name] = all[0]
	}
	out, err := json.Marshal(fields)
	if err != nil {
		return nil, errors.Join(fault.New(fault.Malformed, "the form can't be read"), err)
	}
	return out, nil
}
