package store_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2" //nolint:depguard // the same runs each time
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

// see reports sightings, one "name" or "name|client" or "name|client|ip|os" each, and gives the hosts' ids.
func see(t *testing.T, ten *store.Tenant, sightings ...string) []int64 {
	t.Helper()
	found, err := ten.FindOrCreateHosts(t.Context(), sightingsOf(sightings))
	require.NoError(t, err)
	ids := make([]int64, len(found))
	for i, f := range found {
		require.NoError(t, f.Err, sightings[i])
		ids[i] = f.Host.ID
	}
	return ids
}

func sightingsOf(texts []string) []store.Sighting {
	out := make([]store.Sighting, len(texts))
	for i, text := range texts {
		p := append(strings.Split(text, "|"), "", "", "")
		out[i] = store.Sighting{Hostname: p[0], ClientID: p[1], IPAddress: p[2], OS: p[3]}
	}
	return out
}

// groups are ids by which of them are equal: 0 0 1 for a a b.
func groups(ids []int64) []int {
	seen := map[int64]int{}
	out := make([]int, len(ids))
	for i, id := range ids {
		if _, ok := seen[id]; !ok {
			seen[id] = len(seen)
		}
		out[i] = seen[id]
	}
	return out
}

// In one call and one after the other, sightings must come to the same.
func TestWhichSightingsAreOneHost(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	for name, tc := range map[string]struct {
		sightings []string
		want      []int
	}{
		"case":                             {[]string{"ws-1", "WS-1"}, []int{0, 0}},
		"a dot at the end":                 {[]string{"ws-1", "ws-1."}, []int{0, 0}},
		"a client id is one machine":       {[]string{"a|C.1", "b|C.1"}, []int{0, 0}},
		"two client ids are two":           {[]string{"a|C.1", "a|C.2"}, []int{0, 1}},
		"adopted":                          {[]string{"a", "a|C.1", "a"}, []int{0, 0, 0}},
		"adopted once":                     {[]string{"a", "a|C.1", "a|C.2"}, []int{0, 0, 1}},
		"a managed one by name":            {[]string{"a|C.1", "a"}, []int{0, 0}},
		"renamed":                          {[]string{"a|C.1", "b|C.1", "b"}, []int{0, 0, 0}},
		"full name after short":            {[]string{"ws-1", "WS-1.corp.example"}, []int{0, 0}},
		"short name after full":            {[]string{"ws-1.corp.example", "ws-1"}, []int{0, 0}},
		"full name adopts short":           {[]string{"ws-1", "ws-1.corp.example|C.1"}, []int{0, 0}},
		"short finds managed full":         {[]string{"ws-1.corp.example|C.1", "ws-1"}, []int{0, 0}},
		"two domains":                      {[]string{"ws-1.a.example", "ws-1.b.example"}, []int{0, 1}},
		"short among two domains":          {[]string{"ws-1.a.example", "ws-1.b.example", "ws-1"}, []int{0, 1, 2}},
		"full among short and another":     {[]string{"ws-1.a.example", "ws-1", "ws-1.b.example"}, []int{0, 0, 1}},
		"another client id":                {[]string{"ws-1|C.1", "ws-1.corp.example|C.2"}, []int{0, 1}},
		"another system":                   {[]string{"ws-1|||windows", "ws-1.corp.example|||Linux 6.1"}, []int{0, 1}},
		"the same system otherwise put":    {[]string{"ws-1|||windows", "ws-1.corp.example|||Windows 10"}, []int{0, 0}},
		"another address":                  {[]string{"ws-1||10.0.0.1", "ws-1.corp.example||10.0.0.2"}, []int{0, 1}},
		"an address is no name":            {[]string{"10", "10.0.0.1"}, []int{0, 1}},
		"everybody is localhost":           {[]string{"localhost", "localhost.localdomain"}, []int{0, 1}},
		"many clients of one name":         {[]string{"pc|C.1", "pc|C.2", "pc|C.3", "pc|C.1"}, []int{0, 1, 2, 0}},
		"letters that have two cases more": {[]string{"İstanbul", "İSTANBUL", "straße", "STRASSE"}, []int{0, 0, 1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, groups(see(t, s.Tenant(testkit.Tenant(t, s).ID), tc.sightings...)), "in one call")
			ten := s.Tenant(testkit.Tenant(t, s).ID)
			var ids []int64
			for _, one := range tc.sightings {
				ids = append(ids, see(t, ten, one)...)
			}
			require.Equal(t, tc.want, groups(ids), "one after the other")
			before := portraits(t, ten)
			see(t, ten, tc.sightings...)
			require.Len(t, portraits(t, ten), len(before), "again, all at once: nothing new")
		})
	}
}

