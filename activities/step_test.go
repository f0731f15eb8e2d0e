package activities_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

func TestARepeatedStepActsOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	host := testkit.Host(t, b.s, b.tenant.ID())
	in := b.input("case", contract.ActionCreateCase, map[string]any{"title": "Odd logon", "severity": "high", "host_id": host.ID, "description": nil})
	first, err := b.step(t, in)
	require.NoError(t, err)
	require.Equal(t, models.StepCompleted, first.Status)
	second, err := b.step(t, in)
	require.NoError(t, err)
	require.Equal(t, first, second)
	cases, page, err := b.tenant.ListCases(t.Context(), store.CaseQuery{})
	require.NoError(t, err)
	require.Equal(t, 1, page.Total)
	require.Equal(t, "Odd logon", cases[0].Title)
	hosts, _, err := b.tenant.CaseHosts(t.Context(), cases[0].ID, store.PageQuery{})
	require.NoError(t, err)
	require.Len(t, hosts, 1)
}

func TestAFailedEffectLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	_, err := b.step(t, b.input("case", contract.ActionCreateCase, map[string]any{"title": "x", "host_id": 1 << 40}))
	requireKind(t, err, fault.Invalid)
	_, page, err := b.tenant.ListCases(t.Context(), store.CaseQuery{})
	require.NoError(t, err)
	require.Zero(t, page.Total)
	require.Nil(t, b.row(t, "case"))
}

func TestParametersAreCheckedByField(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	for name, params := range map[string]map[string]any{
		"missing": {},
		"type":    {"title": 7},
		"enum":    {"title": "x", "severity": "huge"},
		"extra":   {"title": "x", "colour": "red"},
	} {
		_, err := b.step(t, b.input("case", contract.ActionCreateCase, params))
		requireKind(t, err, fault.Invalid)
		require.NotEmpty(t, err.Error(), name)
	}
}

func TestAStepNeedsAnActorWithTheRole(t *testing.T) {
	t.Parallel()
	b := setup(t, "viewer")
	in := b.input("case", contract.ActionCreateCase, map[string]any{"title": "x"})
	_, err := b.step(t, in)
	requireKind(t, err, fault.Forbidden)
	in.ActorID = 0
	_, err = b.step(t, in)
	requireKind(t, err, fault.Forbidden)
	require.Nil(t, b.row(t, "case"))

	b = setup(t, "admin")
	_, err = b.step(t, b.input("one", contract.ActionCreateCase, map[string]any{"title": "x"}))
	require.NoError(t, err)
	off := false
	_, err = b.tenant.UpdateUser(t.Context(), b.user, store.UserChange{IsActive: &off})
	if err != nil { // the last administrator stays
		require.True(t, fault.Is(err, fault.Conflict), "%v", err)
		testkit.User(t, b.s, b.tenant.ID(), "admin")
		_, err = b.tenant.UpdateUser(t.Context(), b.user, store.UserChange{IsActive: &off})
		require.NoError(t, err)
	}
	_, err = b.step(t, b.input("two", contract.ActionCreateCase, map[string]any{"title": "x"}))
	requireKind(t, err, fault.Forbidden)
}

func TestTheFirstWriteCarriesWhatTheWorkflowKnew(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	in := b.input("note", contract.ActionSendNotification, map[string]any{"message": "hello\nworld"})
	in.EndsRun = true
	in.Before = contract.Progress{
		Started: &contract.Started{WorkflowID: "w", RunID: "r"},
		Steps:   []contract.StepRecord{{Key: "skip", ID: "skip", Type: "create_case", Status: models.StepSkipped, SkippedBecause: "if: false"}},
	}
	res, err := b.step(t, in)
	require.NoError(t, err)
	require.EqualValues(t, 1, res.Output["recipients"])
	run, err := b.tenant.Execution(t.Context(), b.run.ID)
	require.NoError(t, err)
	require.Equal(t, models.ExecutionCompleted, run.Status)
	require.Equal(t, "r", run.RunID)
	require.NotNil(t, run.StartedAt)
	require.Equal(t, models.StepSkipped, b.row(t, "skip").Status)
	inbox, _, err := b.tenant.ListNotifications(t.Context(), store.InboxQuery{UserID: b.user, PageQuery: store.PageQuery{Limit: 5}})
	require.NoError(t, err)
	require.Equal(t, "hello", inbox[0].Title)
	require.Equal(t, contract.ExecutionLink(b.run.ID), inbox[0].Link)
}

func TestNotificationsGoToThoseNamed(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	admin := testkit.User(t, b.s, b.tenant.ID(), "admin")
	res, err := b.step(t, b.input("a", contract.ActionSendNotification, map[string]any{
		"message": "x", "to": []any{strings.ToUpper(admin.Username), "role:admin"},
	}))
	require.NoError(t, err)
	require.EqualValues(t, 1, res.Output["recipients"])
	for _, who := range []any{"nobody-" + admin.Username, "role:emperor", "role:super_admin"} {
		_, err = b.step(t, b.input("b", contract.ActionSendNotification, map[string]any{"message": "x", "to": []any{who}}))
		requireKind(t, err, fault.Invalid)
	}
}

