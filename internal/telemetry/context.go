package telemetry

import (
	"context"
	"log/slog"
	"slices"
)

type (
	attrsKey     struct{}
	requestIDKey struct{}
)

// WithAttrs gives a context whose log records carry these attributes. An attribute of the same key replaces the earlier
// one.
func WithAttrs(ctx context.Context, attrs ...slog.Attr) context.Context {
	merged := slices.Clone(attrsFrom(ctx))
	for _, a := range attrs {
		merged = slices.DeleteFunc(merged, func(old slog.Attr) bool { return old.Key == a.Key })
		merged = append(merged, a)
	}
	return context.WithValue(ctx, attrsKey{}, merged)
}

func attrsFrom(ctx context.Context) []slog.Attr {
	attrs, _ := ctx.Value(attrsKey{}).([]slog.Attr)
	return attrs
}

// WithRequestID notes the id of an HTTP request: for logs, problems and audit rows.
func WithRequestID(ctx context.Context, id string) context.Context {
	return WithAttrs(context.WithValue(ctx, requestIDKey{}, id), slog.String("request_id", id))
}

// RequestID is the id that WithRequestID noted, "" when there is none.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// WithTenant notes whose work this is.
func WithTenant(ctx context.Context, id int64) context.Context {
	return WithAttrs(ctx, slog.Int64("tenant_id", id))
}

// WithUser notes who asked for it.
func WithUser(ctx context.Context, id int64) context.Context {
	return WithAttrs(ctx, slog.Int64("user_id", id))
}

// WithExecution notes which playbook execution this belongs to.
func WithExecution(ctx context.Context, id int64) context.Context {
	return WithAttrs(ctx, slog.Int64("execution_id", id))
}
