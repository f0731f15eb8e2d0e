package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/models"
)

// Sighting is what somebody reports about a machine. Only Hostname is required; empty fields say nothing.
type Sighting struct {
	Hostname     string
	ClientID     string
	IPAddress    string
	OS           string
	Labels       []string        // added to the host's
	HostMetadata json.RawMessage // its top-level fields are laid over the host's
	Source       string          // who reports it

	LabelOrigin string    // whose labels that the host had not are from now on; empty: a person's
	Online      bool      // of a host that is made by this sighting; one that is there stays as it is
	FirstSeen   time.Time // zero: now
	LastSeen    time.Time // likewise
}

// FindOrCreateHost gives the one host that a sighting is about, brought up to date, by the rules of FindOrCreateHosts.
// Faults: Invalid.
func (t *Tenant) FindOrCreateHost(ctx context.Context, s Sighting) (row *models.Host, created bool, err error) {
	found, err := t.FindOrCreateHosts(ctx, []Sighting{s})
	if err != nil {
		return nil, false, err
	}
	return found[0].Host, found[0].Created, found[0].Err
}

func (s Sighting) host(now time.Time) *models.Host {
	row := &models.Host{
		Hostname: s.Hostname, IPAddress: s.IPAddress, OS: s.OS, Labels: s.Labels, HostMetadata: s.HostMetadata, Online: s.Online,
		LastSeen: orNow(s.LastSeen, now), FirstSeen: orNow(s.FirstSeen, now),
	}
	if s.ClientID != "" {
		row.ClientID = &s.ClientID
	}
	return row
}

// orNow is a moment, or now where none is said or the moment is yet to come: clocks differ.
func orNow(at, now time.Time) *time.Time {
	if at.IsZero() || at.After(now) {
		return &now
	}
	return &at
}

// match is how a sighting met its host.
type match int

const (
	byNobody  match = iota
	byClient        // the host's own client id
	byAlias         // a client id or name of a host that was merged into it
	byName          // its name
	byVariant       // its name with or without the domain
)

// touchAfter is how old last_seen must be for a sighting that says nothing else to be written down: thousands of rows about
// one machine arrive within a moment, and each write of a host costs all its indexes.
const touchAfter = 10 * time.Second

// absorb lays what a sighting knows over a host, and says whether anything but its times is different.
func absorb(row, fresh *models.Host, how match) (changed bool, err error) {
	before := *row
	if fresh.ClientID != nil && how != byAlias {
		row.ClientID = fresh.ClientID
	}
	row.Hostname = nameAfter(row.Hostname, fresh.Hostname, how)
	if fresh.IPAddress != "" {
		row.IPAddress = fresh.IPAddress
	}
	if fresh.OS != "" && !namesFamilyOf(fresh.OS, row.OS) {
		row.OS = fresh.OS
	}
	if row.LastSeen == nil || fresh.LastSeen.Sub(*row.LastSeen) >= touchAfter {
		row.LastSeen = fresh.LastSeen
	}
	if row.FirstSeen == nil || fresh.FirstSeen.Before(*row.FirstSeen) {
		row.FirstSeen = fresh.FirstSeen
	}
	if !containsAll(row.Labels, fresh.Labels) {
		if row.Labels, err = normalLabels(slices.Concat(row.Labels, fresh.Labels)); err != nil {
			return false, err
		}
	}
	if string(fresh.HostMetadata) != "{}" {
		if row.HostMetadata, err = mergeObjects(row.HostMetadata, fresh.HostMetadata); err != nil {
			return false, err
		}
	}
	return !sameHost(&before, row), nil
}

// namesFamilyOf says whether a text is the family of another that says more: windows of Windows 11 Pro.
func namesFamilyOf(family, os string) bool { return os != "" && lower(family) == familyOf(os) }

func containsAll(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// nameAfter is a host's name after a sighting under another: an agent knows its own name, and a name with its domain says
// more than the same without.
func nameAfter(have, seen string, how match) string {
	x, y := strings.ToLower(have), strings.ToLower(seen)
	switch {
	case x == y || withoutDomain(y, x):
		return have
	case how == byClient, how == byVariant && withoutDomain(x, y):
		return seen
	}
	return have
}
