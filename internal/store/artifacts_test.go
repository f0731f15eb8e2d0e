package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestIndicatorIsThereOnceHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	sha := "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b856"
	for _, c := range []struct{ typ, value, again, kept string }{
		{"domain", " EVIL.example ", "evil[.]example.", "evil.example"},
		{"domain", "bücher.example", "xn--bcher-kva.example", "xn--bcher-kva.example"},
		{"ip", "2001:0DB8:0:0::1", "2001:db8::1", "2001:db8::1"},
		{"ip", "203.0.113.7", "203[.]0[.]113[.]7", "203.0.113.7"},
		{"hash", strings.ToUpper(sha), sha, sha},
		{"url", "hxxps://Evil[.]example/a", "https://evil.example/a#top", "https://evil.example/a"},
		{"file", `C:\Temp\Evil.exe`, `c:/temp/EVIL.EXE`, `C:\Temp\Evil.exe`},
		{"registry", `HKLM\Software\Run`, `HKEY_LOCAL_MACHINE\SOFTWARE\Run`, `HKLM\Software\Run`},
		{"email", "Bad@EVIL.example", "bad[at]evil.example", "bad@evil.example"},
	} {
		first, did, err := ten.AddArtifact(t.Context(), &models.Artifact{ArtifactType: c.typ, Value: c.value})
		require.NoError(t, err, c.value)
		require.True(t, did.Created, c.value)
		again, did, err := ten.AddArtifact(t.Context(), &models.Artifact{ArtifactType: c.typ, Value: c.again, Description: "not taken over"})
		require.NoError(t, err, c.again)
		require.False(t, did.Created, c.again)
		require.Equal(t, first.ID, again.ID, c.again)
		require.Empty(t, again.Description)
		if c.typ != "email" {
			require.Equal(t, c.kept, first.Value)
		}
		for _, spelling := range []string{c.value, c.again, c.kept} {
			rows, _, err := ten.ListArtifacts(t.Context(), store.ArtifactQuery{Value: spelling})
			require.NoError(t, err)
			require.Len(t, rows, 1, "found as %s", spelling)
		}
	}
}

func TestIndicatorsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid, other := testkit.Tenant(t, s).ID, testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	c := testkit.Case(t, s, tid)
	good := models.Artifact{ArtifactType: "ip", Value: "203.0.113.7"}
	for field, with := range map[string]func(*models.Artifact){
		"artifact_type":     func(a *models.Artifact) { a.ArtifactType = "nope" },
		"value":             func(a *models.Artifact) { a.Value = "\t" },
		"is no":             func(a *models.Artifact) { a.ArtifactType, a.Value = "hash", "xyz" },
		"value:":            func(a *models.Artifact) { a.Value = "a\xff" },
		"artifact_metadata": func(a *models.Artifact) { a.ArtifactMetadata = json.RawMessage(`[]`) },
		"case_id":           func(a *models.Artifact) { a.CaseIDs = []int64{c.ID + 99} },
		"tlp":               func(a *models.Artifact) { a.TLP = "pink" },
		"tags":              func(a *models.Artifact) { a.Tags = []string{"a\nb"} },
		"expires_at":        func(a *models.Artifact) { a.ExpiresAt = new(time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)) },
		"description":       func(a *models.Artifact) { a.Description = "\x00" },
	} {
		row := good
		with(&row)
		_, _, err := ten.AddArtifact(t.Context(), &row)
		require.Truef(t, fault.Is(err, fault.Invalid), "%s: %v", field, err)
		require.Contains(t, err.Error(), field)
	}
	row := good
	row.CaseIDs = []int64{c.ID}
	_, _, err := s.Tenant(other).AddArtifact(t.Context(), &row)
	require.True(t, fault.Is(err, fault.Invalid), "another tenant's case: %v", err)
}

