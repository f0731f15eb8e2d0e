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
type caseTie CaseParams

func addHostsToCase() spec[CaseParams] {
	return tying(models.BulkHosts, "Add hosts to a case", (*store.Tenant).AddCaseHosts, (*store.Tenant).RemoveCaseHosts)
}

// tie changes the ties of rows to a case together: add says of each row that exists whether its tie is new, remove which
// were tied.
type tie func(t *store.Tenant, ctx context.Context, caseID int64, ids []int64) (map[int64]bool, error)

// tying is the action that adds rows to a case.
func tying(resource, summary string, add, remove tie) spec[CaseParams] {
	return spec[CaseParams]{
		resource: resource, name: "add_to_case", summary: summary, permission: auth.CasesWrite, slice: setSlice, check: checkCase,
		do: func(ctx context.Context, c Call, p CaseParams, items []models.BulkItem) ([]store.BulkOutcome, error) {
			fresh, err := add(c.Tenant, ctx, p.CaseID, idsOf(items))
			if err != nil {
				return nil, err
			}
			return c.together(ctx, items, func(id int64) (*change, error) {
				added, found := fresh[id]
				switch {
				case !found:
					return nil, fault.New(fault.NotFound, "there is no such row")
				case !added:
					return nil, nil //nolint:nilnil // it was in the case already
				}
				return &change{before: caseTie(p), after: caseTie(p)}, nil
			})
		},
		undo: func(ctx context.Context, c Call, items []models.BulkItem) ([]store.BulkOutcome, error) {
			var kept caseTie
			if err := decode(items[0].Before, &kept); err != nil {
				return nil, err
			}
			removed, err := remove(c.Tenant, ctx, kept.CaseID, idsOf(items))
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
