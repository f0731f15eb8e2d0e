package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
)

// requestIDHeader names the request in the answer, in the log and in problems.
const requestIDHeader = "X-Request-ID"

const maxRequestID = 64

// request is what is known about the request at work; the log line at its end is made from it.
type request struct {
	id        string
	ip        string
	url       *url.URL
	principal auth.Principal // of the caller, once known
}

type requestKey struct{}

// requestFrom is the request that ctx belongs to; empty outside one.
func requestFrom(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// gone says whether the client has left.
func (*request) gone(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }

// identify gives the request its id and notes where it comes from.
func (a *API) identify(c *gin.Context) {
	id := c.GetHeader(requestIDHeader)
	if !saneID(id) {
		id = clock.Token(12)
	}
	r := &request{id: id, ip: c.ClientIP(), url: c.Request.URL}
	ctx := context.WithValue(c.Request.Context(), requestKey{}, r)
	ctx = audit.WithRequest(ctx, audit.Request{ID: id, IP: r.ip, UserAgent: clip(c.Request.UserAgent(), 400)})
	c.Request = c.Request.WithContext(telemetry.WithRequestID(ctx, id))
	c.Header(requestIDHeader, id)
	c.Next()
}

// saneID says whether a caller's request id may stand in our log.
func saneID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for _, r := range id {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r) {
			continue
		}
		return false
	}
	return true
}

// clip cuts a header's text to n bytes of valid UTF-8 without NUL, so that it can be stored.
func clip(s string, n int) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// observe logs and counts the request when it is done. Paths appear as their template: some hold tokens.
func (a *API) observe(c *gin.Context) {
	start := a.clock.Now()
	c.Next()
	route := c.FullPath()
	elapsed := a.clock.Now().Sub(start)
	status := c.Writer.Status()
	a.metrics.request(c.Request.Method, route, status, elapsed)
	r := requestFrom(c.Request.Context())
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("method", c.Request.Method), slog.String("route", route),
		slog.Int("status", status), slog.Float64("ms", float64(elapsed.Microseconds())/1000), slog.Int("bytes", c.Writer.Size()),
		slog.String("ip", r.ip),
	}
	if r.principal.UserID > 0 {
		attrs = append(attrs, slog.Int64("tenant_id", r.principal.TenantID), slog.Int64("user_id", r.principal.UserID))
	}
	if r.principal.KeyID > 0 {
		attrs = append(attrs, slog.Int64("key_id", r.principal.KeyID))
	}
	a.log.LogAttrs(c.Request.Context(), level, "request", attrs...)
}

// recoverPanic answers 500 without internals and logs the stack.
func (a *API) recoverPanic(c *gin.Context) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if err, ok := r.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(r)
		}
		ctx := c.Request.Context()
		a.log.ErrorContext(ctx, "panic", slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
		if c.Writer.Written() {
			c.Abort()
			return
		}
		a.plainProblem(c, fault.New(fault.Internal, "something went wrong on our side"))
	}()
	c.Next()
}

// refuseBadText answers 400 to a path or query that no text column could hold.
func (a *API) refuseBadText(c *gin.Context) {
	query, err := url.QueryUnescape(c.Request.URL.RawQuery)
	where := ""
	switch {
	case err != nil || !sound(query):
		where = "query"
	case !sound(c.Request.URL.Path):
		where = "path"
	}
	if where != "" {
		a.plainProblem(c, &fault.Error{
			Kind: fault.Malformed, Message: "the " + where + " is not valid UTF-8 text without NUL",
			Fields: []fault.Field{{Location: where, Message: "must be valid UTF-8 text without NUL"}},
		})
		return
	}
	c.Next()
}

func sound(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// noRoute answers an unknown path: with the screen's page where a browser navigates, with a problem otherwise.
func (a *API) noRoute(c *gin.Context) {
	if c.Request.Method == http.MethodGet && !apiPath(c.Request.URL.Path) && a.screen.serve(c) {
		return
	}
	a.plainProblem(c, fault.New(fault.NotFound, "there is nothing at this path"))
}
