package outbox

import (
	"context"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// errUnknownKind is a row from a newer version: some other process may know what to do with it.
var errUnknownKind = fault.New(fault.Unavailable, "this version knows no such kind of outbox row")

// The pauses before a row is tried again.
const (
	firstPause    = 100 * time.Millisecond
	temporalPause = 2 * time.Second // at most, while Temporal is down: a run starts soon after it is back
	longestPause  = time.Minute     // at most, for anything else
)

// settle counts a row whose work is done, which removed it, and puts one off that could not be worked on.
func (d *Dispatcher) settle(ctx context.Context, row models.OutboxRow, err error) {
	if err == nil {
		d.p.Observe(Delivered, 1)
		return
	}
	if ctx.Err() != nil {
		return
	}
	d.p.Observe(Retried, 1)
	most := longestPause
	if fault.Is(err, fault.Unavailable) {
		most = temporalPause
	}
	pause := min(firstPause<<min(row.Attempts, 12), most)
	d.p.Log.WarnContext(ctx, "an outbox row is put off", "tenant_id", row.TenantID, "outbox_id", row.ID, "kind", row.Kind,
		"attempts", row.Attempts, "pause", pause.String(), "error", err)
	if err := d.p.Store.System().DelayOutbox(ctx, row.ID, d.p.Clock.Now().Add(pause), fault.Safe(err)); err != nil {
		d.p.Log.WarnContext(ctx, "an outbox row could not be put off; its lease ends by itself", "outbox_id", row.ID, "error", err)
	}
}

// gate keeps rows that need Temporal in the table while it is down, instead of trying each in turn.
type gate struct {
	clock clock.Clock
	mu    sync.Mutex
	until time.Time
}

// gatePause is how long the gate stays shut after a call that found nobody.
const gatePause = time.Second

func (g *gate) closed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.clock.Now().Before(g.until)
}

// saw notes how a call to Temporal went.
func (g *gate) saw(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if fault.Is(err, fault.Unavailable) {
		g.until = g.clock.Now().Add(gatePause)
	} else {
		g.until = time.Time{}
	}
}
