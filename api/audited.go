package api

import (
	"context"
	"strconv"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

// audited makes a change and writes the line that tells of it in one transaction.
func (a *API) audited(ctx context.Context, change func(ctx context.Context, t *store.Tenant) (audit.Entry, error)) error {
	return a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		e, err := change(ctx, t)
		if err != nil {
			return err
		}
		return audit.Write(ctx, t, e)
	})
}

// entry is a line about one row; action is noun.verb.
func entry(action string, id int64, before, after any) audit.Entry {
	noun, _, _ := strings.Cut(action, ".")
	return audit.Entry{Action: action, ResourceType: noun, ResourceID: strconv.FormatInt(id, 10), Before: before, After: after}
}
