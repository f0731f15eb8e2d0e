package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	jsonType    = "application/json"
	formType    = "application/x-www-form-urlencoded"
	problemType = "application/problem+json"
)

// maxEcho is how many characters of an offending value an error gives back.
const maxEcho = 200

// Problem is every error's answer (RFC 9457).
type Problem struct { //nolint:errname // the word of RFC 9457, and the schema's name
	Type      string         `json:"type" doc:"about:blank: the title is the status"`
	Title     string         `json:"title" doc:"the status in words"`
	Status    int            `json:"status" doc:"the HTTP status"`
	Detail    string         `json:"detail" doc:"what went wrong, for people"`
	Code      string         `json:"code" doc:"what went wrong, for programs; stable"`
	RequestID string         `json:"request_id" doc:"finds this request in the log"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"each part of the input that is not acceptable"`

	retryAfter time.Duration
}

// ProblemField names one unacceptable part of an input.
type ProblemField struct {
	Location string `json:"location" doc:"where, for example body.labels[2]"`
	Message  string `json:"message" doc:"what is wrong"`
	Value    any    `json:"value,omitempty" doc:"the value; left out where it could be a secret"`
}

// Error gives the detail; it makes a Problem an error that huma answers as it is.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are those that belong to the problem's status.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	return h
}

// ContentType is that of problems, whatever was asked for.
func (*Problem) ContentType(string) string { return problemType }

// statusOf is the one map from a fault's kind to HTTP.
func statusOf(kind fault.Kind) int {
	switch kind {
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Stale:
		return http.StatusPreconditionFailed
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unsupported:
		return http.StatusUnsupportedMediaType
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Internal:
		return http.StatusInternalServerError
	default:
		return http.StatusInternalServerError
	}
}

// codeOf is the stable code of a status that huma found by itself.
func codeOf(status int) string {
	for _, kind := range []fault.Kind{
		fault.Malformed, fault.Unauthenticated, fault.Forbidden, fault.NotFound, fault.Conflict, fault.Stale, fault.TooLarge,
		fault.Unsupported, fault.Invalid, fault.TooMany, fault.Unavailable,
	} {
		if statusOf(kind) == status {
			return string(kind)
		}
	}
	if status < http.StatusInternalServerError {
		return string(fault.Malformed)
	}
	return string(fault.Internal)
}

// toProblem turns any error into what the caller may see, and logs what only we may.
func (a *API) toProblem(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		p.RequestID = requestFrom(ctx).id
		return p
	}
	kind := fault.KindOf(err)
	if errors.Is(err, context.DeadlineExceeded) {
		kind = fault.Unavailable
	}
	status := statusOf(kind)
	p := &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: fault.Safe(err), Code: string(kind),
		RequestID: requestFrom(ctx).id,
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		p.Code, p.retryAfter = f.StableCode(), f.RetryAfter
		for _, field := range f.Fields {
			p.Errors = append(p.Errors, ProblemField{Location: located(field.Location), Message: field.Message, Value: field.Value})
		}
	}
	switch {
	case errors.Is(err, context.Canceled) && requestFrom(ctx).gone(ctx):
		a.log.DebugContext(ctx, "the client went away")
	case status >= http.StatusInternalServerError:
		a.log.ErrorContext(ctx, "request failed", slog.String("error", err.Error()))
	}
	return p
}

// located says where in the request a field is that a service named without knowing of requests.
func located(field string) string {
	for _, part := range []string{"body", "query", "path", "header"} {
		if field == part || strings.HasPrefix(field, part+".") || strings.HasPrefix(field, part+"[") {
			return field
		}
	}
	return "body." + field
}

// transformProblem completes every problem on its way out: huma's own errors take our shape, and values are cut, or left
// out where the operation takes secrets.
func (a *API) transformProblem(ctx huma.Context, _ string, v any) (any, error) {
	if m, ok := v.(*huma.ErrorModel); ok {
		v = fromHuma(m)
	}
	p, ok := v.(*Problem)
	if !ok {
		return v, nil
	}
	p.RequestID = requestFrom(ctx.Context()).id
	secret := a.ops[ctx.Operation().OperationID].Secret
	for i := range p.Errors {
		if secret {
			p.Errors[i].Value = nil
			continue
		}
		p.Errors[i].Value = cut(p.Errors[i].Value)
	}
	return p, nil
}

func fromHuma(m *huma.ErrorModel) *Problem {
	p := &Problem{
		Type: "about:blank", Title: http.StatusText(m.Status), Status: m.Status, Detail: m.Detail, Code: codeOf(m.Status),
	}
	for _, e := range m.Errors {
		p.Errors = append(p.Errors, ProblemField{Location: e.Location, Message: e.Message, Value: e.Value})
	}
	if len(p.Errors) > 0 {
		p.Detail = p.Errors[0].Location + ": " + p.Errors[0].Message
		if more := len(p.Errors) - 1; more > 0 {
			p.Detail += fmt.Sprintf(" (and %d more)", more)
		}
	}
	return p
}

// cut shortens a value that is echoed; composite values are left out, since they may be the whole body.
func cut(v any) any {
	switch t := v.(type) {
	case nil, bool, float64, int, int64:
		return v
	case string:
		if r := []rune(t); len(r) > maxEcho {
			return string(r[:maxEcho]) + "…"
		}
		return t
	default:
		return nil
	}
}

// plainProblem answers an error outside huma: an unknown path, a panic, a refused token on a raw route.
func (a *API) plainProblem(c *gin.Context, err error) {
	c.Abort()
	a.writeProblem(c.Writer, c.Request, err)
}

// writeProblem is plainProblem for handlers that know no Gin.
func (a *API) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := a.toProblem(r.Context(), err)
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) //nolint:errchkjson // the client may be gone; there is nobody to tell
}

// notAllowed is the answer to a known path with another method.
func notAllowed() *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(http.StatusMethodNotAllowed), Status: http.StatusMethodNotAllowed,
		Detail: "this path doesn't take this method; the Allow header names those it takes", Code: "method_not_allowed",
	}
}

// problemSchema puts Problem into the document, where operations refer to it.
func (a *API) problemSchema() {
	s := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	a.problem = *s
	a.huma.OpenAPI().OnAddOperation = append(a.huma.OpenAPI().OnAddOperation, a.completeOperation)
}
