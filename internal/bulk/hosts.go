package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// changeHosts changes the hosts of a slice together; alter gives nil for a host that is so already.
func changeHosts(ctx context.Context, c Call, items []models.BulkItem, alter func(*models.Host) (*change, error)) ([]store.BulkOutcome, error) {
	made := make(map[int64]*change, len(items))
	results, err := c.Tenant.ChangeHosts(ctx, idsOf(items), func(h *models.Host) (err error) {
		made[h.ID], err = alter(h)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.together(ctx, items, func(id int64) (*change, error) {
		problem, found := results[id]
		if !found {
			problem = fault.New(fault.NotFound, "there is no such host")
		}
		return made[id], problem
	})
}

func idsOf(items []models.BulkItem) []int64 {
	ids := make([]int64, len(items))
	for i := range items {
		ids[i] = items[i].ResourceID
	}
	return ids
}

func deleteHosts() spec[none] {
	return spec[none]{
		resource: models.BulkHosts, name: "delete", summary: "Remove hosts with their observations", permission: auth.HostsWrite,
		slice: deleteSlice,
		do: func(ctx context.Context, c Call, _ none, items []models.BulkItem) ([]store.BulkOutcome, error) {
			return each(ctx, c, items, func(ctx context.Context, t *store.Tenant, item *models.BulkItem) (*change, error) {
				row, err := t.Host(ctx, item.ResourceID)
				if err != nil {
					return nil, err
				}
				return &change{before: store.HostPayload(row)}, t.DeleteHost(ctx, row.ID, row.UpdatedAt)
			})
		},
	}
}

// deleteSlice is small: much may hang on a row that goes.
const deleteSlice = 25

// inParams says of the fields that a row's rules refused that they are the action's parameters.
func inParams(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	located := *f
	located.Fields = slices.Clone(f.Fields)
	for i := range located.Fields {
		located.Fields[i].Location = "body.params." + located.Fields[i].Location
	}
	return &located
}

// badParam is a parameter that won't do.
func badParam(name, format string, args ...any) error {
	return fault.InvalidField("body.params."+name, format, args...)
}

func decode(raw json.RawMessage, to any) error {
	if err := json.Unmarshal(raw, to); err != nil {
		return fault.Wrap(err, fault.Internal, "what an item keeps can't be read")
	}
	return nil
}
