package bulk

import (
	"context"
	"encoding/json"
	"maps"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/runs"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// PlaybookParams are what run_playbook takes.
type PlaybookParams struct {
	PlaybookID int64          `json:"playbook_id" minimum:"1" doc:"the playbook's id"`
	Inputs     map[string]any `json:"inputs,omitempty" doc:"by name, as the playbook declares them; the same for every run"`
	RowInput   string         `json:"row_input,omitempty" maxLength:"100" doc:"the input that takes each row's id; needed only where the playbook has several that could"`
	Version    int            `json:"version,omitempty" readOnly:"true" doc:"the version that runs: the one at the start of the job"`
}

// runPlaybookOn starts a run for each row. Runs wait for their slots as all others do.
func runPlaybookOn(resource string) spec[PlaybookParams] {
	return spec[PlaybookParams]{
		resource: resource, name: "run_playbook", summary: "Run a playbook once for each of them", permission: auth.ExecutionsStart,
		check: func(ctx context.Context, c Call, p *PlaybookParams) error {
			_, err := p.plan(ctx, c, resource)
			return err
		},
		do: func(ctx context.Context, c Call, p PlaybookParams, items []models.BulkItem) ([]store.BulkOutcome, error) {
			plan, err := p.plan(ctx, c, resource)
			if err != nil {
				return nil, err
			}
			return each(ctx, c, items, func(ctx context.Context, t *store.Tenant, item *models.BulkItem) (*change, error) {
				if err := exists(ctx, t, resource, item.ResourceID); err != nil {
					return nil, err
				}
				return p.start(ctx, t, c.Actor.UserID, plan, item.ResourceID)
			})
		},
	}
}

// plan reads the playbook's plan as the job pinned it, and refuses what the actor may not run or inputs that don't fit.
func (p *PlaybookParams) plan(ctx context.Context, c Call, resource string) (*playbooks.Plan, error) {
	head, err := c.Tenant.Playbook(ctx, p.PlaybookID)
	if fault.Is(err, fault.NotFound) {
		return nil, badParam("playbook_id", "there is no such playbook")
	}
	if err != nil {
		return nil, err
	}
	if c.Job == nil {
		p.Version = head.Version
	}
	v, err := c.Tenant.PlaybookVersion(ctx, p.PlaybookID, p.Version)
	if err != nil {
		return nil, err
	}
	plan := &playbooks.Plan{}
	if err := json.Unmarshal(v.Plan, plan); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the plan can't be read")
	}
	if err := runs.MayRun(c.Actor, plan); err != nil {
		return nil, err
	}
	if p.RowInput, err = rowInput(plan, resource, p.RowInput); err != nil {
		return nil, err
	}
	_, err = p.inputs(plan, 1)
	return plan, inParams(err)
}

// rowInput names the input that takes a row's id: the one asked for, else host_id (artifact_id, case_id), else the only one of
// that type. A playbook that declares no inputs takes any.
func rowInput(plan *playbooks.Plan, resource, asked string) (string, error) {
	kind := map[string]playbooks.InputType{
		models.BulkHosts: playbooks.InputHost, models.BulkArtifacts: playbooks.InputArtifact, models.BulkCases: playbooks.InputCase,
	}[resource]
	usual := string(kind) + "_id"
	if len(plan.Inputs) == 0 {
		if asked == "" {
			asked = usual
		}
		return asked, nil
	}
	var fit []string
	for _, in := range plan.Inputs {
		if in.Type != kind && in.Type != playbooks.InputInteger {
			continue
		}
		if in.Name == asked || asked == "" && in.Name == usual {
			return in.Name, nil
		}
		if in.Type == kind {
			fit = append(fit, in.Name)
		}
	}
	switch {
	case asked != "":
		return "", badParam("row_input", "the playbook has no input %q that takes a %s", asked, kind)
	case len(fit) == 0:
		return "", badParam("playbook_id", "the playbook has no input that takes a %s", kind)
	case len(fit) > 1:
		return "", badParam("row_input", "the playbook has several inputs that take a %s (%s): name one", kind, strings.Join(fit, ", "))
	}
	return fit[0], nil
}

// inputs are those of the run on one row.
func (p *PlaybookParams) inputs(plan *playbooks.Plan, id int64) (map[string]any, error) {
	given := make(map[string]any, len(p.Inputs)+1)
	maps.Copy(given, p.Inputs)
	given[p.RowInput] = float64(id)
	return playbooks.CheckInputs(plan.Inputs, given, nil)
}

func (p *PlaybookParams) start(ctx context.Context, t *store.Tenant, actor int64, plan *playbooks.Plan, id int64) (*change, error) {
	inputs, err := p.inputs(plan, id)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(inputs)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the inputs can't be stored")
	}
	row := &models.Execution{
		PlaybookID: p.PlaybookID, PlaybookVersion: p.Version, TriggerType: models.TriggerManual, Inputs: raw, ActorID: &actor,
	}
	if _, err := t.CreateExecution(ctx, row); err != nil {
		return nil, err
	}
	return &change{after: map[string]int64{"execution_id": row.ID}}, nil
}

// exists refuses a row that is gone. Faults: NotFound.
func exists(ctx context.Context, t *store.Tenant, resource string, id int64) (err error) {
	switch resource {
	case models.BulkArtifacts:
		_, err = t.Artifact(ctx, id)
	case models.BulkCases:
		_, err = t.Case(ctx, id)
	default:
		_, err = t.Host(ctx, id)
	}
	return err
}
