package store_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// told lists the types of a user's notifications, the oldest first.
func told(t *testing.T, h *store.Tenant, user int64) (types []string) {
	t.Helper()
	rows, _, err := h.ListNotifications(t.Context(), store.InboxQuery{UserID: user})
	require.NoError(t, err)
	for i := range rows {
		types = append(types, rows[i].Type)
	}
	return types
}

func TestCommentsTellThoseWhomTheyName(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h, other := newTenant(t, s, "A"), newTenant(t, s, "B")
	ada, bob, cy := mailUser(t, h, "ada", "x"), mailUser(t, h, "bob.b", "x"), mailUser(t, h, "cy", "x")
	stranger := mailUser(t, other, "dora", "x")
	of := testkit.Case(t, s, h.ID())
	by := h.As(store.Actor{UserID: ada.ID, Name: "ada"})
	row, err := by.AddComment(t.Context(), of.ID, " see **this**, @Bob.B. and @ada, @dora, x@cy, `@cy`\n```\n@cy\n``` <script>alert(1)</script> ")
	require.NoError(t, err)
	require.Equal(t, "ada", row.Author)
	require.Contains(t, row.Body, "<script>", "kept as written: the screen shows it safely")
	require.Equal(t, []string{"case.mentioned"}, told(t, h, bob.ID))
	require.Empty(t, told(t, h, ada.ID), "nobody is told of himself")
	require.Empty(t, told(t, h, cy.ID), "an address and code call nobody")
	require.Empty(t, told(t, other, stranger.ID), "nor somebody of another tenant")

	edited, err := by.EditComment(t.Context(), of.ID, row.ID, "@bob.b and now @cy")
	require.NoError(t, err)
	require.NotNil(t, edited.EditedAt)
	require.Len(t, told(t, h, bob.ID), 1, "who was named before is not told again")
	require.Len(t, told(t, h, cy.ID), 1)

	asBob := h.As(store.Actor{UserID: bob.ID, Name: "bob"})
	_, err = asBob.EditComment(t.Context(), of.ID, row.ID, "mine")
	require.True(t, fault.Is(err, fault.Forbidden))
	require.True(t, fault.Is(asBob.DeleteComment(t.Context(), of.ID, row.ID, store.Own), fault.Forbidden))
	require.True(t, fault.Is(asBob.DeleteComment(t.Context(), of.ID+1, row.ID, store.Anybodys), fault.NotFound))
	require.NoError(t, asBob.DeleteComment(t.Context(), of.ID, row.ID, store.Anybodys))
	for _, bad := range []string{"", " \n ", strings.Repeat("x", store.MaxComment+1), "a\x00b"} {
		_, err := by.AddComment(t.Context(), of.ID, bad)
		require.True(t, fault.Is(err, fault.Invalid))
	}
	_, err = by.AddComment(t.Context(), of.ID+1000, "x")
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = other.AddComment(t.Context(), of.ID, "x")
	require.True(t, fault.Is(err, fault.NotFound))
}

func order(t *testing.T, h *store.Tenant, caseID int64) (titles string) {
	t.Helper()
	rows, _, err := h.ListTasks(t.Context(), caseID, store.TaskQuery{})
	require.NoError(t, err)
	var titlesSb71 strings.Builder
	for i := range rows {
		require.Equal(t, i+1, rows[i].Position)
		titlesSb71.WriteString(rows[i].Title)
	}
	titles += titlesSb71.String()
	return titles
}

func TestTasksKeepTheirOrderWithoutGaps(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	of := testkit.Case(t, s, h.ID())
	ids := map[string]int64{}
	for _, title := range []string{"a", "b", "c", "d"} {
		row := &models.Task{Title: title}
		require.NoError(t, h.AddTask(t.Context(), of.ID, row))
		ids[title] = row.ID
	}
	move := func(title string, to int) {
		_, err := h.UpdateTask(t.Context(), of.ID, ids[title], store.TaskChange{Position: &to})
		require.NoError(t, err)
	}
	require.Equal(t, "abcd", order(t, h, of.ID))
	move("a", 3)
	require.Equal(t, "bcad", order(t, h, of.ID))
	move("d", 1)
	require.Equal(t, "dbca", order(t, h, of.ID))
	move("b", 99)
	require.Equal(t, "dcab", order(t, h, of.ID))
	require.NoError(t, h.DeleteTask(t.Context(), of.ID, ids["c"], time.Time{}))
	require.Equal(t, "dab", order(t, h, of.ID))
	require.NoError(t, h.AddTask(t.Context(), of.ID, &models.Task{Title: "e", Position: 2}))
	require.Equal(t, "deab", order(t, h, of.ID))
}

