package bulk

import (
	"context"
	"reflect"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// kind is how the fields F of rows R are read and changed. F names some fields: what is nil in it is not of the change.
type kind[R, F any] struct {
	read   func(t *store.Tenant, ctx context.Context, id int64) (*R, error)
	of     func(f F, row *R) F // the row's values of the fields that f names
	change func(ctx context.Context, t *store.Tenant, row *R, f F) (*change, error)
}

// fieldSpec completes an action that gives each row the fields that wish names, and its undoing: a row that was changed since
// stays as it is.
func fieldSpec[R, F, P any](s spec[P], k kind[R, F], wish func(*R, P) F) spec[P] {
	s.do = func(ctx context.Context, c Call, p P, items []models.BulkItem) ([]store.BulkOutcome, error) {
		return each(ctx, c, items, func(ctx context.Context, t *store.Tenant, item *models.BulkItem) (*change, error) {
			row, err := k.read(t, ctx, item.ResourceID)
			if err != nil {
				return nil, err
			}
			f := wish(row, p)
			if reflect.DeepEqual(k.of(f, row), f) {
				return nil, nil //nolint:nilnil // it is so already
			}
			return k.change(ctx, t, row, f)
		})
	}
	s.undo = func(ctx context.Context, c Call, items []models.BulkItem) ([]store.BulkOutcome, error) {
		return each(ctx, c, items, func(ctx context.Context, t *store.Tenant, item *models.BulkItem) (*change, error) {
			var before, after F
			if err := decode(item.Before, &before); err != nil {
				return nil, err
			}
			if err := decode(item.After, &after); err != nil {
				return nil, err
			}
			row, err := k.read(t, ctx, item.ResourceID)
			if err != nil {
				return nil, err
			}
			if !reflect.DeepEqual(k.of(after, row), after) {
				return nil, fault.New(fault.Conflict, changedNow)
			}
			return k.change(ctx, t, row, before)
		})
	}
	return s
}
