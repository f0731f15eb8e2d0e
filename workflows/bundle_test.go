package workflows_test

import (
	"context"
	"maps"
	"sync"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/activities"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// bundle runs the real workflow over actions that answer what a test says.
type bundle struct {
	env     *testsuite.TestWorkflowEnvironment
	answers map[string]func(in contract.StepInput) (contract.StepResult, error) // by step key; absent: completed

	mu     sync.Mutex
	steps  []contract.StepInput // attempts in order
	finish []contract.FinishInput
}

func setup(t *testing.T) *bundle {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	b := &bundle{env: suite.NewTestWorkflowEnvironment(), answers: map[string]func(contract.StepInput) (contract.StepResult, error){}}
	b.env.RegisterWorkflowWithOptions(workflows.New().PlaybookRun, workflow.RegisterOptions{Name: contract.WorkflowPlaybookRun})
	for _, name := range contract.Actions() {
		b.env.RegisterActivityWithOptions(b.act, activity.RegisterOptions{Name: name})
	}
	b.env.RegisterActivityWithOptions(b.end, activity.RegisterOptions{Name: contract.ActivityFinishRun})
	return b
}

func (b *bundle) act(_ context.Context, in contract.StepInput) (contract.StepResult, error) {
	b.mu.Lock()
	b.steps = append(b.steps, in)
	answer := b.answers[in.Key]
	b.mu.Unlock()
	if answer == nil {
		return contract.StepResult{Status: "completed", Output: map[string]any{"id": 7}}, nil
	}
	return answer(in)
}

func (b *bundle) end(_ context.Context, in contract.FinishInput) (contract.FinishResult, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finish = append(b.finish, in)
	return contract.FinishResult{Status: in.Status}, nil
}

// fails makes a step fail with a fault of this kind.
func (b *bundle) fails(key, kind, message string) {
	b.answers[key] = func(contract.StepInput) (contract.StepResult, error) {
		return contract.StepResult{}, temporal.NewNonRetryableApplicationError(message, kind, nil)
	}
}

// run compiles a document and carries it out.
func (b *bundle) run(t *testing.T, source string, inputs map[string]any) error {
	t.Helper()
	b.env.ExecuteWorkflow(contract.WorkflowPlaybookRun, input(t, source, inputs))
	require.True(t, b.env.IsWorkflowCompleted())
	return b.env.GetWorkflowError()
}

func input(t *testing.T, source string, inputs map[string]any) contract.RunInput {
	t.Helper()
	catalog, err := playbooks.NewCatalog(activities.Specs())
	require.NoError(t, err)
	doc, err := playbooks.Parse([]byte(source))
	require.NoError(t, err)
	plan, diagnostics, err := playbooks.Compile(doc, playbooks.CompileOptions{Catalog: catalog})
	require.NoError(t, err, "%v", diagnostics)
	return contract.RunInput{
		Run:        contract.Run{TenantID: 1, ExecutionID: 42, ActorID: 3, Causation: []string{"e1"}},
		TenantName: "acme", PlaybookID: 5, Version: 2, TriggerType: "manual", Plan: plan, Inputs: maps.Clone(inputs),
	}
}

// ran lists the steps that acted, once each.
func (b *bundle) ran() []string {
	var keys []string
	for _, s := range b.steps {
		if len(keys) == 0 || keys[len(keys)-1] != s.Key {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// recorded gives what the run's writes said of steps that made none of their own, by key.
func (b *bundle) recorded() map[string]contract.StepRecord {
	out := map[string]contract.StepRecord{}
	for _, s := range b.steps {
		for _, r := range s.Before.Steps {
			out[r.Key] = r
		}
	}
	for _, f := range b.finish {
		for _, r := range f.Before.Steps {
			out[r.Key] = r
		}
	}
	return out
}

func requireEnd(t *testing.T, b *bundle, status, message string) {
	t.Helper()
	require.NotEmpty(t, b.finish)
	last := b.finish[len(b.finish)-1]
	require.Equal(t, status, last.Status)
	require.Contains(t, last.Error, message)
}

func anything() any { return mock.Anything }
