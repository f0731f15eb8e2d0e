package store

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of a host.
const (
	maxLabels       = 100
	maxLabelLength  = 100
	maxHostText     = 200
	maxHostNotes    = 20_000
	maxFreeMetadata = 256 << 10 // bytes of host_metadata and artifact_metadata
)

// normalHost brings a host into the form that rows have, or says which field can't be.
func normalHost(row *models.Host) error {
	row.Hostname = strings.TrimSuffix(strings.TrimSpace(row.Hostname), ".")
	if p := models.HostnameProblem(row.Hostname); p != "" {
		return fault.InvalidField("hostname", "%s", p)
	}
	if row.IPAddress != "" {
		ip, ok := models.CanonicalIP(row.IPAddress)
		if !ok {
			return fault.InvalidField("ip_address", "must be an IPv4 or IPv6 address")
		}
		row.IPAddress = ip
	}
	row.OS = strings.TrimSpace(row.OS)
	if p := models.TextProblem(row.OS, maxHostText); p != "" {
		return fault.InvalidField("os", "%s", p)
	}
	if row.ThreatScore < 0 || row.ThreatScore > 1 {
		return fault.InvalidField("threat_score", "must be between 0 and 1")
	}
	if row.ClientID != nil {
		id := strings.TrimSpace(*row.ClientID)
		if p := models.TextProblem(id, maxHostText); p != "" {
			return fault.InvalidField("client_id", "%s", p)
		}
		row.ClientID = &id
		if id == "" {
			row.ClientID = nil
		}
	}
	if err := normalKept(row); err != nil {
		return err
	}
	var err error
	if row.Labels, err = normalLabels(row.Labels); err != nil {
		return err
	}
	row.HostMetadata, err = freeObject(row.HostMetadata, "host_metadata")
	return err
}

// normalKept does so with what people keep about a host.
func normalKept(row *models.Host) error {
	if row.Criticality == "" {
		row.Criticality = models.SeverityMedium
	}
	if !slices.Contains(models.CaseSeverities(), row.Criticality) {
		return fault.InvalidField("criticality", "must be one of %s", strings.Join(models.CaseSeverities(), ", "))
	}
	row.Owner = strings.TrimSpace(row.Owner)
	if p := models.TextProblem(row.Owner, maxHostText); p != "" {
		return fault.InvalidField("owner", "%s", p)
	}
	if p := longTextProblem(row.Notes, maxHostNotes); p != "" {
		return fault.InvalidField("notes", "%s", p)
	}
	return nil
}

// normalLabels trims, sorts and removes repetitions.
func normalLabels(labels []string) ([]string, error) {
	out := make([]string, 0, len(labels))
	for _, l := range labels {
		l = strings.TrimSpace(l)
		if l == "" {
			return nil, fault.InvalidField("labels", "a label must not be empty")
		}
		if p := models.TextProblem(l, maxLabelLength); p != "" {
			return nil, fault.InvalidField("labels", "a label %s", p)
		}
		out = append(out, l)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > maxLabels {
		return nil, fault.InvalidField("labels", "a host has at most %d labels", maxLabels)
	}
	return out, nil
}

// freeObject checks a JSON object of the caller's own shape and gives its canonical form.
func freeObject(raw json.RawMessage, location string) (json.RawMessage, error) {
	if len(raw) == 0 {
		return json.RawMessage(`{}`), nil
	}
	if len(raw) > maxFreeMetadata {
		return nil, fault.InvalidField(location, "is larger than %d KiB", maxFreeMetadata>>10)
	}
	f := readFreeJSON(raw)
	if f.fault != "" {
		return nil, fault.InvalidField(location, "%s", f.fault)
	}
	if f.nuls > 0 {
		return nil, fault.InvalidField(location, "holds the character U+0000, which can't be stored")
	}
	return f.canonical()
}

// mergeObjects lays the fields of change over those of base; both are canonical objects.
func mergeObjects(base, change json.RawMessage) (json.RawMessage, error) {
	into := readFreeJSON(base)
	from := readFreeJSON(change)
	if into.fault != "" || from.fault != "" {
		return nil, fault.InvalidField("host_metadata", "must be a JSON object")
	}
	maps.Copy(into.object, from.object)
	return into.canonical()
}

// sameHost says whether two states of a host differ in nothing but when it was seen.
func sameHost(a, b *models.Host) bool {
	return a.Hostname == b.Hostname && a.IPAddress == b.IPAddress && a.OS == b.OS && deref(a.ClientID) == deref(b.ClientID) &&
		a.ThreatScore == b.ThreatScore && a.Online == b.Online && a.Isolation == b.Isolation && a.Criticality == b.Criticality &&
		a.Owner == b.Owner && a.Notes == b.Notes && slices.Equal(a.Labels, b.Labels) &&
		sameObject(a.HostMetadata, b.HostMetadata, "host_metadata") && sameObject(a.CustomFields, b.CustomFields, "custom_fields")
}

// sameObject compares JSON objects by what they hold.
func sameObject(a, b json.RawMessage, location string) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, errX := freeObject(a, location)
	y, errY := freeObject(b, location)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
