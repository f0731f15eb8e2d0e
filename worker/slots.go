package worker

import (
	"context"
	"errors"
	"sync"

	sdkworker "go.temporal.io/sdk/worker"
)

// slots bound what all tenants' workers of a process do at once, and what one tenant may take of it. Temporal's pollers
// reserve a slot before they poll, and hundreds of idle queues do so for ever: so a reservation counts only when it is
// used. Past the bound no poller goes on polling; those that were polling already may bring one task each.
type slots struct {
	total, perTenant int

	mu   sync.Mutex
	used int
	free chan struct{} // closed and replaced when a slot comes free
}

func newSlots(total, perTenant int) *slots {
	return &slots{total: total, perTenant: min(perTenant, total), free: make(chan struct{})}
}

// supplier is one tenant's share; a worker has one for activities of both sorts. want is what the tenant asks for, 0 for as
// much as there is.
func (s *slots) supplier(want int) *supplier { return &supplier{slots: s, most: s.share(want)} }

// share is what a tenant gets: never more than any tenant may.
func (s *slots) share(want int) int {
	if want <= 0 {
		return s.perTenant
	}
	return min(want, s.perTenant)
}

// supplier implements the SDK's SlotSupplier.
type supplier struct {
	slots *slots
	most  int // under slots.mu, as is used
	used  int
}

// resize changes a share while its worker works: tasks at work go on, and who waits looks again.
func (s *supplier) resize(want int) {
	s.slots.mu.Lock()
	defer s.slots.mu.Unlock()
	if most := s.slots.share(want); most != s.most {
		s.most = most
		s.slots.wake()
	}
}

var _ sdkworker.SlotSupplier = (*supplier)(nil)

// ReserveSlot waits until the process and the tenant have room.
func (s *supplier) ReserveSlot(ctx context.Context, _ sdkworker.SlotReservationInfo) (*sdkworker.SlotPermit, error) {
	for {
		s.slots.mu.Lock()
		room, free := s.room(), s.slots.free
		s.slots.mu.Unlock()
		if room {
			return &sdkworker.SlotPermit{UserData: new(permit)}, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-free:
		}
	}
}

// TryReserveSlot gives a slot at once or not at all.
func (s *supplier) TryReserveSlot(sdkworker.SlotReservationInfo) *sdkworker.SlotPermit {
	s.slots.mu.Lock()
	defer s.slots.mu.Unlock()
	if !s.room() {
		return nil
	}
	return &sdkworker.SlotPermit{UserData: new(permit)}
}

// permit tells a slot that is used from one that is only reserved.
type permit struct{ used bool }

func (s *supplier) room() bool {
	return s.slots.used < s.slots.total && s.used < s.most
}

// MarkSlotUsed counts a task that begins.
func (s *supplier) MarkSlotUsed(info sdkworker.SlotMarkUsedInfo) {
	p, ok := info.Permit().UserData.(*permit)
	if !ok {
		return
	}
	s.slots.mu.Lock()
	defer s.slots.mu.Unlock()
	if !p.used {
		p.used = true
		s.used++
		s.slots.used++
	}
}

// ReleaseSlot counts a task that ended, and wakes who waits.
func (s *supplier) ReleaseSlot(info sdkworker.SlotReleaseInfo) {
	p, ok := info.Permit().UserData.(*permit)
	if !ok {
		return
	}
	s.slots.mu.Lock()
	defer s.slots.mu.Unlock()
	if !p.used {
		return
	}
	p.used = false
	s.used--
	s.slots.used--
	s.slots.wake()
}

// wake has everybody who waits for a slot look again. The lock is held.
func (s *slots) wake() {
	close(s.free)
	s.free = make(chan struct{})
}

// MaxSlots is unknown to the SDK: the bound is shared.
func (s *supplier) MaxSlots() int { return 0 }

// tuner makes a worker's own: workflow tasks as the SDK does it, activities of both sorts under the shared bound.
func tuner(share *supplier) (sdkworker.WorkerTuner, error) {
	tasks, err1 := sdkworker.NewFixedSizeSlotSupplier(workflowTasks)
	nexus, err2 := sdkworker.NewFixedSizeSlotSupplier(1)
	session, err3 := sdkworker.NewFixedSizeSlotSupplier(1)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	return sdkworker.NewCompositeTuner(sdkworker.CompositeTunerOptions{
		WorkflowSlotSupplier: tasks, ActivitySlotSupplier: share, LocalActivitySlotSupplier: share,
		NexusSlotSupplier: nexus, SessionActivitySlotSupplier: session,
	})
}

// workflowTasks is how many workflow tasks of one tenant are worked on at once.
const workflowTasks = 100
