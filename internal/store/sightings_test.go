package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// sighted is a domain seen on a host by a source.
func sighted(value string, host, source, observation int64, at time.Time) store.Sighted {
	return store.Sighted{
		Type: "domain", Value: value, Key: value, HostID: host, SourceID: source, ObservationID: observation, CollectedAt: at, Field: "Event.Query",
	}
}

func TestSightingsAreCounted(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	one, two := testkit.Host(t, s, tid), testkit.Host(t, s, tid)
	listen(t, url, tid)
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	record := func(rows ...store.Sighted) (int, int) {
		created, seen, err := ten.RecordSightings(t.Context(), rows)
		require.NoError(t, err)
		return created, seen
	}
	early := sighted("a.example", two.ID, 7, 13, at)
	early.At = at.Add(-time.Hour)
	first := []store.Sighted{
		sighted("a.example", one.ID, 7, 11, at), sighted("a.example", one.ID, 7, 12, at.Add(time.Hour)), early, sighted("b.example", one.ID, 7, 11, at),
	}
	created, seen := record(first...)
	require.Equal(t, []int{2, 4}, []int{created, seen})
	require.Len(t, events(t, s), 2)
	counts := func(value string) *models.Artifact {
		rows, _, err := ten.ListArtifacts(t.Context(), store.ArtifactQuery{Value: value})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		return &rows[0]
	}
	a := counts("a.example")
	require.EqualValues(t, 3, a.Sightings)
	require.Equal(t, 2, a.Hosts)
	require.True(t, a.FirstSeen.Equal(at.Add(-time.Hour)) && a.LastSeen.Equal(at.Add(time.Hour)))
	require.Equal(t, models.OriginExtracted, a.Origin)

	for i := range first {
		first[i].ObservationID = 0
	}
	created, seen = record(first...)
	require.Equal(t, []int{0, 0}, []int{created, seen}, "rows that were known")
	require.EqualValues(t, 3, counts("a.example").Sightings)
	record(sighted("a.example", one.ID, 8, 0, at), sighted("a.example", one.ID, 7, 14, at))
	a = counts("a.example")
	require.EqualValues(t, 5, a.Sightings, "a known row counts where it was never counted")
	require.Equal(t, 2, a.Hosts)
	list, p, err := ten.ListSightings(t.Context(), a.ID, store.SightingQuery{PageQuery: store.PageQuery{Desc: true}})
	require.NoError(t, err)
	require.Equal(t, 3, p.Total)
	require.Equal(t, []string{"Event.Query", one.Hostname}, []string{list[0].Field, list[0].Hostname})
	require.EqualValues(t, 3, list[0].Count)
	require.EqualValues(t, 11, *list[0].ObservationID)
	list, _, err = ten.ListSightings(t.Context(), a.ID, store.SightingQuery{HostID: two.ID})
	require.NoError(t, err)
	require.Len(t, list, 1)
	_, _, err = ten.ListSightings(t.Context(), a.ID+99, store.SightingQuery{})
	require.True(t, fault.Is(err, fault.NotFound))

	require.NoError(t, ten.DeleteHost(t.Context(), one.ID, time.Time{}))
	a = counts("a.example")
	require.EqualValues(t, 1, a.Sightings)
	require.Equal(t, 1, a.Hosts)
	require.True(t, a.LastSeen.Equal(at.Add(-time.Hour)), "what only the gone host saw last")
	b := counts("b.example")
	require.Zero(t, b.Sightings+int64(b.Hosts))
	require.Nil(t, b.LastSeen)
	got, err := ten.UpdateArtifact(t.Context(), a.ID, store.ArtifactChange{Value: new("c.example")})
	require.NoError(t, err)
	require.Zero(t, got.Sightings, "another value was never seen")
	require.Zero(t, counts("c.example").Hosts)
}

func TestFalsePositivesStaySilent(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	wrong := testkit.Artifact(t, s, tid, func(a *models.Artifact) { a.Value, a.FalsePositive = "ours.example", true })
	listen(t, url, tid)
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	created, seen, err := ten.RecordSightings(t.Context(), []store.Sighted{sighted("ours.example", 1, 1, 1, at)})
	require.NoError(t, err)
	require.Equal(t, []int{0, 0}, []int{created, seen})
	_, did, err := ten.AddArtifact(t.Context(), &models.Artifact{ArtifactType: "domain", Value: "OURS.example"})
	require.NoError(t, err)
	require.Equal(t, store.Added{}, did)
	require.Empty(t, events(t, s))
	got, err := ten.Artifact(t.Context(), wrong.ID)
	require.NoError(t, err)
	require.True(t, got.FalsePositive)
	require.Zero(t, got.Sightings)
}

// Batches that share their indicators, each in an order of its own.
func TestBatchesOfSightingsDontDeadlock(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	const writers, indicators, rounds = 4, 60, 6
	strides := []int{1, 7, 11, 59} // each passes every indicator once
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	var wg sync.WaitGroup
	errs := make(chan error, writers*rounds)
	for w := range writers {
		wg.Go(func() {
			for r := range rounds {
				var rows []store.Sighted
				for i := range indicators {
					n := (i*strides[w] + r) % indicators
					rows = append(rows, sighted(fmt.Sprintf("d%d.example", n), int64(w+1), int64(r+1), int64(n+1), at))
				}
				_, seen, err := ten.RecordSightings(t.Context(), rows)
				if err == nil && seen != indicators {
					err = fmt.Errorf("%d of %d were seen", seen, indicators)
				}
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	rows, p, err := ten.ListArtifacts(t.Context(), store.ArtifactQuery{PageQuery: store.PageQuery{Limit: 500}})
	require.NoError(t, err)
	require.Equal(t, indicators, p.Total)
	for i := range rows {
		require.Equal(t, writers, rows[i].Hosts)
		require.EqualValues(t, writers*rounds, rows[i].Sightings)
	}
}
