package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	maxCollectionError = 1000 // characters of a foreign text
	serverAwayAtMost   = 24 * time.Hour
	toldAtMost         = time.Minute // a server that is away is told of a cancellation for so long
	longestRetry       = 30 * time.Second
)

// collectionText makes a foreign text fit for a row: valid, without NUL, bounded.
func collectionText(s string, most int) string {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""))
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return s
}

// isOfServer says whether a fault is about the Velociraptor server rather than our database.
func isOfServer(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && strings.HasPrefix(f.StableCode(), "velociraptor_")
}

// trouble decides about what the server said instead of an answer: it is waited for, or the collection fails with the cause.
func (c *collecting) trouble(ctx context.Context, err error) (time.Duration, error) {
	kind, passes := collectionCause(err)
	text := fault.Safe(err)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind != fault.Internal {
		text = f.Message
	}
	if !passes {
		if c.row.Status == models.JobCancelling {
			return 0, c.end(ctx, store.CollectionEnd{Status: models.JobCancelled, Error: c.row.Reason})
		}
		return 0, c.fail(ctx, kind, text)
	}
	since := c.s.p.Clock.Now()
	if c.row.ServerAwayAt != nil {
		since = *c.row.ServerAwayAt
	}
	gone := c.s.p.Clock.Now().Sub(since)
	switch {
	case c.row.Status == models.JobCancelling && gone >= toldAtMost:
		reason := c.row.Reason + " (the Velociraptor server could not be told; the endpoint may still collect)"
		return 0, c.end(ctx, store.CollectionEnd{Status: models.JobCancelled, Error: strings.TrimSpace(reason)})
	case gone >= min(serverAwayAtMost, time.Duration(c.row.WaitSeconds)*time.Second):
		return 0, c.fail(ctx, models.CollectionServerDown, fmt.Sprintf("the Velociraptor server has been away since %s: %s", since.UTC().Format(time.RFC3339), text))
	}
	return c.away(ctx, since, text)
}

// away notes why it goes no further, for those who watch, and says when to try again.
func (c *collecting) away(ctx context.Context, since time.Time, text string) (time.Duration, error) {
	row, err := c.t.ChangeCollection(ctx, c.row.ID, c.row.Attempt, func(_ context.Context, tx *store.Tenant, row *models.Collection) error {
		row.ServerAwayAt = &since
		row.Polls++
		if row.Status != models.JobCancelling {
			row.Reason = collectionText(text, maxCollectionError)
		}
		if row.LeaseUntil != nil {
			row.LeaseUntil = &since // whoever held it knows that it didn't come through, or can't know: the next one looks
		}
		if c.tell {
			tx.TellCollection(row)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	c.row = row
	return min(500*time.Millisecond<<min(row.Polls, 10), longestRetry), nil
}

// collectionCause names why the server did not do what it was asked; passes says that another try makes sense.
func collectionCause(err error) (kind string, passes bool) {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return models.CollectionServerDown, true
	}
	words := strings.ToLower(f.Error())
	switch code := f.StableCode(); {
	case code == store.CodeNotConfigured:
		return models.CollectionRefused, false
	case code == CodeArtifactUnknown:
		return models.CollectionArtifact, false
	case code == CodeArtifactNotAllowed || code == CodeArtifactNeedsAdmin:
		return models.CollectionPermission, false
	case code == velociraptor.CodeDenied || code == velociraptor.CodeNoUser || code == velociraptor.CodeNoOrg:
		return models.CollectionPermission, false
	case f.Kind == fault.NotFound:
		return models.CollectionGone, false
	case f.Kind == fault.Invalid && len(f.Fields) > 0:
		return models.CollectionArtifact, false
	case f.Kind == fault.Invalid && (strings.Contains(words, "client id") || strings.Contains(words, "notfound") || strings.Contains(words, "not known")):
		return models.CollectionGone, false
	case f.Kind == fault.Invalid && strings.Contains(words, "artifact"):
		return models.CollectionArtifact, false
	case f.Kind == fault.Invalid, f.Kind == fault.Forbidden, f.Kind == fault.TooLarge, f.Kind == fault.Conflict:
		return models.CollectionRefused, false
	default:
		return models.CollectionServerDown, true
	}
}

// endpointEnd is how a collection ends whose flow is over and whose rows and files are here.
func endpointEnd(row *models.Collection) store.CollectionEnd {
	if row.FlowState == string(velociraptor.FlowFinished) {
		return store.CollectionEnd{Status: models.JobCompleted}
	}
	words := cmp.Or(row.FlowWords, "the endpoint says nothing about it")
	low := strings.ToLower(words)
	switch {
	case strings.Contains(low, "cancelled by") || strings.Contains(low, "canceled by"):
		return store.CollectionEnd{Status: models.JobCancelled, Error: "cancelled on the Velociraptor server: " + words}
	case strings.Contains(low, "timed out") || strings.Contains(low, "timeout"):
		return store.CollectionEnd{Status: models.JobFailed, ErrorKind: models.CollectionTimeout, Error: "the endpoint took too long: " + words}
	case strings.Contains(low, "permission") || strings.Contains(low, "access is denied"):
		return store.CollectionEnd{Status: models.JobFailed, ErrorKind: models.CollectionPermission, Error: "the endpoint was not allowed: " + words}
	default:
		return store.CollectionEnd{Status: models.JobFailed, ErrorKind: models.CollectionEndpoint, Error: "it failed on the endpoint: " + words}
	}
}