func TestIndicatorIsOfManyCases(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	one, two := testkit.Case(t, s, tid), testkit.Case(t, s, tid)
	listen(t, url, tid)
	add := func(cases ...int64) (*models.Artifact, store.Added) {
		row, did, err := ten.AddArtifact(t.Context(), &models.Artifact{ArtifactType: "domain", Value: "evil.example", CaseIDs: cases})
		require.NoError(t, err)
		return row, did
	}
	_, did := add(one.ID)
	require.Equal(t, store.Added{Created: true, Tied: true}, did)
	row, did := add(two.ID)
	require.Equal(t, store.Added{Tied: true}, did)
	require.Equal(t, []int64{one.ID, two.ID}, row.CaseIDs)
	_, did = add(two.ID)
	require.Equal(t, store.Added{}, did)
	seen := events(t, s)
	require.Equal(t, []string{"artifact.added", "artifact.added"}, eventTypes(seen))
	require.EqualValues(t, one.ID, seen[0].Payload["case_id"])
	require.EqualValues(t, two.ID, seen[1].Payload["case_id"])
	require.NotEqual(t, seen[0].ID, seen[1].ID)

	cases, p, err := ten.ArtifactCases(t.Context(), row.ID, store.PageQuery{})
	require.NoError(t, err)
	require.Len(t, cases, 2)
	require.Equal(t, 2, p.Total)
	require.NoError(t, ten.DeleteCase(t.Context(), one.ID, time.Time{}))
	row, err = ten.Artifact(t.Context(), row.ID)
	require.NoError(t, err, "a case leaves its indicators behind")
	require.Equal(t, []int64{two.ID}, row.CaseIDs)
	require.NoError(t, ten.UntieArtifact(t.Context(), two.ID, row.ID))
	require.True(t, fault.Is(ten.UntieArtifact(t.Context(), two.ID, row.ID), fault.NotFound))
	loose, _, err := ten.ListArtifacts(t.Context(), store.ArtifactQuery{CaseID: new(int64(0))})
	require.NoError(t, err)
	require.Len(t, loose, 1)
}

func TestIndicatorChanges(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	c := testkit.Case(t, s, tid)
	testkit.Artifact(t, s, tid, func(a *models.Artifact) { a.CaseIDs, a.Value = []int64{c.ID}, "one.example" })
	b := testkit.Artifact(t, s, tid, func(a *models.Artifact) { a.CaseIDs, a.Value = []int64{c.ID}, "two.example" })
	_, err := ten.UpdateArtifact(t.Context(), b.ID, store.ArtifactChange{Value: new("ONE.example")})
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	got, err := ten.UpdateArtifact(t.Context(), b.ID, store.ArtifactChange{
		Description: new("d"), CaseIDs: &[]int64{}, Tags: &[]string{"b", "a", "a"}, TLP: new("red"), ExpiresAt: new(time.Unix(1, 0)),
		FalsePositive: new(true), FPReason: new("ours"),
	})
	require.NoError(t, err)
	require.Empty(t, got.CaseIDs)
	read, err := ten.Artifact(t.Context(), b.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, read.Tags)
	require.Equal(t, []string{"two.example", "red", "ours"}, []string{read.Value, read.TLP, read.FPReason})
	require.True(t, read.Expired(s.Now()))
	_, err = ten.UpdateArtifact(t.Context(), b.ID, store.ArtifactChange{Description: new("e"), Seen: b.UpdatedAt})
	require.True(t, fault.Is(err, fault.Stale))
	got, err = ten.UpdateArtifact(t.Context(), b.ID, store.ArtifactChange{Tags: &[]string{"c"}, ExpiresAt: &time.Time{}, FalsePositive: new(false)})
	require.NoError(t, err)
	require.Empty(t, got.FPReason)
	require.Nil(t, got.ExpiresAt)
	_, err = ten.UpdateArtifact(t.Context(), b.ID, store.ArtifactChange{CaseIDs: &[]int64{c.ID, c.ID + 99}})
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	require.NoError(t, ten.DeleteArtifact(t.Context(), b.ID, time.Time{}))
	require.True(t, fault.Is(ten.DeleteArtifact(t.Context(), b.ID, time.Time{}), fault.NotFound))
}

