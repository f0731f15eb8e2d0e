package temporal

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

// logger hands the server's warnings and errors to slog; what is milder would drown the product's own lines. While the
// server comes up or goes down its services miss each other for a moment and warn of it: then only errors pass.
type logger struct {
	to      *slog.Logger
	serving *atomic.Bool
}

func newLogger(to *slog.Logger) logger { return logger{to: to, serving: &atomic.Bool{}} }

var _ log.WithLogger = logger{}

func (l logger) Debug(string, ...tag.Tag) {}

func (l logger) Info(string, ...tag.Tag) {}

func (l logger) Warn(msg string, tags ...tag.Tag) {
	if l.serving.Load() {
		l.write(slog.LevelWarn, msg, tags)
	}
}

func (l logger) Error(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

func (l logger) DPanic(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

// Panic and Fatal end the process: the server calls them when it can't go on, and PostgreSQL ends with us cleanly.
func (l logger) Panic(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	panic("temporal server: " + msg)
}

func (l logger) Fatal(msg string, tags ...tag.Tag) { l.Panic(msg, tags...) }

func (l logger) With(tags ...tag.Tag) log.Logger {
	return logger{to: slog.New(l.to.Handler().WithAttrs(attributes(tags))), serving: l.serving}
}

// SLog is what the server's own SDK clients write to.
func (l logger) SLog() *slog.Logger {
	return slog.New(loud{Handler: l.to.Handler(), serving: l.serving})
}

func (l logger) write(level slog.Level, msg string, tags []tag.Tag) {
	ctx := context.Background() // the server's logger knows no context
	h := l.to.Handler()
	if !h.Enabled(ctx, level) {
		return
	}
	r := slog.NewRecord(clock.System{}.Now(), level, "temporal: "+msg, 0)
	r.AddAttrs(attributes(tags)...)
	_ = h.Handle(ctx, r) // nobody is left to tell
}

func attributes(tags []tag.Tag) []slog.Attr {
	attrs := make([]slog.Attr, 0, len(tags))
	for _, t := range tags {
		value := t.Value()
		if err, ok := value.(error); ok {
			value = err.Error()
		}
		if s, ok := value.(fmt.Stringer); ok {
			value = s.String()
		}
		attrs = append(attrs, slog.Any(strings.ReplaceAll(t.Key(), "-", "_"), value))
	}
	return attrs
}

// loud is a handler under the same rule as logger.
type loud struct {
	slog.Handler
	serving *atomic.Bool
}

func (h loud) Enabled(ctx context.Context, level slog.Level) bool {
	least := slog.LevelError
	if h.serving.Load() {
		least = slog.LevelWarn
	}
	return level >= least && h.Handler.Enabled(ctx, level)
}

func (h loud) WithAttrs(attrs []slog.Attr) slog.Handler {
	return loud{Handler: h.Handler.WithAttrs(attrs), serving: h.serving}
}

func (h loud) WithGroup(name string) slog.Handler {
	return loud{Handler: h.Handler.WithGroup(name), serving: h.serving}
}
