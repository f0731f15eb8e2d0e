package bulk

import (
	"context"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// CriticalityParams are what set_criticality takes.
type CriticalityParams struct {
	Criticality string `json:"criticality" enum:"low,medium,high,critical"`
}

// OwnerParams are what set_owner takes.
type OwnerParams struct {
	Owner string `json:"owner" maxLength:"200" doc:"empty: nobody"`
}

func setCriticality() spec[CriticalityParams] {
	return hostField("set_criticality", "Set how critical hosts are", func(p CriticalityParams) string { return p.Criticality },
		func(h *models.Host) *string { return &h.Criticality })
}

func setOwner() spec[OwnerParams] {
	s := hostField("set_owner", "Say whose hosts they are", func(p OwnerParams) string { return p.Owner },
		func(h *models.Host) *string { return &h.Owner })
	s.check = func(_ context.Context, _ Call, p *OwnerParams) error {
		p.Owner = strings.TrimSpace(p.Owner)
		if problem := models.TextProblem(p.Owner, maxOwner); problem != "" {
			return badParam("owner", "%s", problem)
		}
		return nil
	}
	return s
}

const maxOwner = 200 // characters

// hostValue is what an item keeps of a field of a host.
type hostValue struct {
	Value string `json:"value"`
}

// hostField is an action that sets one field of hosts, all of a slice together.
func hostField[P any](name, summary string, value func(P) string, field func(*models.Host) *string) spec[P] {
	set := func(h *models.Host, to string) *change {
		from := *field(h)
		if from == to {
			return nil
		}
		*field(h) = to
		return &change{before: hostValue{from}, after: hostValue{to}}
	}
	return spec[P]{
		resource: models.BulkHosts, name: name, summary: summary, permission: auth.HostsWrite, slice: setSlice,
		do: func(ctx context.Context, c Call, p P, items []models.BulkItem) ([]store.BulkOutcome, error) {
			return changeHosts(ctx, c, items, func(h *models.Host) (*change, error) { return set(h, value(p)), nil })
		},
		undo: func(ctx context.Context, c Call, items []models.BulkItem) ([]store.BulkOutcome, error) {
			before, after := make(map[int64]hostValue, len(items)), make(map[int64]hostValue, len(items))
			for i := range items {
				var was, is hostValue
				if err := decode(items[i].Before, &was); err != nil {
					return nil, err
				}
				if err := decode(items[i].After, &is); err != nil {
					return nil, err
				}
				before[items[i].ResourceID], after[items[i].ResourceID] = was, is
			}
			return changeHosts(ctx, c, items, func(h *models.Host) (*change, error) {
				if *field(h) != after[h.ID].Value {
					return nil, fault.New(fault.Conflict, changedNow)
				}
				return set(h, before[h.ID].Value), nil
			})
		},
	}
}
