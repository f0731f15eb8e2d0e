package store_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// listen makes a tenant's events be written, as an enabled playbook does.
func listen(t *testing.T, url string, tenantID int64) {
	t.Helper()
	exec(t, url, fmt.Sprintf(`WITH p AS (INSERT INTO playbooks (tenant_id, name, trigger_type) VALUES (%d, 'ear', 'event') RETURNING id)
INSERT INTO playbook_triggers (tenant_id, playbook_id, pattern) SELECT %[1]d, id, '*' FROM p`, tenantID))
}

// events takes what waits in the outbox, oldest first.
func events(t *testing.T, s *store.Store) []store.Event {
	t.Helper()
	rows, err := s.System().ClaimOutbox(t.Context(), store.Claim{Limit: 1000, Lease: time.Minute})
	require.NoError(t, err)
	var out []store.Event
	for _, r := range rows {
		var row struct {
			store.Event
			Events []store.Event `json:"events"` // many in one row
		}
		require.NoError(t, json.Unmarshal(r.Payload, &row))
		if row.Events == nil {
			row.Events = []store.Event{row.Event}
		}
		out = append(out, row.Events...)
		mine, err := s.Tenant(r.TenantID).Consume(t.Context(), r.ID)
		require.NoError(t, err)
		require.True(t, mine)
	}
	return out
}

func eventTypes(events []store.Event) []string {
	out := make([]string, len(events))
	for i := range events {
		out[i] = events[i].Type
	}
	return out
}

func TestCaseTellsWhatChanged(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tid := testkit.Tenant(t, s).ID
	listen(t, url, tid)
	ten := s.Tenant(tid)
	user := testkit.User(t, s, tid, "user")
	row := &models.Case{Title: " Phish ", Tags: []string{"b", "a", "b"}}
	require.NoError(t, ten.CreateCase(t.Context(), row))
	assert.Equal(t, "Phish", row.Title)
	assert.Equal(t, models.CaseOpen, row.Status)
	assert.Equal(t, models.SeverityMedium, row.Severity)
	assert.Equal(t, []string{"a", "b"}, row.Tags)

	_, err := ten.UpdateCase(t.Context(), row.ID, store.CaseChange{Title: new("Phish")})
	require.NoError(t, err)
	got, err := ten.UpdateCase(t.Context(), row.ID, store.CaseChange{AssigneeID: &user.ID, Severity: new("high")})
	require.NoError(t, err)
	require.Equal(t, user.ID, *got.AssigneeID)
	_, err = ten.UpdateCase(t.Context(), row.ID, store.CaseChange{Status: new("closed"), AssigneeID: new(int64(0))})
	require.NoError(t, err)
	got, err = ten.Case(t.Context(), row.ID)
	require.NoError(t, err)
	require.Nil(t, got.AssigneeID)

	seen := events(t, s)
	require.Equal(t, []string{"case.created", "case.updated", "case.updated", "case.closed"}, eventTypes(seen))
	assert.Equal(t, []any{"assignee_id", "severity"}, seen[1].Payload["changed"])
	assert.Equal(t, "high", seen[2].Payload["case"].(map[string]any)["severity"])
	assert.NotEqual(t, seen[1].ID, seen[2].ID)
}

func TestCasesThatCanNotBe(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid, other := testkit.Tenant(t, s).ID, testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	stranger := testkit.User(t, s, other, "user")
	for field, row := range map[string]*models.Case{
		"title":       {Title: "  "},
		"description": {Title: "x", Description: "a\x00b"},
		"status":      {Title: "x", Status: "done"},
		"severity":    {Title: "x", Severity: "info"},
		"tags":        {Title: "x", Tags: []string{""}},
		"assignee_id": {Title: "x", AssigneeID: &stranger.ID},
	} {
		err := ten.CreateCase(t.Context(), row)
		require.Truef(t, fault.Is(err, fault.Invalid), "%s: %v", field, err)
		require.Contains(t, err.Error(), field)
	}
	c := testkit.Case(t, s, tid)
	_, err := ten.UpdateCase(t.Context(), c.ID, store.CaseChange{AssigneeID: &stranger.ID})
	require.True(t, fault.Is(err, fault.Invalid))
	_, err = ten.UpdateCase(t.Context(), c.ID, store.CaseChange{Title: new("y"), Seen: c.UpdatedAt.Add(-time.Second)})
	require.True(t, fault.Is(err, fault.Stale))
	_, err = s.Tenant(other).Case(t.Context(), c.ID)
	require.True(t, fault.Is(err, fault.NotFound))
	require.True(t, fault.Is(s.Tenant(other).DeleteCase(t.Context(), c.ID, time.Time{}), fault.NotFound))
}