func TestATaskIsDoneAtATimeAndTellsItsAssignee(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h, other := newTenant(t, s, "A"), newTenant(t, s, "B")
	ada, bob := mailUser(t, h, "ada", "x"), mailUser(t, h, "bob", "x")
	stranger := mailUser(t, other, "dora", "x")
	of := testkit.Case(t, s, h.ID())
	by := h.As(store.Actor{UserID: ada.ID, Name: "ada"})
	row := &models.Task{Title: " look ", AssigneeID: &bob.ID}
	require.NoError(t, by.AddTask(t.Context(), of.ID, row))
	require.Equal(t, "look", row.Title)
	require.Equal(t, []string{"case.task_assigned"}, told(t, h, bob.ID))
	done, err := by.UpdateTask(t.Context(), of.ID, row.ID, store.TaskChange{Status: new(models.TaskDone)})
	require.NoError(t, err)
	require.NotNil(t, done.CompletedAt)
	_, err = by.UpdateTask(t.Context(), of.ID, row.ID, store.TaskChange{Title: new("x"), Seen: row.UpdatedAt})
	require.True(t, fault.Is(err, fault.Stale))
	open, err := by.UpdateTask(t.Context(), of.ID, row.ID, store.TaskChange{Status: new(models.TaskOpen), AssigneeID: &ada.ID})
	require.NoError(t, err)
	require.Nil(t, open.CompletedAt)
	require.Empty(t, told(t, h, ada.ID), "who takes a task knows")
	for _, bad := range []store.TaskChange{
		{Title: new(" ")},
		{Status: new("lost")},
		{AssigneeID: &stranger.ID},
		{AssigneeID: new(int64(1 << 40))},
		{Description: new(strings.Repeat("x", 20_001))},
		{DueAt: new(time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC))},
	} {
		_, err := by.UpdateTask(t.Context(), of.ID, row.ID, bad)
		require.True(t, fault.Is(err, fault.Invalid), "%+v", bad)
	}
	_, err = other.UpdateTask(t.Context(), of.ID, row.ID, store.TaskChange{Title: new("x")})
	require.True(t, fault.Is(err, fault.NotFound))
}

func TestACasesTimelineTellsWhatHappened(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h, other := newTenant(t, s, "A"), newTenant(t, s, "B")
	ada := mailUser(t, h, "ada", "x")
	by := h.As(store.Actor{UserID: ada.ID, Name: "ada"})
	host := testkit.Host(t, s, h.ID())
	of := &models.Case{Title: "Odd log-ins"}
	require.NoError(t, by.CreateCase(t.Context(), of))
	_, err := by.AddCaseHost(t.Context(), of.ID, host.ID)
	require.NoError(t, err)
	_, err = by.UpdateCase(t.Context(), of.ID, store.CaseChange{Severity: new("high"), AssigneeID: &ada.ID})
	require.NoError(t, err)
	_, err = by.AddComment(t.Context(), of.ID, "found it")
	require.NoError(t, err)
	task := &models.Task{Title: "Image the disk"}
	require.NoError(t, by.AddTask(t.Context(), of.ID, task))
	_, err = by.UpdateTask(t.Context(), of.ID, task.ID, store.TaskChange{Status: new(models.TaskDone)})
	require.NoError(t, err)

	all, next, err := h.CaseTimeline(t.Context(), of.ID, store.TimelineQuery{})
	require.NoError(t, err)
	require.Empty(t, next)
	var lines []string
	for _, e := range all {
		require.Equal(t, "ada", e.Actor, e.Title)
		lines = append(lines, e.Title+" | "+e.Text)
	}
	require.Equal(t, []string{
		"Task changed | Image the disk: status: open → done", "Task added | Image the disk", "Comment | found it",
		"Case changed | assignee: none → ada; severity: medium → high", "Host added | " + host.Hostname, "Case opened | ",
	}, lines)

	var paged []models.TimelineEntry
	for cursor := ""; ; {
		part, after, err := h.CaseTimeline(t.Context(), of.ID, store.TimelineQuery{Limit: 2, Cursor: cursor})
		require.NoError(t, err)
		if paged = append(paged, part...); after == "" {
			break
		}
		cursor = after
	}
	require.Equal(t, all, paged)
	tasks, _, err := h.CaseTimeline(t.Context(), of.ID, store.TimelineQuery{Kinds: []string{models.TimelineTask}})
	require.NoError(t, err)
	require.Len(t, tasks, 2)
	_, _, err = other.CaseTimeline(t.Context(), of.ID, store.TimelineQuery{})
	require.True(t, fault.Is(err, fault.NotFound))
}

func TestARunThatIsAboutACaseIsInItsTimeline(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tenant, user := testkit.Actor(t, s, "admin")
	h, of := s.Tenant(tenant), testkit.Case(t, s, tenant)
	playbook := testkit.Playbook(t, s, tenant, user, map[string]any{})
	for _, inputs := range []string{`{"case_id": ` + strconv.FormatInt(of.ID, 10) + `}`, `{"case_id": 987654321}`, `{"case_id": "x"}`, `{}`} {
		_, err := h.CreateExecution(t.Context(), &models.Execution{
			PlaybookID: playbook, PlaybookVersion: 1, TriggerType: models.TriggerManual, ActorID: &user, Inputs: []byte(inputs),
		})
		require.NoError(t, err)
	}
	runs, _, err := h.CaseTimeline(t.Context(), of.ID, store.TimelineQuery{Kinds: []string{models.TimelineExecution}})
	require.NoError(t, err)
	require.Len(t, runs, 1)
}
