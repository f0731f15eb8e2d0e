package api

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/runs"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// executionBody is a run's wire form. Steps are there on the run itself, not in lists.
type executionBody struct {
	ID              int64           `json:"id"`
	PlaybookID      int64           `json:"playbook_id"`
	PlaybookName    string          `json:"playbook_name"`
	PlaybookVersion int             `json:"playbook_version"`
	Status          string          `json:"status" enum:"queued,running,waiting,paused,completed,failed,cancelled,compensated,timed_out"`
	TriggerType     string          `json:"trigger_type" enum:"manual,schedule,event"`
	Inputs          json.RawMessage `json:"inputs"`
	Event           json.RawMessage `json:"event,omitempty" doc:"What started it; not in lists"`
	ActorID         *int64          `json:"actor_id" doc:"Whom it acts as"`
	Error           string          `json:"error"`
	WorkflowID      string          `json:"workflow_id"`
	TemporalURL     string          `json:"temporal_url"`
	RetryOf         *int64          `json:"retry_of"`
	Steps           []executionStep `json:"steps,omitempty"`
	CreatedAt       time.Time       `json:"created_at"`
	StartedAt       *time.Time      `json:"started_at"`
	FinishedAt      *time.Time      `json:"finished_at"`
}

// executionStep is what became of one step.
type executionStep struct {
	Key            string          `json:"key"`
	ID             string          `json:"id"`
	Type           string          `json:"type"`
	Status         string          `json:"status" enum:"pending,running,waiting,skipped,completed,failed,cancelled,undone"`
	Attempts       int             `json:"attempts"`
	Input          json.RawMessage `json:"input"`
	Output         json.RawMessage `json:"output"`
	Error          string          `json:"error"`
	SkippedBecause string          `json:"skipped_because"`
	StartedAt      *time.Time      `json:"started_at"`
	FinishedAt     *time.Time      `json:"finished_at"`
}

type executionOut struct {
	Location string `header:"Location"`
	Body     executionBody
}

type executeIn struct {
	IDInput

	Body struct {
		Inputs map[string]any `json:"inputs,omitempty" doc:"By name, as the playbook declares them"`
	}
}

// executePlaybook writes the run and the outbox row that starts it; whether Temporal answers right now doesn't matter.
func (a *API) executePlaybook(ctx context.Context, in *executeIn) (*executionOut, error) {
	t, who := a.tenant(ctx), actor(ctx)
	head, err := t.Playbook(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := t.PlaybookVersion(ctx, in.ID, head.Version)
	if err != nil {
		return nil, err
	}
	var plan playbooks.Plan
	if err := json.Unmarshal(v.Plan, &plan); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the plan can't be read")
	}
	if err := runs.MayRun(who, &plan); err != nil {
		return nil, err
	}
	inputs, err := playbooks.CheckInputs(plan.Inputs, in.Body.Inputs, nil)
	if err != nil {
		return nil, playbookFault(err)
	}
	raw, err := json.Marshal(inputs)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the inputs can't be stored")
	}
	row := &models.Execution{
		PlaybookID: head.ID, PlaybookVersion: head.Version, TriggerType: models.TriggerManual, Inputs: raw, ActorID: &who.UserID,
	}
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		_, err := t.CreateExecution(ctx, row)
		return entry("execution.start", row.ID, nil, map[string]any{ // names only: values may be secrets
			"playbook_id": head.ID, "playbook": head.Name, "playbook_version": head.Version, "inputs": slices.Sorted(maps.Keys(in.Body.Inputs)),
		}), err
	})
	if err != nil {
		return nil, err
	}
	return &executionOut{
		Location: location("/api/playbooks/executions/", row.ID), Body: a.executionWire(row, head.Name, nil),
	}, nil
}

func (a *API) getExecution(ctx context.Context, in *IDInput) (*executionOut, error) {
	t := a.tenant(ctx)
	row, err := t.Execution(ctx, in.ID)
	if err != nil {
		return nil, missing(err, "execution", in.ID)
	}
	head, err := t.Playbook(ctx, row.PlaybookID)
	if err != nil {
		return nil, err
	}
	done, err := t.Steps(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	v, err := t.PlaybookVersion(ctx, row.PlaybookID, row.PlaybookVersion)
	if err != nil {
		return nil, err
	}
	steps, err := allSteps(v.Plan, done, row)
	if err != nil {
		return nil, err
	}
	out := a.executionWire(row, head.Name, steps)
	out.Event = row.Event
	return &executionOut{Body: out}, nil
}

// allSteps puts what became of each step into the plan's order, with the steps that have not begun as pending.
func allSteps(rawPlan []byte, done []models.ExecutionStep, row *models.Execution) ([]executionStep, error) {
	var plan playbooks.Plan
	if err := json.Unmarshal(rawPlan, &plan); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the plan can't be read")
	}
	byKey := make(map[string]models.ExecutionStep, len(done))
	for _, s := range done {
		byKey[s.Key] = s
	}
	out := make([]executionStep, 0, len(plan.Steps)+len(done))
	add := func(list []playbooks.Step, pending bool) {
		for _, s := range list {
			if d, ok := byKey[s.Key]; ok {
				out = append(out, stepWire(&d))
				delete(byKey, s.Key)
			} else if pending {
				out = append(out, executionStep{Key: s.Key, ID: s.ID, Type: stepType(s), Status: models.StepPending})
			}
		}
	}
	add(plan.Steps, !models.ExecutionFinal(row.Status))
	add(plan.OnFailure, false)
	for _, s := range done {
		if _, left := byKey[s.Key]; left {
			out = append(out, stepWire(&s))
		}
	}
	return out, nil
}