func TestCaseFiltersAndOrders(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	user := testkit.User(t, s, tid, "user")
	for i, sev := range []string{"low", "critical", "medium", "high"} {
		testkit.Case(t, s, tid, func(c *models.Case) {
			c.Title, c.Severity, c.Status, c.Tags = fmt.Sprintf("100%% case %d", i), sev, models.CaseStatuses()[i%3], []string{sev}
			if i == 2 {
				c.AssigneeID, c.Description = &user.ID, "about the WEB"
			}
		})
	}
	titles := func(q store.CaseQuery) (out []string) {
		for {
			rows, p, err := ten.ListCases(t.Context(), q)
			require.NoError(t, err)
			for i := range rows {
				out = append(out, rows[i].Severity)
			}
			if q.Cursor = p.Next; p.Next == "" {
				return out
			}
		}
	}
	page := store.PageQuery{Limit: 1, Sort: "severity", Desc: true}
	assert.Equal(t, []string{"critical", "high", "medium", "low"}, titles(store.CaseQuery{PageQuery: page}))
	assert.Equal(t, []string{"low", "high"}, titles(store.CaseQuery{Status: "open"}))
	assert.Equal(t, []string{"high"}, titles(store.CaseQuery{Severity: "high"}))
	assert.Equal(t, []string{"medium"}, titles(store.CaseQuery{AssigneeID: &user.ID}))
	assert.Len(t, titles(store.CaseQuery{AssigneeID: new(int64(0))}), 3)
	assert.Equal(t, []string{"medium"}, titles(store.CaseQuery{Tag: "medium"}))
	assert.Equal(t, []string{"medium"}, titles(store.CaseQuery{Q: "the web"}))
	assert.Len(t, titles(store.CaseQuery{Q: "0%"}), 4)
	assert.Empty(t, titles(store.CaseQuery{Q: "_case"}))
}

func TestHostsOfACase(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tid, other := testkit.Tenant(t, s).ID, testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	c, h, foreign := testkit.Case(t, s, tid), testkit.Host(t, s, tid), testkit.Host(t, s, other)
	listen(t, url, tid)
	for _, want := range []bool{true, false} {
		added, err := ten.AddCaseHost(t.Context(), c.ID, h.ID)
		require.NoError(t, err)
		require.Equal(t, want, added)
	}
	_, err := ten.AddCaseHost(t.Context(), c.ID, foreign.ID)
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	_, err = ten.AddCaseHost(t.Context(), c.ID+99, h.ID)
	require.True(t, fault.Is(err, fault.NotFound))
	rows, p, err := ten.CaseHosts(t.Context(), c.ID, store.PageQuery{})
	require.NoError(t, err)
	require.Equal(t, []string{h.Hostname}, hostNames(rows))
	require.Equal(t, 1, p.Total)
	about, _, err := ten.ListCases(t.Context(), store.CaseQuery{HostID: h.ID})
	require.NoError(t, err)
	require.Len(t, about, 1)
	_, _, err = s.Tenant(other).CaseHosts(t.Context(), c.ID, store.PageQuery{})
	require.True(t, fault.Is(err, fault.NotFound))
	require.NoError(t, ten.RemoveCaseHost(t.Context(), c.ID, h.ID))
	require.True(t, fault.Is(ten.RemoveCaseHost(t.Context(), c.ID, h.ID), fault.NotFound))
	seen := events(t, s)
	require.Equal(t, []string{"case.updated", "case.updated"}, eventTypes(seen))
	require.Equal(t, []any{"hosts"}, seen[0].Payload["changed"])
}
