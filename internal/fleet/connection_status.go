package fleet

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	notedEvery = time.Minute     // a status that stays the same
	noteWithin = 5 * time.Second // what the row waits for
	noteAgain  = 50 * time.Millisecond
)

// noted is what the row of a tenant's connection was last told.
type noted struct {
	version int
	status  string
	reason  string
	at      time.Time
}

// note has the row say what a call showed: at once where that is new, each minute where it is as before. It is done beside
// the call, which may hold a transaction.
func (c *Connections) note(row *models.VelociraptorConfig, err error) {
	status, reason := statusOf(err)
	if status == "" {
		return
	}
	now := c.p.Clock.Now()
	next := noted{version: row.Version, status: status, reason: reason, at: now}
	c.mu.Lock()
	last := c.noted[row.TenantID]
	same := last.version == next.version && last.status == next.status && last.reason == next.reason
	if same && now.Sub(last.at) < notedEvery || last.version > next.version || c.alive.Err() != nil {
		c.mu.Unlock()
		return
	}
	c.noted[row.TenantID] = next
	c.mu.Unlock()
	c.work.Go(func() { c.write(row.TenantID, next) })
}

// write has the row say it, as soon as nobody changes the row; what is noted meanwhile takes its place.
func (c *Connections) write(tenant int64, n noted) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.alive), noteWithin)
	defer cancel()
	done, err := c.tryWrite(ctx, tenant, n)
	for !done && err == nil && clock.Sleep(ctx, noteAgain) == nil {
		done, err = c.tryWrite(ctx, tenant, n)
	}
	if err != nil {
		c.p.Log.WarnContext(ctx, "the status of a Velociraptor server is not on record", slog.Int64("tenant_id", tenant), slog.String("error", err.Error()))
	}
}

// tryWrite writes one thing after the other, so that the last that was noted is what stays.
func (c *Connections) tryWrite(ctx context.Context, tenant int64, n noted) (done bool, err error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	newest := c.noted[tenant] == n
	c.mu.Unlock()
	if !newest {
		return true, nil
	}
	return c.p.Store.Tenant(tenant).NoteVelociraptorStatus(ctx, store.VelociraptorStatus{Version: n.version, Status: n.status, Error: n.reason, At: n.at})
}

// statusOf says what a call's error tells of the connection; "": nothing. The reason is fit for the tenant's people.
func statusOf(err error) (status, reason string) {
	if err == nil {
		return models.VelociraptorConnected, ""
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return "", ""
	}
	switch f.StableCode() {
	case "certificate_expired":
		return models.VelociraptorExpired, f.Message
	case velociraptor.CodeDenied, velociraptor.CodeNoUser, velociraptor.CodeNoOrg:
		return models.VelociraptorRefused, f.Message
	case velociraptor.CodeReplaced, velociraptor.CodeTimeout: // of one question: the server may be there all the same
		return "", ""
	}
	if f.Kind == fault.Unavailable {
		return models.VelociraptorUnreachable, f.Message
	}
	return "", ""
}