func stepType(s playbooks.Step) string {
	if s.Action != "" {
		return s.Action
	}
	return string(s.Kind)
}

func stepWire(s *models.ExecutionStep) executionStep {
	return executionStep{
		Key: s.Key, ID: s.ID, Type: s.Type, Status: s.Status, Attempts: s.Attempts, Input: s.Input, Output: s.Output, Error: s.Error,
		SkippedBecause: s.SkippedBecause, StartedAt: s.StartedAt, FinishedAt: s.FinishedAt,
	}
}

func (a *API) executionWire(row *models.Execution, playbookName string, steps []executionStep) executionBody {
	return executionBody{
		ID: row.ID, PlaybookID: row.PlaybookID, PlaybookName: playbookName, PlaybookVersion: row.PlaybookVersion, Status: row.Status,
		TriggerType: row.TriggerType, Inputs: orJSON(row.Inputs, "{}"), ActorID: row.ActorID, Error: row.Error,
		WorkflowID: row.WorkflowID, TemporalURL: a.temporalURL(row), RetryOf: row.RetryOf, Steps: steps,
		CreatedAt: row.CreatedAt.UTC(), StartedAt: row.StartedAt, FinishedAt: row.FinishedAt,
	}
}

// temporalURL leads to the run's trace behind the proxy; empty before Temporal knows the run, or without a Web UI.
func (a *API) temporalURL(row *models.Execution) string {
	if row.WorkflowID == "" || row.RunID == "" || a.cfg.TemporalUIURL == "" {
		return ""
	}
	return a.cfg.PublicURL + temporalPath + "/namespaces/" + url.PathEscape(a.cfg.TemporalNamespace) + "/workflows/" +
		url.PathEscape(row.WorkflowID) + "/" + url.PathEscape(row.RunID) + "/history"
}

type cancelIn struct {
	IDInput

	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Shown on the run"`
	}
}

// cancelExecution asks for the end of a run; asking twice is one wish.
func (a *API) cancelExecution(ctx context.Context, in *cancelIn) (*executionOut, error) {
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		who := actor(ctx)
		return entry("execution.cancel", in.ID, nil, map[string]any{"reason": in.Body.Reason}), t.RequestCancel(ctx, in.ID, &who.UserID, in.Body.Reason)
	})
	if err != nil {
		return nil, missing(err, "execution", in.ID)
	}
	return a.getExecution(ctx, &IDInput{ID: in.ID})
}

// missing gives a NotFound fault the name of what is missing.
func missing(err error, what string, id int64) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "there is no %s %d", what, id)
	}
	return err
}

type listExecutionsIn struct {
	PageInput

	PlaybookID  int64    `query:"playbook_id" minimum:"1"`
	Status      []string `query:"status" enum:"queued,running,waiting,paused,completed,failed,cancelled,compensated,timed_out" doc:"one or more, comma-separated"`
	TriggerType string   `query:"trigger_type" enum:"manual,schedule,event"`
}

func (a *API) listExecutions(ctx context.Context, in *listExecutionsIn) (*listOut[executionBody], error) {
	q := in.query()
	if q.Sort == "" {
		q.Sort, q.Desc = "id", true
	}
	t := a.tenant(ctx)
	rows, p, err := t.ListExecutions(ctx, store.ExecutionQuery{PageQuery: q, PlaybookID: in.PlaybookID, Statuses: in.Status, Trigger: in.TriggerType})
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].PlaybookID
	}
	names, err := t.PlaybookNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	return list(ctx, rows, p, func(row *models.Execution) executionBody { return a.executionWire(row, names[row.PlaybookID], nil) }), nil
}

type playbookExecutionsIn struct {
	IDInput
	PageInput
}

func (a *API) listPlaybookExecutions(ctx context.Context, in *playbookExecutionsIn) (*listOut[executionBody], error) {
	if _, err := a.tenant(ctx).Playbook(ctx, in.ID); err != nil {
		return nil, err
	}
	return a.listExecutions(ctx, &listExecutionsIn{PageInput: in.PageInput, PlaybookID: in.ID})
}