func TestIndicatorsAreFoundAgain(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	c := testkit.Case(t, b.s, b.tenant.ID())
	params := map[string]any{"case_id": float64(c.ID), "artifact_type": "ip", "value": "203.0.113.7", "artifact_metadata": map[string]any{"seen": 3}}
	one, err := b.step(t, b.input("one", contract.ActionAddArtifact, params))
	require.NoError(t, err)
	require.Equal(t, true, one.Output["created"])
	two, err := b.step(t, b.input("two", contract.ActionAddArtifact, params))
	require.NoError(t, err)
	require.Equal(t, false, two.Output["created"])
	require.Equal(t, one.Output["id"], two.Output["id"])
	closed, err := b.step(t, b.input("three", contract.ActionUpdateCase, map[string]any{"case_id": c.ID, "status": "closed"}))
	require.NoError(t, err)
	require.Equal(t, "closed", closed.Output["status"])
	_, err = b.step(t, b.input("four", contract.ActionUpdateCase, map[string]any{"case_id": 1 << 40, "status": "closed"}))
	requireKind(t, err, fault.NotFound)
}

func TestWebhooksKeepTheirKeyOverAttempts(t *testing.T) {
	t.Parallel()
	there := &answering{status: 503}
	server := httptest.NewServer(there)
	t.Cleanup(server.Close)
	b := setup(t, "user", "127.0.0.1/32")
	in := b.input("hook", contract.ActionSendWebhook, map[string]any{"url": server.URL + "/x", "body": map[string]any{"n": 1}})
	_, err := b.step(t, in)
	requireKind(t, err, fault.Unavailable)
	row := b.row(t, "hook")
	require.Equal(t, models.StepRunning, row.Status)
	require.Contains(t, row.Error, "answered 503")
	there.status, there.body = 200, `{"ok": true}`
	res, err := b.step(t, in)
	require.NoError(t, err)
	require.EqualValues(t, 200, res.Output["status"])
	require.Equal(t, map[string]any{"ok": true}, res.Output["body"])
	require.Equal(t, 2, b.row(t, "hook").Attempts)
	_, err = b.step(t, in)
	require.NoError(t, err)
	require.Len(t, there.keys, 2, "a finished step sends nothing more")
	require.Equal(t, there.keys[0], there.keys[1])
	require.NotEmpty(t, there.keys[0])
}

func TestWebhooksThatWontGetBetter(t *testing.T) {
	t.Parallel()
	there := &answering{status: 404}
	server := httptest.NewServer(there)
	t.Cleanup(server.Close)
	b := setup(t, "user", "127.0.0.1/32")
	for name, params := range map[string]map[string]any{
		"refused": {"url": server.URL},
		"private": {"url": "http://10.0.0.1/"},
		"header":  {"url": server.URL, "headers": map[string]any{"Host": "other"}},
		"split":   {"url": server.URL, "headers": map[string]any{"X-A": "b\r\nX-C: d"}},
	} {
		_, err := b.step(t, b.input(name, contract.ActionSendWebhook, params))
		requireKind(t, err, fault.Invalid)
	}
	require.Len(t, there.keys, 1)
}

func TestLargeResultsTravelAsPreview(t *testing.T) {
	t.Parallel()
	there := &answering{status: 200, body: `"` + strings.Repeat("x", contract.MaxResult+1) + `"`}
	server := httptest.NewServer(there)
	t.Cleanup(server.Close)
	b := setup(t, "user", "127.0.0.1/32")
	res, err := b.step(t, b.input("hook", contract.ActionSendWebhook, map[string]any{"url": server.URL}))
	require.NoError(t, err)
	require.Equal(t, true, res.Output["truncated"])
	require.EqualValues(t, 200, res.Output["status"])
	require.NotContains(t, res.Output, "body")
	require.Greater(t, len(b.row(t, "hook").Output), contract.MaxResult, "the row has it all")
}

func TestFinishingWritesTheEndOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	in := contract.FinishInput{
		Run: contract.Run{TenantID: b.tenant.ID(), ExecutionID: b.run.ID}, Status: models.ExecutionFailed, Error: "case: no",
		Before: contract.Progress{Steps: []contract.StepRecord{{Key: "case", ID: "case", Type: "x", Status: models.StepFailed, Error: "no", ErrorKind: "invalid"}}},
	}
	got, err := b.acts.FinishRun(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, models.ExecutionFailed, got.Status)
	in.Status = models.ExecutionCompleted
	got, err = b.acts.FinishRun(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, models.ExecutionFailed, got.Status)
	require.Equal(t, "invalid", b.row(t, "case").ErrorKind)
	in.ExecutionID = 1 << 40
	_, err = b.acts.FinishRun(t.Context(), in)
	require.Error(t, err)
}
