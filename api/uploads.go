package api

import "sync"

// uploads bounds how many uploads a tenant has under way at once in this process: each costs some megabytes. The zero value
// is ready.
type uploads struct {
	mu    sync.Mutex
	count map[int64]int // by tenant
}

// enter says whether there is room for another, and takes it.
func (u *uploads) enter(tenantID int64) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count == nil {
		u.count = map[int64]int{}
	}
	if u.count[tenantID] >= maxUploads {
		return false
	}
	u.count[tenantID]++
	return true
}

func (u *uploads) leave(tenantID int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count[tenantID]--; u.count[tenantID] == 0 {
		delete(u.count, tenantID)
	}
}
