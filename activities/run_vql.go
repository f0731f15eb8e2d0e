package activities

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// vqlTimeout is how long a query of somebody's own may take; the step may say less or more.
const vqlTimeout = 2 * time.Minute

// vqlRunner runs a query on a tenant's server; *fleet.Service is one.
type vqlRunner interface {
	RunVQL(ctx context.Context, t *store.Tenant, q fleet.VQL) (fleet.VQLRows, error)
}

type runVQL struct{ fleet vqlRunner }

// RunVQLParams are what run_vql takes.
type RunVQLParams struct {
	VQL  string            `json:"vql" jsonschema:"minLength=1,maxLength=16384,description=The query: a constant text without ${…}. Values go into env"`
	Env  map[string]string `json:"env,omitempty" jsonschema:"maxProperties=100,description=Values that the query sees as variables of these names; all of them texts. The server logs them: no secrets"`
	Rows int               `json:"max_rows,omitempty" jsonschema:"minimum=1,maximum=1000,default=1000"`
}

// RunVQLResult is what run_vql answers.
type RunVQLResult struct {
	Rows      []resultRow `json:"rows" jsonschema:"description=At most 1000 and 48 KiB of them"`
	RowCount  int         `json:"row_count" jsonschema:"description=Rows in the result"`
	Truncated bool        `json:"truncated" jsonschema:"description=There were more"`
}

// Spec describes the action. A query may have any effect on the server, so it is tried once.
func (runVQL) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionRunVQL, Summary: "Runs a query on the Velociraptor server, where a super_admin lets the tenant do so.",
		Effect: playbooks.EffectOutside, Timeout: vqlTimeout, Retry: playbooks.RetryPolicy{MaxAttempts: 1, InitialInterval: time.Second, Backoff: 1, MaxInterval: time.Second},
		Role: string(auth.RoleAdmin), DryRun: "would run a query on the Velociraptor server", Constant: []string{"vql"},
	}
}

// Execute runs the query. Faults: those of fleet.Service's RunVQL.
func (a runVQL) Execute(ctx context.Context, c Call, p RunVQLParams) (RunVQLResult, error) {
	within := vqlTimeout
	if deadline, ok := ctx.Deadline(); ok {
		within = max(time.Second, time.Until(deadline)-time.Second) // the server ends it before the step does
	}
	got, err := a.fleet.RunVQL(ctx, c.Tenant, fleet.VQL{Text: p.VQL, Env: p.Env, Within: within, Rows: p.Rows})
	if err != nil {
		return RunVQLResult{}, err
	}
	out := RunVQLResult{Rows: make([]resultRow, len(got.Rows)), RowCount: len(got.Rows), Truncated: got.Truncated}
	for i, row := range got.Rows {
		out.Rows[i] = resultRow(row)
	}
	return out, nil
}
