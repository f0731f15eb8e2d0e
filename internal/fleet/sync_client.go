package fleet

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of what a host takes over from a client.
const (
	clientLabels   = 50
	clientText     = 300
	clientMACs     = 20
	clientLabelMax = 100
	unnamedFor     = time.Hour // a client that has not told its name by then goes by its id
)

// agentFacts are what host_metadata.velociraptor holds.
type agentFacts struct {
	FQDN      string     `json:"fqdn,omitempty"`
	Hostname  string     `json:"hostname,omitempty"` // as the agent says, where it can't be the host's
	Release   string     `json:"release,omitempty"`
	Machine   string     `json:"machine,omitempty"`
	MACs      []string   `json:"mac_addresses,omitempty"`
	Agent     string     `json:"agent,omitempty"`
	FirstSeen *time.Time `json:"first_seen_at,omitempty"`
}

// clientSeen makes of an endpoint what a host is made of. One that enrolled a moment ago has no name yet: it is a sign of life
// only.
func clientSeen(e *velociraptor.Endpoint, now time.Time) store.ClientSeen {
	name, odd := clientName(e, now)
	facts := agentFacts{
		FQDN: clipFact(e.FQDN), Hostname: clipFact(odd), Release: clipFact(e.Release), Machine: clipFact(e.Machine), Agent: clipFact(e.Agent),
	}
	for _, mac := range e.MACs[:min(len(e.MACs), clientMACs)] {
		facts.MACs = append(facts.MACs, clipFact(mac))
	}
	slices.Sort(facts.MACs)
	if !e.FirstSeen.IsZero() {
		facts.FirstSeen = &e.FirstSeen
	}
	meta, _ := json.Marshal(map[string]agentFacts{"velociraptor": facts}) //nolint:errchkjson // texts and a time always are JSON
	ip, ok := models.CanonicalIP(e.LastIP)
	if !ok {
		ip = ""
	}
	sighting := store.Sighting{
		Hostname: name, ClientID: e.ClientID, IPAddress: ip, OS: clipFact(e.System), Labels: clientLabelsOf(e.Labels), HostMetadata: meta,
		Source: models.LabelOfServer, LabelOrigin: models.LabelOfServer,
	}
	digest := sightingDigest(&sighting)
	seen := e.LastSeen
	if seen.After(now) {
		seen = now // clocks differ
	}
	sighting.Online = !seen.IsZero() && now.Sub(seen) < store.OnlineFor
	sighting.FirstSeen, sighting.LastSeen = e.FirstSeen, seen
	return store.ClientSeen{Sighting: sighting, Digest: digest, SeenAt: seen}
}

// clientName is the name of a client's host; odd is what the agent says where that can't be one. Empty: not known yet.
func clientName(e *velociraptor.Endpoint, now time.Time) (name, odd string) {
	for _, said := range []string{e.Hostname, e.FQDN} {
		said = strings.TrimSuffix(strings.TrimSpace(said), ".")
		if said != "" && models.HostnameProblem(said) == "" {
			return said, ""
		}
	}
	said := strings.TrimSpace(e.Hostname + e.FQDN)
	if said == "" && now.Sub(e.FirstSeen) < unnamedFor {
		return "", ""
	}
	return e.ClientID, e.Hostname
}

// clientLabelsOf are those of the server's labels that a host can have, sorted.
func clientLabelsOf(labels []string) []string {
	out := make([]string, 0, len(labels))
	for _, l := range labels {
		l = strings.TrimSpace(l)
		if l != "" && models.TextProblem(l, clientLabelMax) == "" {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), clientLabels)]
}

// clipFact makes a text of the server's fit for a row: valid, without NUL, bounded.
func clipFact(s string) string { return clipText(strings.TrimSpace(s), clientText) }

func sightingDigest(s *store.Sighting) []byte {
	text, _ := json.Marshal([]any{s.Hostname, s.IPAddress, s.OS, s.Labels, s.HostMetadata}) //nolint:errchkjson // likewise
	sum := sha256.Sum256(text)
	return sum[:]
}
