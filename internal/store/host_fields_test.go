package store_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func fielded(t *testing.T) (*store.Tenant, map[string]*models.HostField, *models.Host) {
	t.Helper()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	fields := map[string]*models.HostField{}
	for _, f := range []*models.HostField{
		{Key: "site", Label: " Site ", Type: "text"},
		{Key: "rack", Label: "Rack", Type: "number"},
		{Key: "dmz", Label: "In the DMZ", Type: "boolean"},
		{Key: "bought", Label: "Bought", Type: "date"},
		{Key: "unit", Label: "Unit", Type: "select", Options: []string{"Sales", "IT"}},
	} {
		require.NoError(t, s.Tenant(tid).CreateHostField(t.Context(), f))
		fields[f.Key] = f
	}
	return s.Tenant(tid), fields, testkit.Host(t, s, tid)
}

func TestOwnFieldsHoldWhatTheirTypeSays(t *testing.T) {
	t.Parallel()
	ten, _, h := fielded(t)
	set := func(values string) (string, error) {
		row, err := ten.UpdateHost(t.Context(), h.ID, store.HostChange{CustomFields: json.RawMessage(values)})
		if err != nil {
			return "", err
		}
		row, err = ten.Host(t.Context(), row.ID)
		require.NoError(t, err)
		return string(row.CustomFields), nil
	}
	got, err := set(`{"site":" Bern ","rack":9007199254740993,"dmz":false,"bought":"2024-02-29","unit":"IT"}`)
	require.NoError(t, err)
	require.JSONEq(t, `{"site":"Bern","rack":9007199254740993,"dmz":false,"bought":"2024-02-29","unit":"IT"}`, got)
	require.Contains(t, got, "9007199254740993")
	got, err = set(`{"site":null,"unit":"","rack":1.5}`)
	require.NoError(t, err)
	require.JSONEq(t, `{"rack":1.5,"dmz":false,"bought":"2024-02-29"}`, got, "null and nothing take a value away, the rest stays")

	for _, bad := range []string{
		`{"site":1}`, `{"rack":"1"}`, `{"rack":1e999}`, `{"dmz":"true"}`, `{"bought":"2023-02-29"}`, `{"bought":"yesterday"}`, `{"unit":"it"}`, `{"nobody":"x"}`,
		`{"site":{}}`, `{"site":"a\nb"}`, `{"site":"` + strings.Repeat("x", 1001) + `"}`, `[]`, `nonsense`,
	} {
		_, err := set(bad)
		require.True(t, fault.Is(err, fault.Invalid), "%.40s: %v", bad, err)
		require.ErrorContains(t, err, "custom_fields", "%.40s", bad)
	}
}

func TestHostsAreFoundByWhatIsKeptOfThem(t *testing.T) {
	t.Parallel()
	ten, _, h := fielded(t)
	_, err := ten.UpdateHost(t.Context(), h.ID, store.HostChange{
		CustomFields: json.RawMessage(`{"site":"Zürich West","rack":7,"dmz":true}`), Owner: new(" Alice "), Criticality: new("high"), Notes: new("*hi*"),
	})
	require.NoError(t, err)
	require.NoError(t, ten.CreateHost(t.Context(), &models.Host{Hostname: "other"}))
	for name, q := range map[string]store.HostQuery{
		"text": {Field: "site", FieldValue: "zürich west"}, "number": {Field: "rack", FieldValue: "7"}, "truth": {Field: "dmz", FieldValue: "true"},
		"owner": {Owner: "ALICE"}, "criticality": {Criticality: "high"},
	} {
		for _, pattern := range []string{"", "*"} {
			q.Hostname = pattern
			rows, _, err := ten.ListHosts(t.Context(), q)
			require.NoError(t, err, name)
			require.Len(t, rows, 1, "%s %q", name, pattern)
			require.Equal(t, "Alice", rows[0].Owner)
			require.Equal(t, "*hi*", rows[0].Notes)
			require.JSONEq(t, `{"site":"Zürich West","rack":7,"dmz":true}`, string(rows[0].CustomFields))
		}
	}
	for name, q := range map[string]store.HostQuery{
		"part": {Field: "site", FieldValue: "zürich"}, "no such field": {Field: "nobody", FieldValue: "x"}, "isolated": {Isolation: "isolated"}, "case": {CaseID: 99},
	} {
		for _, pattern := range []string{"", "*"} {
			q.Hostname = pattern
			rows, _, err := ten.ListHosts(t.Context(), q)
			require.NoError(t, err, name)
			require.Empty(t, rows, name)
		}
	}
	for field, c := range map[string]store.HostChange{
		"criticality": {Criticality: new("dire")}, "owner": {Owner: new(strings.Repeat("x", 201))}, "notes": {Notes: new(strings.Repeat("x", 20_001))},
	} {
		_, err := ten.UpdateHost(t.Context(), h.ID, c)
		require.True(t, fault.Is(err, fault.Invalid))
		require.ErrorContains(t, err, field)
	}
}