// Whatever comes, one call and many make the same hosts.
func TestManySightingsAreAsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		sightings := make([]store.Sighting, 40)
		for i := range sightings {
			sightings[i].Hostname = []string{"a", "b", "A", "a.x.example", "a.y.example", "b.x.example", "c"}[r.IntN(7)]
			sightings[i].ClientID = []string{"", "", "C.1", "C.2", "C.3"}[r.IntN(5)]
			sightings[i].OS = []string{"", "windows", "linux"}[r.IntN(3)]
			sightings[i].Labels = [][]string{nil, {"x"}, {"y", "z"}}[r.IntN(3)]
			sightings[i].HostMetadata = json.RawMessage(fmt.Sprintf(`{"k%d":%d}`, r.IntN(3), i))
		}
		// A host keeps the name of the call's beginning within it, so nobody is renamed here: a client has one name.
		name := map[string]string{}
		for i := range sightings {
			c := sightings[i].ClientID
			if c == "" {
				continue
			}
			if name[c] == "" {
				name[c] = sightings[i].Hostname
			}
			sightings[i].Hostname = name[c]
		}
		one, many := s.Tenant(testkit.Tenant(t, s).ID), s.Tenant(testkit.Tenant(t, s).ID)
		_, err := one.FindOrCreateHosts(t.Context(), sightings)
		require.NoError(t, err)
		for _, sight := range sightings {
			_, _, err := many.FindOrCreateHost(t.Context(), sight)
			require.NoError(t, err)
		}
		require.Equal(t, portraits(t, many), portraits(t, one), "seed %d", seed)
	}
}

// portraits are a tenant's hosts without ids and times, in the order they were made.
func portraits(t *testing.T, ten *store.Tenant) []string {
	t.Helper()
	rows, _, err := ten.ListHosts(t.Context(), store.HostQuery{PageQuery: store.PageQuery{Limit: 500}})
	require.NoError(t, err)
	out := make([]string, len(rows))
	for i, h := range rows {
		client := ""
		if h.ClientID != nil {
			client = *h.ClientID
		}
		out[i] = fmt.Sprint(h.Hostname, " ", client, " ", h.OS, " ", h.Labels, " ", string(h.HostMetadata))
	}
	return out
}

func TestABadSightingKeepsNobodyUp(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	many := make([]string, 101)
	for i := range many {
		many[i] = fmt.Sprint("label", i)
	}
	found, err := ten.FindOrCreateHosts(t.Context(), []store.Sighting{
		{Hostname: "good"},
		{Hostname: "not good"},
		{Hostname: "good", IPAddress: "nowhere"},
		{Hostname: ""},
		{Hostname: "good", Labels: many[:60]},
		{Hostname: "good", Labels: many[50:]},
		{Hostname: "good", OS: "linux"},
	})
	require.NoError(t, err)
	for i, field := range []string{"", "hostname", "ip_address", "hostname", "", "labels", ""} {
		if field == "" {
			require.NoError(t, found[i].Err)
			require.Equal(t, found[0].Host.ID, found[i].Host.ID)
			continue
		}
		require.True(t, fault.Is(found[i].Err, fault.Invalid), "%d: %v", i, found[i].Err)
		require.Contains(t, found[i].Err.Error(), field)
		require.Nil(t, found[i].Host)
	}
	require.True(t, found[0].Created)
	require.True(t, found[6].Changed)
	require.False(t, found[6].Created)
	h, err := ten.Host(t.Context(), found[0].Host.ID)
	require.NoError(t, err)
	require.Equal(t, "linux", h.OS)
	require.Len(t, h.Labels, 60)
	require.NotNil(t, h.FirstSeen)

	found, err = ten.FindOrCreateHosts(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, found)
}

// Calls that meet in the same names, in every order, neither fail nor make a host twice.
func TestCallsThatMeetMakeEachHostOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 7))
			for range 4 {
				sightings := make([]store.Sighting, 300)
				for j, n := range r.Perm(300) {
					sightings[j] = store.Sighting{Hostname: fmt.Sprint("box-", n), Labels: []string{fmt.Sprint("l", i)}}
					if n%3 == 0 {
						sightings[j].ClientID = fmt.Sprint("C.", n)
					}
				}
				_, err := ten.FindOrCreateHosts(t.Context(), sightings)
				errs[i] = err
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	rows, _, err := ten.ListHosts(t.Context(), store.HostQuery{PageQuery: store.PageQuery{Limit: 500}})
	require.NoError(t, err)
	require.Len(t, rows, 300)
	for _, h := range rows {
		require.Len(t, h.Labels, 8, h.Hostname)
	}
}

func BenchmarkFindOrCreateHosts(b *testing.B) {
	s := testkit.Store(b)
	ten := s.Tenant(testkit.Tenant(b, s).ID)
	sightings := func(round int) []store.Sighting {
		out := make([]store.Sighting, 2000)
		for i := range out {
			n := round*2000 + i
			out[i] = store.Sighting{
				Hostname: fmt.Sprintf("ws-%07d.corp.example", n), ClientID: fmt.Sprint("C.", n), IPAddress: "10.1.2.3", OS: "Windows 11", Labels: []string{"a", "b"},
			}
		}
		return out
	}
	run := func(b *testing.B, in []store.Sighting) {
		b.Helper()
		found, err := ten.FindOrCreateHosts(b.Context(), in)
		require.NoError(b, err)
		require.Len(b, found, len(in))
	}
	round := 0
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			round++
			run(b, sightings(round))
		}
	})
	b.Run("known", func(b *testing.B) {
		for b.Loop() {
			run(b, sightings(1))
		}
	})
	b.Run("changed", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			in := sightings(1)
			for i := range in {
				in[i].OS = fmt.Sprint("Windows ", n)
			}
			run(b, in)
		}
	})
	b.Run("one", func(b *testing.B) {
		for b.Loop() {
			_, _, err := ten.FindOrCreateHost(b.Context(), store.Sighting{Hostname: "single", ClientID: "C.single"})
			require.NoError(b, err)
		}
	})
}
