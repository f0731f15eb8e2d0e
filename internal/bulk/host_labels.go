package bulk

import (
	"context"
	"slices"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// LabelParams are what add_labels and remove_labels take.
type LabelParams struct {
	Labels []string `json:"labels" minItems:"1" maxItems:"100" nullable:"false" doc:"1 to 100 characters each"`
}

// labelChange is what an item keeps of a change of labels: those that came and those that went.
type labelChange struct {
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

func addLabels() spec[LabelParams] {
	return spec[LabelParams]{
		resource: models.BulkHosts, name: "add_labels", summary: "Put labels on hosts", permission: auth.HostsWrite, slice: setSlice,
		check: checkLabels,
		do: func(ctx context.Context, c Call, p LabelParams, items []models.BulkItem) ([]store.BulkOutcome, error) {
			return relabel(ctx, c, items, func(*models.BulkItem) labelChange { return labelChange{Added: p.Labels} })
		},
		undo: unlabel,
	}
}

func removeLabels() spec[LabelParams] {
	return spec[LabelParams]{
		resource: models.BulkHosts, name: "remove_labels", summary: "Take labels off hosts", permission: auth.HostsWrite, slice: setSlice,
		check: checkLabels,
		do: func(ctx context.Context, c Call, p LabelParams, items []models.BulkItem) ([]store.BulkOutcome, error) {
			return relabel(ctx, c, items, func(*models.BulkItem) labelChange { return labelChange{Removed: p.Labels} })
		},
		undo: unlabel,
	}
}

func checkLabels(_ context.Context, _ Call, p *LabelParams) (err error) {
	p.Labels, err = store.NormalLabels(p.Labels)
	return inParams(err)
}

// relabel changes each host's labels by what wish says of its item, all hosts together.
func relabel(ctx context.Context, c Call, items []models.BulkItem, wish func(*models.BulkItem) labelChange) ([]store.BulkOutcome, error) {
	wishes := make(map[int64]labelChange, len(items))
	for i := range items {
		wishes[items[i].ResourceID] = wish(&items[i])
	}
	return changeHosts(ctx, c, items, func(h *models.Host) (*change, error) {
		made, w := labelChange{}, wishes[h.ID]
		for _, l := range w.Added {
			if !slices.Contains(h.Labels, l) {
				made.Added = append(made.Added, l)
			}
		}
		for _, l := range w.Removed {
			if slices.Contains(h.Labels, l) {
				made.Removed = append(made.Removed, l)
			}
		}
		if len(made.Added)+len(made.Removed) == 0 {
			return nil, nil //nolint:nilnil // nothing to change is an ordinary answer
		}
		before := slices.Clone(h.Labels)
		h.Labels = slices.DeleteFunc(append(slices.Clone(before), made.Added...), func(l string) bool { return slices.Contains(made.Removed, l) })
		return &change{before: map[string]any{"labels": before, "change": made}, after: map[string]any{"labels": h.Labels}}, nil
	})
}

// unlabel takes back what an item's change did: only the labels that it put on or took off, whatever came since.
func unlabel(ctx context.Context, c Call, items []models.BulkItem) ([]store.BulkOutcome, error) {
	var err error
	out, failed := relabel(ctx, c, items, func(item *models.BulkItem) labelChange {
		var kept struct{ Change labelChange }
		if e := decode(item.Before, &kept); e != nil {
			err = e
		}
		return labelChange{Added: kept.Change.Removed, Removed: kept.Change.Added}
	})
	if err != nil {
		return nil, err
	}
	return out, failed
}
