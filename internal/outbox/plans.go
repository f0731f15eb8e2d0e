package outbox

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// planKey names a plan, which never changes.
type planKey struct {
	tenantID, playbookID int64
	version              int
}

// compiled is a plan with the evaluator of its budget, which keeps the programs of its expressions.
type compiled struct {
	*playbooks.Plan
	ev *playbooks.Evaluator
}

// planCache keeps plans that are in use. Callers must not change them.
type planCache struct {
	mu    sync.Mutex
	plans map[planKey]*compiled
}

// maxPlans is how many plans are kept; past it the cache starts anew.
const maxPlans = 500

func newPlanCache() *planCache { return &planCache{plans: map[planKey]*compiled{}} }

// get reads a plan in the handle's transaction unless it is known. Faults: NotFound, Invalid for one that can't be read.
func (c *planCache) get(ctx context.Context, t *store.Tenant, playbookID int64, version int) (*compiled, error) {
	key := planKey{t.ID(), playbookID, version}
	c.mu.Lock()
	plan := c.plans[key]
	c.mu.Unlock()
	if plan != nil {
		return plan, nil
	}
	raw, err := t.Plan(ctx, playbookID, version)
	if err != nil {
		return nil, err
	}
	plan = &compiled{Plan: &playbooks.Plan{}}
	if err := json.Unmarshal(raw, plan.Plan); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the playbook's plan can't be read")
	}
	plan.ev = playbooks.NewEvaluator(plan.Budget)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.plans) >= maxPlans {
		clear(c.plans)
	}
	c.plans[key] = plan
	return plan, nil
}
