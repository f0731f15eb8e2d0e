package bulk

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// CaseParams are what add_to_case takes.
type CaseParams struct {
	CaseID int64 `json:"case_id" minimum:"1" doc:"the case's id"`
}

// caseTie is what an item keeps of a new tie.
type caseTie struct {
	CaseID int64 `json:"case_id"`
}

func addHostsToCase() spec[CaseParams] {
	return spec[CaseParams]{
		resource: models.BulkHosts, name: "add_to_case", summary: "Add hosts to a case", permission: auth.CasesWrite, slice: setSlice,
		check: checkCase,
		do: func(ctx context.Context, c Call, p CaseParams, items []models.BulkItem) ([]store.BulkOutcome, error) {
			fresh, err := c.Tenant.AddCaseHosts(ctx, p.CaseID, idsOf(items))
			if err != nil {
				return nil, err
			}
			return c.together(ctx, items, func(id int64) (*change, error) {
				added, found := fresh[id]
				switch {
				case !found:
					return nil, fault.New(fault.NotFound, "there is no such host")
				case !added:
					return nil, nil //nolint:nilnil // it was in the case already
				}
				return &change{before: caseTie{p.CaseID}, after: caseTie{p.CaseID}}, nil
			})
		},
		undo: func(ctx context.Context, c Call, items []models.BulkItem) ([]store.BulkOutcome, error) {
			var tie caseTie
			if err := decode(items[0].Before, &tie); err != nil {
				return nil, err
			}
			removed, err := c.Tenant.RemoveCaseHosts(ctx, tie.CaseID, idsOf(items))
			if err != nil && !fault.Is(err, fault.NotFound) {
				return nil, err
			}
			return c.together(ctx, items, func(id int64) (*change, error) {
				if !removed[id] {
					return nil, nil //nolint:nilnil // somebody took it out before
				}
				return &change{}, nil
			})
		},
	}
}

// checkCase refuses a case that doesn't exist.
func checkCase(ctx context.Context, c Call, p *CaseParams) error {
	_, err := c.Tenant.Case(ctx, p.CaseID)
	if fault.Is(err, fault.NotFound) {
		return badParam("case_id", "there is no such case")
	}
	return err
}

// together puts what came of items that were changed in one go into their words; result gives nil for one that was so already.
func (c Call) together(ctx context.Context, items []models.BulkItem, result func(id int64) (*change, error)) ([]store.BulkOutcome, error) {
	out := make([]store.BulkOutcome, 0, len(items))
	for _, id := range idsOf(items) {
		made, problem := result(id)
		o, err := c.outcome(ctx, id, made, problem)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}
