package models

import (
	"time"

	"github.com/uptrace/bun"
)

// How a hunt is carried out.
const (
	HuntByServer      = "hunt"        // as a hunt of the server's
	HuntByCollections = "collections" // as a collection of ours for each endpoint: for limits that a hunt of the server's would drop
)

// Until when a hunt is followed.
const (
	HuntUntilIdle    = "idle"    // all that is online has answered and nothing new comes
	HuntUntilExpires = "expires" // to its expiry, for those that come online later
)

// HuntWaiting is the status of a hunt that can't go on for now: it is paused, or the server is away. The others are a job's.
const HuntWaiting = "waiting"

// Why a hunt ended.
const (
	HuntEndedDone    = "done"
	HuntEndedExpired = "expired"
	HuntEndedStopped = "stopped"
	HuntEndedFailed  = "failed"
)

// Where an endpoint of a hunt stands.
const (
	HuntHostPending   = "pending"   // we are to start a collection on it
	HuntHostLaunching = "launching" // we have begun to
	HuntHostScheduled = "scheduled" // the server has handed it out, or waits for the endpoint
	HuntHostRunning   = "running"
	HuntHostFetching  = "fetching" // it is over; its rows are being read
	HuntHostDone      = "done"
	HuntHostError     = "error"
)

// HuntStatuses lists a hunt's statuses.
func HuntStatuses() []string {
	return []string{JobQueued, JobRunning, HuntWaiting, JobCancelling, JobCompleted, JobFailed, JobCancelled}
}

// HuntHostStatuses lists the statuses of an endpoint of a hunt.
func HuntHostStatuses() []string {
	return []string{HuntHostPending, HuntHostLaunching, HuntHostScheduled, HuntHostRunning, HuntHostFetching, HuntHostDone, HuntHostError}
}

// Hunt is artifacts collected from many endpoints.
type Hunt struct {
	bun.BaseModel `bun:"table:hunts,alias:hu"`

	ID             int64                        `bun:",pk,autoincrement"`
	TenantID       int64                        `bun:",notnull"`
	Key            string                       `bun:",notnull"` // stands in the server's description
	HuntID         string                       `bun:"hunt_id,notnull"`
	Mode           string                       `bun:",notnull"`
	Description    string                       `bun:",notnull"`
	Artifacts      []string                     `bun:",array,notnull"`
	Parameters     map[string]map[string]string `bun:"type:jsonb,notnull"` // artifact → parameter → value
	OS             string                       `bun:"os,notnull"`
	IncludeLabels  []string                     `bun:",array,notnull"`
	ExcludeLabels  []string                     `bun:",array,notnull"`
	HostIDs        []int64                      `bun:"host_ids,array,notnull"`
	ClientLimit    int                          `bun:",notnull"`
	TimeoutSeconds int                          `bun:",notnull"`
	MaxRows        int                          `bun:",notnull"`
	Until          string                       `bun:",notnull"`
	Paused         bool                         `bun:",notnull"`
	Status         string                       `bun:",notnull"`
	Ended          string                       `bun:",notnull"`
	Error          string                       `bun:",notnull"` // why it failed, or what it waits for
	ErrorKind      string                       `bun:",notnull"`
	Targets        int                          `bun:",notnull"` // hosts that it was about when it began
	Online         int                          `bun:",notnull"` // of them

	HuntCounts

	AskedAt      *time.Time
	ListFrom     int64 `bun:",notnull"` // -1: no look at the server's list is under way
	ListedAt     *time.Time
	ListedMS     int64  `bun:"listed_ms,notnull"`
	ListedState  string `bun:",notnull"`
	PassedAt     *time.Time
	ServerState  string `bun:",notnull"`
	StoppedAt    *time.Time
	ChangedAt    *time.Time
	WokenAt      *time.Time
	TroubleSince *time.Time
	Tries        int    `bun:",notnull"` // in vain, in a row
	ScheduleID   *int64 `bun:"schedule_id"`
	ScheduledAt  *time.Time
	ExecutionID  *int64    `bun:"execution_id"`
	StepKey      string    `bun:",notnull"`
	Causation    []string  `bun:",array,notnull"`
	Attempt      int       `bun:",notnull"`
	CreatedBy    *int64    `bun:"created_by"` // may be of another tenant: a visitor
	Username     string    `bun:",notnull"`
	CreatedAt    time.Time `bun:",nullzero,default:now()"`
	StartedAt    *time.Time
	ExpiresAt    time.Time `bun:",notnull"`
	FinishedAt   *time.Time
}

