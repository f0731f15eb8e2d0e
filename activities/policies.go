package activities

import (
	"time"

	"github.com/velocicompanion/velocicompanion/playbooks"
)

// Timeouts of one attempt.
const (
	databaseTimeout = 20 * time.Second
	outsideTimeout  = 30 * time.Second
)

// databaseRetry outlasts a database that restarts: what a user did wrong is never tried again anyway.
func databaseRetry() playbooks.RetryPolicy {
	return playbooks.RetryPolicy{MaxAttempts: 12, InitialInterval: 200 * time.Millisecond, Backoff: 2, MaxInterval: 15 * time.Second}
}

// outsideRetry gives another system half a minute to come back.
func outsideRetry() playbooks.RetryPolicy {
	return playbooks.RetryPolicy{MaxAttempts: 5, InitialInterval: 2 * time.Second, Backoff: 2, MaxInterval: 30 * time.Second}
}