func TestIndicatorsAreFoundByTheirFields(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	c := testkit.Case(t, s, tid)
	h := testkit.Host(t, s, tid)
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	plain := testkit.Artifact(t, s, tid, func(a *models.Artifact) { a.Value = "plain.example" })
	rich := testkit.Artifact(t, s, tid, func(a *models.Artifact) {
		a.ArtifactType, a.Value, a.TLP, a.Tags, a.CaseIDs = "url", "https://rich.example/100%25_off", "red", []string{"apt"}, []int64{c.ID}
		a.ExpiresAt, a.Origin, a.Description = new(at), models.OriginImport, "From the Weekly report"
	})
	_, _, err := ten.RecordSightings(t.Context(), []store.Sighted{{
		Type: "domain", Value: "seen.example", Key: "seen.example", HostID: h.ID, SourceID: 1, CollectedAt: at, ObservationID: 1,
	}})
	require.NoError(t, err)
	wrong := testkit.Artifact(t, s, tid, func(a *models.Artifact) { a.Value, a.FalsePositive = "wrong.example", true })
	find := func(q store.ArtifactQuery) []string {
		rows, p, err := ten.ListArtifacts(t.Context(), q)
		require.NoError(t, err)
		require.Equal(t, len(rows), p.Total)
		values := valuesOf(rows)
		slices.Sort(values)
		return values
	}
	for want, queries := range map[string][]store.ArtifactQuery{
		rich.Value: {
			{ArtifactType: "url"},
			{TLP: "red"},
			{Tag: "apt"},
			{CaseID: &c.ID},
			{Expired: new(true)},
			{Origin: "import"},
			{Q: "weekly"},
			{Q: "100%25_OFF"},
			{Q: "rich[.]example"},
			{Value: "https://rich*"},
			{Value: "hxxps://rich.example/100%25_off"},
		},
		"seen.example": {{SeenAfter: at.Add(-time.Hour)}, {HostsMin: 1}, {Origin: "extracted"}, {Value: "*een.example"}},
		wrong.Value:    {{FalsePositive: new(true)}, {Q: "wrong"}},
		plain.Value:    {{Q: "plain", Expired: new(false), FalsePositive: new(false), CaseID: new(int64(0)), TLP: "amber"}},
		"":             {{Tag: "ap"}, {Q: "rich%example"}, {Q: "rich_example"}, {SeenAfter: at.Add(time.Hour)}, {HostsMin: 2}, {Value: "nothing"}, {Origin: "playbook"}},
	} {
		for _, q := range queries {
			require.Equal(t, slices.DeleteFunc([]string{want}, func(s string) bool { return s == "" }), find(q), "%+v", q)
		}
	}
}

func TestListsOfIndicatorsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	var sighted []store.Sighted
	for i := range 30 {
		value := fmt.Sprintf("d%02d.example", i)
		for n := range i % 5 {
			sighted = append(sighted, store.Sighted{
				Type: "domain", Value: value, Key: value, HostID: int64(n + 1), SourceID: 1, ObservationID: 1,
				CollectedAt: time.Date(2026, 1, 1+i%7, 0, 0, 0, 0, time.UTC),
			})
		}
		testkit.Artifact(t, s, tid, func(a *models.Artifact) { a.Value = value })
	}
	_, _, err := ten.RecordSightings(t.Context(), sighted)
	require.NoError(t, err)
	for _, sort := range []string{"", "id", "artifact_type", "value", "created_at", "last_seen", "hosts", "sightings"} {
		for _, desc := range []bool{false, true} {
			all, _, err := ten.ListArtifacts(t.Context(), store.ArtifactQuery{PageQuery: store.PageQuery{Sort: sort, Desc: desc}})
			require.NoError(t, err)
			require.Len(t, all, 30)
			var paged, skipped []models.Artifact
			q := store.ArtifactQuery{PageQuery: store.PageQuery{Sort: sort, Desc: desc, Limit: 7}}
			for {
				rows, p, err := ten.ListArtifacts(t.Context(), q)
				require.NoError(t, err, "%s", sort)
				require.Equal(t, 30, p.Total)
				paged = append(paged, rows...)
				q.Skip = len(paged)
				skip := q
				skip.Cursor = ""
				more, _, err := ten.ListArtifacts(t.Context(), skip)
				require.NoError(t, err)
				skipped = append(skipped, more...)
				if q.Cursor = p.Next; q.Cursor == "" {
					break
				}
			}
			require.Equal(t, valuesOf(all), valuesOf(paged), "%s %v", sort, desc)
			require.Equal(t, valuesOf(all[7:]), valuesOf(skipped), "%s %v", sort, desc)
		}
	}
	_, _, err = ten.ListArtifacts(t.Context(), store.ArtifactQuery{PageQuery: store.PageQuery{Sort: "nope"}})
	require.True(t, fault.Is(err, fault.Invalid))
}

func valuesOf(rows []models.Artifact) []string {
	values := make([]string, len(rows))
	for i := range rows {
		values[i] = rows[i].Value
	}
	return values
}

func TestABatchKeepsTheGoodOnes(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	c := testkit.Case(t, s, tid)
	known := testkit.Artifact(t, s, tid, func(a *models.Artifact) { a.Value, a.TLP = "known.example", "green" })
	wrong := testkit.Artifact(t, s, tid, func(a *models.Artifact) { a.Value, a.FalsePositive = "wrong.example", true })
	listen(t, url, tid)
	rows := func() []*models.Artifact {
		return []*models.Artifact{
			{ArtifactType: "domain", Value: "new.example", Tags: []string{"t"}},
			{ArtifactType: "domain", Value: "NEW.example"},
			{ArtifactType: "ip", Value: "not one"},
			{ArtifactType: "domain", Value: "known.example", Description: "said later", Tags: []string{"t"}},
			{ArtifactType: "domain", Value: "wrong.example"},
		}
	}
	items, err := ten.AddArtifacts(t.Context(), rows(), store.Batch{CaseID: c.ID})
	require.NoError(t, err)
	require.True(t, items[0].Created && items[0].Tied)
	require.False(t, items[1].Created || items[1].Tied)
	require.Equal(t, items[0].ID, items[1].ID)
	require.True(t, fault.Is(items[2].Err, fault.Invalid))
	require.Equal(t, store.BatchItem{ID: known.ID, Tied: true}, items[3])
	require.Equal(t, store.BatchItem{ID: wrong.ID, Tied: true}, items[4])
	require.Len(t, events(t, s), 2, "the new one and the one that is new to the case; of the false positive nobody is told")
	got, err := ten.Artifact(t.Context(), known.ID)
	require.NoError(t, err)
	require.Empty(t, got.Description, "what is there stays as it is")

	items, err = ten.AddArtifacts(t.Context(), rows(), store.Batch{Update: true})
	require.NoError(t, err)
	require.True(t, items[3].Updated)
	require.False(t, items[4].Updated, "nothing was said about it")
	got, err = ten.Artifact(t.Context(), known.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"said later", "green"}, []string{got.Description, got.TLP})
	require.Equal(t, []string{"t"}, got.Tags)
	_, err = ten.AddArtifacts(t.Context(), nil, store.Batch{CaseID: c.ID + 99})
	require.True(t, fault.Is(err, fault.Invalid))
	_, err = ten.AddArtifacts(context.Background(), make([]*models.Artifact, store.MaxArtifacts+1), store.Batch{})
	require.True(t, fault.Is(err, fault.Invalid))
}