func TestAFieldGoesWithItsValues(t *testing.T) {
	t.Parallel()
	ten, fields, h := fielded(t)
	_, err := ten.UpdateHost(t.Context(), h.ID, store.HostChange{CustomFields: json.RawMessage(`{"unit":"IT","rack":1}`)})
	require.NoError(t, err)
	_, changed, err := ten.UpdateHostField(t.Context(), fields["unit"].ID, store.HostFieldChange{Options: &[]string{"Sales"}, Label: new("Team")})
	require.NoError(t, err)
	require.Equal(t, "Team", changed.Label)
	got, err := ten.UpdateHost(t.Context(), h.ID, store.HostChange{CustomFields: json.RawMessage(`{"rack":2}`)})
	require.NoError(t, err)
	require.JSONEq(t, `{"unit":"IT","rack":2}`, string(got.CustomFields), "a value that is no option any more stays")
	_, n, err := ten.DeleteHostField(t.Context(), fields["unit"].ID)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	got, err = ten.Host(t.Context(), h.ID)
	require.NoError(t, err)
	require.JSONEq(t, `{"rack":2}`, string(got.CustomFields))
	_, _, err = ten.DeleteHostField(t.Context(), fields["unit"].ID)
	require.True(t, fault.Is(err, fault.NotFound))

	require.True(t, fault.Is(ten.CreateHostField(t.Context(), &models.HostField{Key: "rack", Label: "x", Type: "text"}), fault.Conflict))
	for location, f := range map[string]*models.HostField{
		"key": {Key: "Rack", Label: "x", Type: "text"}, "label": {Key: "a", Label: " ", Type: "text"}, "type": {Key: "a", Label: "x", Type: "color"},
		"options": {Key: "a", Label: "x", Type: "select"},
	} {
		err := ten.CreateHostField(t.Context(), f)
		require.True(t, fault.Is(err, fault.Invalid), "%v", err)
		require.ErrorContains(t, err, location)
	}
	for _, f := range []*models.HostField{{Key: "a", Label: "x", Type: "text", Options: []string{"x"}}, {Key: "a", Label: "x", Type: "select", Options: []string{"x", "x "}}} {
		require.True(t, fault.Is(ten.CreateHostField(t.Context(), f), fault.Invalid))
	}
}

func TestViewsAreOnesOwnOrShared(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid, alice := testkit.Actor(t, s, "user")
	bob := testkit.User(t, s, tid, "viewer").ID
	ten := s.Tenant(tid)
	own := &models.SavedView{UserID: alice, Resource: "hosts", Name: "Own", Query: "?os=linux"}
	shared := &models.SavedView{UserID: alice, Resource: "hosts", Name: "For all", Query: "q=a&q=b", Shared: true}
	require.NoError(t, ten.CreateSavedView(t.Context(), own))
	require.NoError(t, ten.CreateSavedView(t.Context(), shared))
	require.Equal(t, "os=linux", own.Query)
	rows, err := ten.SavedViews(t.Context(), alice, "hosts")
	require.NoError(t, err)
	require.Len(t, rows, 2)
	rows, err = ten.SavedViews(t.Context(), bob, "")
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.NotEmpty(t, rows[0].Owner)
	rows, err = ten.SavedViews(t.Context(), alice, "cases")
	require.NoError(t, err)
	require.Empty(t, rows)
	_, err = ten.SavedView(t.Context(), bob, own.ID)
	require.True(t, fault.Is(err, fault.NotFound), "what others keep for themselves is not there")
	again := &models.SavedView{UserID: alice, Resource: "hosts", Name: "OWN"}
	require.True(t, fault.Is(ten.CreateSavedView(t.Context(), again), fault.Conflict))
	again.UserID = bob
	require.NoError(t, ten.CreateSavedView(t.Context(), again))
	for location, v := range map[string]models.SavedView{
		"name": {UserID: bob, Resource: "hosts"}, "resource": {UserID: bob, Resource: "users", Name: "x"}, "query": {UserID: bob, Resource: "hosts", Name: "x", Query: "a=%zz"},
	} {
		err := ten.CreateSavedView(t.Context(), &v)
		require.True(t, fault.Is(err, fault.Invalid), "%v", err)
		require.ErrorContains(t, err, location)
	}
	require.NoError(t, ten.DeleteSavedView(t.Context(), own.ID))
	require.True(t, fault.Is(ten.DeleteSavedView(t.Context(), own.ID), fault.NotFound))
}
