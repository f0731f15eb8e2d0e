package fleet

import (
	"regexp"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// Why an endpoint failed.
const (
	kindTimeout    = "timeout"
	kindOffline    = "offline"
	kindRefused    = "refused"
	kindEndpoint   = "endpoint"
	kindPermission = "permission"
	kindGone       = "gone"
	kindServerDown = "server_down"
	kindCancelled  = "cancelled"
	kindSilent     = "silent"
	kindExpired    = "expired"
)

// endpointKind names why a flow failed, by the words of the endpoint.
func endpointKind(words string) string {
	low := strings.ToLower(words)
	has := func(signs ...string) bool {
		for _, s := range signs {
			if strings.Contains(low, s) {
				return true
			}
		}
		return false
	}
	switch {
	case has("cancelled", "canceled"):
		return kindCancelled
	case has("timed out", "timeout", "deadline"):
		return kindTimeout
	case has("permission", "access is denied", "not permitted", "acl"):
		return kindPermission
	default:
		return kindEndpoint
	}
}

const (
	causeMost = 160
	wordsMost = 1000
)

// variable is what differs between endpoints that fail for one reason: numbers, hexadecimal ids, quoted texts and paths.
var variable = regexp.MustCompile(`"[^"]*"|'[^']*'|\b0x[0-9a-fA-F]+\b|\b[A-Z]\.[0-9a-fA-F]{8,}\S*|[A-Za-z]:\\\S+|(?:/[\w.\-]+){2,}|\b[0-9a-fA-F]{12,}\b|\d+`)

// causeOf makes one text of the words that endpoints fail with for one reason.
func causeOf(kind, words string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(words), "\n")
	return clipText(kind+": "+strings.Join(strings.Fields(variable.ReplaceAllString(first, "…")), " "), causeMost)
}

// clipText bounds a foreign text and makes it one that can be kept.
func clipText(s string, most int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// seenFlow is what a flow says of its endpoint.
func seenFlow(clientID string, f *velociraptor.Flow) store.HuntSeen {
	out := store.HuntSeen{
		ClientID: clipText(clientID, 100), FlowID: clipText(f.FlowID, 100), Status: models.HuntHostScheduled, Expected: f.Rows, StartedAt: whenSet(f.Started),
		ActiveAt: whenSet(f.Active),
	}
	fail := func(kind, words string) {
		out.ErrorKind, out.Error = kind, clipText(words, wordsMost)
		out.Cause = causeOf(kind, words)
	}
	switch f.State {
	case velociraptor.FlowFinished:
		out.Status = models.HuntHostDone
	case velociraptor.FlowError:
		words := f.Status
		if words == "" {
			words = "the endpoint failed and said nothing"
		}
		out.Status = models.HuntHostError
		fail(endpointKind(words), words)
	case velociraptor.FlowUnresponsive:
		out.Status = models.HuntHostError
		fail(kindSilent, "the endpoint stopped answering; it may come back")
		return out
	case velociraptor.FlowInProgress, velociraptor.FlowRunning:
		out.Status = models.HuntHostRunning
		return out
	default:
		return out
	}
	for _, name := range f.WithResults {
		out.Results = append(out.Results, clipText(name, 300))
	}
	if len(out.Results) > 0 {
		out.Status = models.HuntHostFetching // what failed may have left rows as well
	}
	return out
}

func whenSet(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