// HuntCounts say what came of a hunt so far.
type HuntCounts struct {
	Scheduled     int    `bun:",notnull"` // endpoints
	Running       int    `bun:",notnull"` // of them, not finished
	Finished      int    `bun:",notnull"` // of them, errors included
	Errors        int    `bun:",notnull"`
	Rows          int64  `bun:",notnull"`
	RowsNew       int64  `bun:",notnull"`
	RowsRefused   int64  `bun:",notnull"`
	RefusedReason string `bun:",notnull"`
	Indicators    int    `bun:",notnull"`
}

// Progress is how far a hunt is, 0 to 1, measured by the endpoints that have it or should.
func (h *Hunt) Progress() float64 {
	all := max(h.Scheduled, h.Online)
	switch {
	case h.Status == JobCompleted:
		return 1
	case all == 0:
		return 0
	}
	return float64(h.Finished) / float64(all)
}

// Counters are the counts as they are told beside the progress.
func (h *Hunt) Counters() map[string]int64 {
	return map[string]int64{
		"scheduled": int64(h.Scheduled), "running": int64(h.Running), "finished": int64(h.Finished), "errors": int64(h.Errors),
		"rows": h.Rows, "rows_new": h.RowsNew, "rows_refused": h.RowsRefused, "indicators": int64(h.Indicators),
	}
}

// HuntHost is what a hunt does on one endpoint.
type HuntHost struct {
	bun.BaseModel `bun:"table:hunt_hosts,alias:hh"`

	TenantID  int64    `bun:",pk"`
	HuntID    int64    `bun:"hunt_id,pk"`
	ClientID  string   `bun:"client_id,pk"`
	HostID    *int64   `bun:"host_id"`
	FlowID    string   `bun:"flow_id,notnull"`
	Own       bool     `bun:",notnull"`
	Status    string   `bun:",notnull"`
	ErrorKind string   `bun:",notnull"`
	Error     string   `bun:",notnull"`
	Cause     string   `bun:",notnull"`
	Results   []string `bun:",array,notnull"`
	Reading   int      `bun:",notnull"`
	NextRow   int64    `bun:",notnull"`
	Rows      int64    `bun:",notnull"`
	Refused   int64    `bun:",notnull"`
	Expected  int64    `bun:",notnull"`
	Tries     int      `bun:",notnull"`
	Polls     int      `bun:",notnull"`
	PollAt    *time.Time
	StartedAt *time.Time
	ActiveAt  *time.Time
	UpdatedAt time.Time `bun:",notnull"`

	Hostname string `bun:",scanonly"`
	Online   bool   `bun:",scanonly"`
}

// HuntSource is where the rows of one artifact of a hunt are.
type HuntSource struct {
	bun.BaseModel `bun:"table:hunt_sources,alias:hs"`

	TenantID int64  `bun:",pk"`
	HuntID   int64  `bun:"hunt_id,pk"`
	Artifact string `bun:",pk"`
	SourceID int64  `bun:"source_id,notnull"`
	Rows     int64  `bun:",notnull"`
}

// HuntCause is one cause of errors of a hunt.
type HuntCause struct {
	Cause     string
	ErrorKind string
	Example   string // the words of one of the endpoints
	Hosts     int
	ClientIDs []string `bun:"client_ids,array"` // the first of them
	Hostnames []string `bun:",array"`
	HostIDs   []int64  `bun:"host_ids,array"` // 0 where it is none of ours
}
