package store_test

import (
	"encoding/json"
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

// twins are an old and a new host of one machine, with something of everything.
func twins(t *testing.T) (ten *store.Tenant, before, after *models.Host, caseIDs []int64) {
	t.Helper()
	s := testkit.Store(t)
	tid, user := testkit.Actor(t, s, "admin")
	ten = s.Tenant(tid)
	require.NoError(t, ten.CreateHostField(t.Context(), &models.HostField{Key: "site", Label: "Site", Type: "text"}))
	require.NoError(t, ten.CreateHostField(t.Context(), &models.HostField{Key: "rack", Label: "Rack", Type: "number"}))
	was := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	before = testkit.Host(t, s, tid, func(h *models.Host) {
		h.Hostname, h.ClientID, h.OS, h.IPAddress, h.Labels = "ws-1", new("C.old"), "Windows 10", "10.0.0.1", []string{"vip"}
		h.FirstSeen, h.LastSeen, h.Owner, h.Notes, h.CustomFields = &was, &was, "alice", "old note", json.RawMessage(`{"site":"Bern"}`)
	})
	after = testkit.Host(t, s, tid, func(h *models.Host) {
		h.Hostname, h.ClientID, h.OS, h.IPAddress, h.Labels = "ws-1-new", new("C.new"), "Windows 11", "10.0.0.2", []string{"vip", "dc"}
		h.FirstSeen, h.LastSeen, h.Online, h.Criticality = new(was.AddDate(0, 1, 0)), new(was.AddDate(0, 2, 0)), true, "critical"
		h.Notes, h.CustomFields, h.HostMetadata = "new note", json.RawMessage(`{"site":"Basel","rack":7}`), json.RawMessage(`{"a":1}`)
	})
	for i, h := range []*models.Host{before, after} {
		src := &models.Source{Kind: "ingestion", Name: "s", Key: fmt.Sprint("k", i)}
		_, err := ten.AddObservations(t.Context(), src, h.ID, testkit.Rows(t, fmt.Sprintf(`{"a":%d}`, i), fmt.Sprintf(`{"b":%d}`, i), `{"same":1}`))
		require.NoError(t, err)
		playbook := testkit.Playbook(t, s, tid, user, map[string]any{})
		_, err = ten.CreateExecution(t.Context(), &models.Execution{
			PlaybookID: playbook, PlaybookVersion: 1, TriggerType: models.TriggerManual, Inputs: json.RawMessage(fmt.Sprintf(`{"host_id":%d}`, h.ID)),
		})
		require.NoError(t, err)
	}
	for range 2 {
		caseIDs = append(caseIDs, testkit.Case(t, s, tid).ID)
	}
	for _, tie := range []struct{ c, h int64 }{{caseIDs[0], before.ID}, {caseIDs[0], after.ID}, {caseIDs[1], after.ID}} {
		_, err := ten.AddCaseHost(t.Context(), tie.c, tie.h)
		require.NoError(t, err)
	}
	return ten, before, after, caseIDs
}

func TestMergedHostsAreOne(t *testing.T) {
	t.Parallel()
	ten, old, fresh, cases := twins(t)
	planned, wouldMove, err := ten.MergeHosts(t.Context(), old.ID, []int64{fresh.ID}, true)
	require.NoError(t, err)
	_, err = ten.Host(t.Context(), fresh.ID)
	require.NoError(t, err, "a dry run changes nothing")
	h, moved, err := ten.MergeHosts(t.Context(), old.ID, []int64{fresh.ID, fresh.ID}, false)
	require.NoError(t, err)
	require.Equal(t, wouldMove, moved)
	require.Equal(t, store.Moved{Observations: 3, Cases: 1, Labels: 1, Executions: 1}, moved)
	require.Equal(t, *planned.ClientID, *h.ClientID)

	h, err = ten.Host(t.Context(), old.ID)
	require.NoError(t, err)
	require.Equal(t, "ws-1", h.Hostname, "the survivor's name")
	require.Equal(t, "C.new", *h.ClientID, "the agent that answers")
	require.Equal(t, "Windows 11", h.OS)
	require.Equal(t, "10.0.0.2", h.IPAddress)
	require.True(t, h.Online)
	require.Equal(t, []string{"dc", "vip"}, h.Labels)
	require.Equal(t, "critical", h.Criticality)
	require.Equal(t, "alice", h.Owner)
	require.Equal(t, "old note\n\nnew note", h.Notes)
	require.JSONEq(t, `{"site":"Bern","rack":7}`, string(h.CustomFields), "the survivor's own, gaps filled")
	require.JSONEq(t, `{"a":1}`, string(h.HostMetadata))
	require.True(t, h.FirstSeen.Equal(*old.FirstSeen))
	require.True(t, h.LastSeen.Equal(*fresh.LastSeen))

	_, err = ten.Host(t.Context(), fresh.ID)
	require.True(t, fault.Is(err, fault.NotFound))
	for _, c := range cases {
		rows, _, err := ten.CaseHosts(t.Context(), c, store.PageQuery{})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.Equal(t, old.ID, rows[0].ID)
	}
	for {
		n, err := ten.FoldStacks(t.Context())
		require.NoError(t, err)
		if n == 0 {
			break
		}
	}
	entries, _, err := ten.HostTimeline(t.Context(), old.ID, store.TimelineQuery{})
	require.NoError(t, err)
	kinds := map[string]int64{}
	for _, e := range entries {
		kinds[e.Kind] += max(e.Count, 1)
	}
	require.Equal(t, map[string]int64{"observation": 6, "execution": 2, "case": 2}, kinds)

	for _, sighting := range []string{"other|C.old", "other|C.new", "ws-1-new", "WS-1-NEW"} {
		require.Equal(t, []int64{old.ID}, see(t, ten, sighting), sighting)
	}
	h, err = ten.Host(t.Context(), old.ID)
	require.NoError(t, err)
	require.Equal(t, "C.new", *h.ClientID, "the gone agent's client id takes nobody's place")
}

func TestAnAliasCanBeForgottenOrTakenBack(t *testing.T) {
	t.Parallel()
	ten, old, fresh, _ := twins(t)
	_, _, err := ten.MergeHosts(t.Context(), fresh.ID, []int64{old.ID}, false)
	require.NoError(t, err)
	aliases, err := ten.HostAliases(t.Context(), fresh.ID)
	require.NoError(t, err)
	require.Len(t, aliases, 2)
	require.Equal(t, "C.old", aliases[0].Value)
	require.Equal(t, "ws-1", aliases[1].Value)
	_, err = ten.DeleteHostAlias(t.Context(), fresh.ID, aliases[1].ID)
	require.NoError(t, err)
	_, err = ten.DeleteHostAlias(t.Context(), fresh.ID, aliases[1].ID)
	require.True(t, fault.Is(err, fault.NotFound))
	require.NotEqual(t, []int64{fresh.ID}, see(t, ten, "ws-1"))

	own := &models.Host{Hostname: "someone", ClientID: new("C.old")}
	require.NoError(t, ten.CreateHost(t.Context(), own), "somebody says that it is a machine of its own")
	require.Equal(t, []int64{own.ID}, see(t, ten, "someone|C.old"))

	// A chain of merges ends at the last.
	_, _, err = ten.MergeHosts(t.Context(), own.ID, []int64{fresh.ID}, false)
	require.NoError(t, err)
	require.Equal(t, []int64{own.ID, own.ID}, see(t, ten, "x|C.new", "ws-1-new"))
}

func TestMergesThatCanNotBe(t *testing.T) {
	t.Parallel()
	ten, old, fresh, _ := twins(t)
	many := make([]int64, store.MaxMerged+1)
	for i := range many {
		many[i] = fresh.ID + int64(i)
	}
	for name, from := range map[string][]int64{"nobody": nil, "itself": {old.ID}, "many": many} {
		_, _, err := ten.MergeHosts(t.Context(), old.ID, from, false)
		require.True(t, fault.Is(err, fault.Invalid), "%s: %v", name, err)
		require.ErrorContains(t, err, "from_ids")
	}
	for _, pair := range [][2]int64{{old.ID, fresh.ID + 1000}, {fresh.ID + 1000, old.ID}} {
		_, _, err := ten.MergeHosts(t.Context(), pair[0], []int64{pair[1]}, false)
		require.True(t, fault.Is(err, fault.NotFound), "%v", err)
	}
}

// Sightings that come while hosts are merged end at the survivor, and nothing is lost.
func TestHostsAreMergedWhileTheyAreSeen(t *testing.T) {
	t.Parallel()
	ten, old, fresh, _ := twins(t)
	var wg sync.WaitGroup
	errs := make([]error, 9)
	for i := range 8 {
		wg.Go(func() {
			for n := range 10 {
				_, err := ten.Ingest(t.Context(), store.Sighting{Hostname: "ws-1-new", ClientID: []string{"C.old", "C.new"}[i%2]},
					[]store.Row{testkit.Rows(t, fmt.Sprintf(`{"i":%d,"n":%d}`, i, n))[0]})
				if err != nil {
					errs[i] = err
					return
				}
			}
		})
	}
	wg.Go(func() { _, _, errs[8] = ten.MergeHosts(t.Context(), old.ID, []int64{fresh.ID}, false) })
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	rows, p, err := ten.ListHosts(t.Context(), store.HostQuery{})
	require.NoError(t, err)
	require.Equal(t, 1, p.Total, "%v", hostNames(rows))
	_, p, err = ten.ListObservations(t.Context(), old.ID, store.ObservationQuery{})
	require.NoError(t, err)
	require.Equal(t, 86, p.Total)
}

func TestLikelyDuplicates(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tid := testkit.Tenant(t, s).ID
	ten := s.Tenant(tid)
	host := func(name, client, ip, meta string) int64 {
		return testkit.Host(t, s, tid, func(h *models.Host) {
			h.Hostname, h.IPAddress, h.HostMetadata = name, ip, json.RawMessage(meta)
			if client != "" {
				h.ClientID = &client
			}
		}).ID
	}
	id := host("ws-1", "C.1", "10.0.0.1", `{"serial_number":"S1"}`)
	again := host("WS-1", "C.2", "10.0.0.1", `{"serial_number":"s1"}`)
	full := host("ws-1.corp.example", "C.3", "10.0.0.9", `{}`)
	near := host("other", "C.4", "10.0.0.1", `{}`)
	host("ws-10", "C.5", "10.0.0.8", `{"serial_number":"S1"}`)
	got, err := ten.HostDuplicates(t.Context(), id)
	require.NoError(t, err)
	reasons := map[int64][]string{}
	for _, d := range got {
		reasons[d.Host.ID] = d.Reasons
	}
	require.Equal(t, map[int64][]string{
		again: {"hostname", "ip_address", "hardware:serial_number"}, full: {"hostname_variant"}, near: {"ip_address"},
	}, reasons)
	require.Equal(t, again, got[0].Host.ID)
	for i := range 10 {
		host(fmt.Sprint("behind-", i), "", "10.0.0.1", `{}`)
	}
	got, err = ten.HostDuplicates(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, got, 2, "an address that many have says nothing")
	_, err = ten.HostDuplicates(t.Context(), id+1000)
	require.True(t, fault.Is(err, fault.NotFound))
}
