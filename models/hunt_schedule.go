package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// What a schedule does when its time comes while the run before is at work.
const (
	OverlapSkip      = "skip"       // nothing
	OverlapBufferOne = "buffer_one" // it starts when that is over; further ones are skipped
	OverlapAllowAll  = "allow_all"  // it starts
)

// Where a run of a schedule stands; once it is started, its hunt says the rest.
const (
	ScheduledWaiting = "waiting" // for the run before
	ScheduledStarted = "started"
	ScheduledSkipped = "skipped"
	ScheduledFailed  = "failed" // no hunt came of it
)

// HuntSchedule is a hunt that is started again and again.
type HuntSchedule struct {
	bun.BaseModel `bun:"table:hunt_schedules,alias:hsc"`

	ID             int64           `bun:",pk,autoincrement"`
	TenantID       int64           `bun:",notnull"`
	Name           string          `bun:",notnull"`
	Hunt           json.RawMessage `bun:"type:jsonb,notnull"`
	Cron           string          `bun:",notnull"` // five fields; empty: every EverySeconds
	EverySeconds   int             `bun:",notnull"`
	Anchor         time.Time       `bun:",notnull"` // from which EverySeconds are counted
	Timezone       string          `bun:",notnull"`
	Overlap        string          `bun:",notnull"`
	JitterSeconds  int             `bun:",notnull"`
	Paused         bool            `bun:",notnull"`
	Note           string          `bun:",notnull"`
	Version        int             `bun:",notnull"` // grows with each change
	AppliedVersion int             `bun:",notnull"` // what Temporal has
	AppliedPaused  bool            `bun:",notnull"`
	OwnerID        *int64          // whom its hunts act as; may be of another tenant: a visitor
	Owner          string          `bun:",notnull"`
	CreatedAt      time.Time       `bun:",nullzero,default:now()"`
	UpdatedAt      time.Time       `bun:",nullzero,default:now()"`

	TenantStatus string `bun:"tenant_status,scanonly"`
}

// HuntScheduleRun is one time of a schedule, with what came of it.
type HuntScheduleRun struct {
	bun.BaseModel `bun:"table:hunt_schedule_runs,alias:hsr"`

	ID          int64     `bun:",pk,autoincrement"`
	TenantID    int64     `bun:",notnull"`
	ScheduleID  int64     `bun:",notnull"`
	ScheduledAt time.Time `bun:",notnull"`
	ByHand      bool      `bun:",notnull"`
	Status      string    `bun:",notnull"`
	HuntID      *int64    // of ours
	Error       string    `bun:",notnull"`
	ToldAt      *time.Time
	CreatedAt   time.Time `bun:",nullzero,default:now()"`

	// Of the hunt.
	HuntStatus  string     `bun:"hunt_status,scanonly"`
	HuntError   string     `bun:"hunt_error,scanonly"`
	Rows        int64      `bun:"rows,scanonly"`
	RowsNew     int64      `bun:"rows_new,scanonly"`
	Hosts       int        `bun:"hosts,scanonly"`
	Errors      int        `bun:"errors,scanonly"`
	FinishedAt  *time.Time `bun:"finished_at,scanonly"`
	Description string     `bun:"description,scanonly"`
}

// AtWork says whether the run waits or its hunt has not ended.
func (r *HuntScheduleRun) AtWork() bool {
	return r.Status == ScheduledWaiting || r.Status == ScheduledStarted && r.HuntStatus != "" && !JobFinal(r.HuntStatus)
}
