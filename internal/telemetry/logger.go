package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// LogParams sets up a logger.
type LogParams struct {
	Writer io.Writer
	Format string // json or text
	Level  string // debug, info, warn or error
}

// NewLogger makes a logger that adds what the context carries (WithAttrs, trace_id, span_id) to each record, and takes
// secrets out of attributes. It fails on an unknown format or level.
func NewLogger(p LogParams) (*slog.Logger, error) {
	level, err := parseLevel(p.Level)
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: newRedactor().replace}
	switch p.Format {
	case "json":
		return slog.New(contextHandler{slog.NewJSONHandler(p.Writer, options)}), nil
	case "text":
		return slog.New(contextHandler{slog.NewTextHandler(p.Writer, options)}), nil
	default:
		return nil, fmt.Errorf("LOG_FORMAT: %q is neither json nor text", p.Format)
	}
}

func parseLevel(name string) (slog.Level, error) {
	switch name {
	case "debug":
		return slog.LevelDebug, nil
	case "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	default:
		return 0, fmt.Errorf("LOG_LEVEL: %q is none of debug, info, warn, error", name)
	}
}

// contextHandler adds what the context carries.
type contextHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h contextHandler) Handle(ctx context.Context, r slog.Record) error {
	r = r.Clone() // another handler may hold the same record
	r.AddAttrs(attrsFrom(ctx)...)
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h contextHandler) WithGroup(name string) slog.Handler {
	return contextHandler{h.Handler.WithGroup(name)}
}
