package telemetry_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
)

func newLogger(t *testing.T, format string) (*slog.Logger, *bytes.Buffer) {
	t.Helper()
	var b bytes.Buffer
	l, err := telemetry.NewLogger(telemetry.LogParams{Writer: &b, Format: format, Level: "info"})
	require.NoError(t, err)
	return l, &b
}

func record(t *testing.T, b *bytes.Buffer) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal(b.Bytes(), &m), b.String())
	return m
}

func TestRecordsCarryTheContext(t *testing.T) {
	t.Parallel()
	l, b := newLogger(t, "json")
	ctx := telemetry.WithRequestID(t.Context(), "req-1")
	ctx = telemetry.WithExecution(telemetry.WithUser(telemetry.WithTenant(ctx, 3), 9007199254740993), 4)
	ctx = telemetry.WithTenant(ctx, 5)
	l.With("part", "api").InfoContext(ctx, "answered", "status", 200)
	require.Equal(t, "req-1", telemetry.RequestID(ctx))
	require.Contains(t, b.String(), `"user_id":9007199254740993`)
	require.Equal(t, 1, strings.Count(b.String(), "tenant_id"))
	m := record(t, b)
	require.InDelta(t, 5, m["tenant_id"], 0)
	require.InDelta(t, 4, m["execution_id"], 0)
	require.Equal(t, "req-1", m["request_id"])
	require.Equal(t, "api", m["part"])
}

func TestContextsDontShareAttributes(t *testing.T) {
	t.Parallel()
	l, b := newLogger(t, "text")
	parent := telemetry.WithTenant(t.Context(), 1)
	one := telemetry.WithAttrs(parent, slog.String("branch", "one"))
	two := telemetry.WithAttrs(parent, slog.String("branch", "two"))
	l.InfoContext(one, "a")
	require.Contains(t, b.String(), "branch=one")
	l.InfoContext(two, "b")
	require.Contains(t, b.String(), "branch=two")
	require.Empty(t, telemetry.RequestID(parent))
}

type credentials struct {
	Name     string            `json:"name"`
	Password string            `json:"password"`
	Nested   map[string]string `json:"nested"`
}

func TestSecretsNeverReachTheLog(t *testing.T) {
	t.Parallel()
	const s = "hunter2hunter2hunter2hunter2"
	u, err := url.Parse("https://ana:" + s + "@example.org/")
	require.NoError(t, err)
	for name, attr := range map[string]slog.Attr{
		"password":     slog.String("password", s),
		"camel":        slog.String("smtpPassword", s), //nolint:sloglint // a library may log it so
		"dashes":       slog.String("X-Api-Key", s),    //nolint:sloglint // a library may log it so
		"token":        slog.String("refresh_token", s),
		"any":          slog.Any("secret", map[string]string{"a": s}),
		"group":        slog.Group("authorization", slog.String("scheme", "basic"), slog.String("value", s)),
		"inner":        slog.Group("request", slog.String("cookie", s)),
		"header":       slog.Any("headers", http.Header{"Authorization": {s}, "Set-Cookie": {s}}),
		"struct":       slog.Any("input", credentials{Name: "x", Password: s, Nested: map[string]string{"api_key": s}}),
		"pointer":      slog.Any("input", &credentials{Password: s}),
		"list":         slog.Any("inputs", []credentials{{Password: s}}),
		"json":         slog.Any("raw", json.RawMessage(`{"totp_code":"`+s+`"}`)),
		"address":      slog.String("database", "postgres://app:"+s+"@db/x"),
		"odd address":  slog.String("database", "postgres://app:"+s+"@@"+s+"@db/x"),
		"url":          slog.Any("target", u),
		"error":        slog.Any("error", errors.New("dial redis://:"+s+"@cache:1: refused")),
		"bearer":       slog.String("detail", "sent Authorization: Bearer "+s),
		"jwt":          slog.String("detail", "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ"+s+"."+s),
		"ours":         slog.String("detail", "token vcr_"+s),
		"service key":  slog.String("detail", "key vc_"+s),
		"pem":          slog.String("detail", "-----BEGIN EC PRIVATE KEY-----\n"+s+"\n-----END EC PRIVATE KEY-----"),
		"cut pem":      slog.String("detail", "-----BEGIN PRIVATE KEY-----\n"+s),
		"list of text": slog.Any("details", []string{"Bearer " + s}),
	} {
		for _, format := range []string{"json", "text"} {
			l, b := newLogger(t, format)
			l.LogAttrs(t.Context(), slog.LevelInfo, "note", attr)
			require.NotContains(t, b.String(), s, "%s as %s", name, format)
			require.Contains(t, b.String(), "note")
			l.With(slog.Any(attr.Key, attr.Value)).WithGroup("inner").InfoContext(t.Context(), "bound")
			require.NotContains(t, b.String(), s, "%s as %s, bound", name, format)
		}
	}
}

func TestOrdinaryValuesStay(t *testing.T) {
	t.Parallel()
	l, b := newLogger(t, "json")
	var none *url.URL
	var noFault *fault.Error
	l.Info("note", "url", "https://example.org/a:b@c?d", "took", 1.5, "big", json.RawMessage("9007199254740993"),
		"error", errors.New("plain"), "none", none, "fault", error(noFault), "nil", nil, "chan", make(chan int), "host", "vc_short")
	m := record(t, b)
	require.Equal(t, "https://example.org/a:b@c?d", m["url"])
	require.Equal(t, "plain", m["error"])
	require.Equal(t, "vc_short", m["host"])
	require.Contains(t, b.String(), `"big":9007199254740993`)
	require.Nil(t, m["none"])
	require.Nil(t, m["fault"])
	require.Equal(t, "(chan int)", m["chan"])
}

func TestLoggerRefusesUnknownSettings(t *testing.T) {
	t.Parallel()
	for _, p := range []telemetry.LogParams{{Format: "xml", Level: "info"}, {Format: "json", Level: "loud"}, {}} {
		_, err := telemetry.NewLogger(p)
		require.Error(t, err)
	}
	l, b := newLogger(t, "json")
	l.Debug("hidden")
	require.Empty(t, b.String())
}

func FuzzRedact(f *testing.F) {
	f.Add("postgres://app:x@db", "detail")
	f.Add("Bearer ", "authorization")
	f.Fuzz(func(t *testing.T, text, key string) {
		const s = "hunter2hunter2hunter2hunter2"
		l, b := newLogger(t, "json")
		l.Info("note", key+"password", text+s, "plain", text, "any", map[string]any{key: text})
		require.NotContains(t, b.String(), s)
		record(t, b)
	})
}
