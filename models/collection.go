package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// CollectionWaiting is a collection's status while its endpoint doesn't answer; the others are those of jobs.
const CollectionWaiting = "waiting"

// The phases of a collection, in their order.
const (
	CollectionLaunch = "launch" // the server is to start it
	CollectionFollow = "follow" // the endpoint is at work, or not yet
	CollectionRows   = "rows"   // its rows are brought in
	CollectionFiles  = "files"  // its files are fetched
	CollectionDone   = "done"
)

// Why a collection failed.
const (
	CollectionTimeout    = "timeout"     // the endpoint took too long
	CollectionOffline    = "offline"     // the endpoint didn't answer in time
	CollectionRefused    = "refused"     // the server refused it
	CollectionEndpoint   = "endpoint"    // it went wrong on the endpoint
	CollectionPermission = "permission"  // the server doesn't let us, or who asked may not
	CollectionGone       = "gone"        // the server no longer has the endpoint or the flow
	CollectionServerDown = "server_down" // the server could not be reached for too long
	CollectionArtifact   = "artifact"    // there is no such artifact, or its parameters are others
	CollectionInternal   = "internal"    // it could not be carried out on our side
)

// Collection is one artifact collected from one endpoint.
type Collection struct {
	bun.BaseModel `bun:"table:collections,alias:co"`

	ID             int64           `bun:",pk,autoincrement"`
	TenantID       int64           `bun:",notnull"`
	HostID         *int64          // nil: the host is gone, or the endpoint is not known yet
	ClientID       string          `bun:",notnull"`
	ArtifactName   string          `bun:",notnull"`
	Parameters     json.RawMessage `bun:"type:jsonb,notnull"` // texts by name
	TimeoutSeconds int             `bun:",notnull"`           // on the endpoint; 0: the artifact's own
	MaxRows        int64           `bun:",notnull"`           // 0: the server's own
	WaitSeconds    int             `bun:",notnull"`           // how long an endpoint is waited for that doesn't answer
	FlowID         string          `bun:",notnull"`
	Status         string          `bun:",notnull"`
	Phase          string          `bun:",notnull"`
	Error          string          `bun:",notnull"`
	ErrorKind      string          `bun:",notnull"`
	Reason         string          `bun:",notnull"` // why it goes no further just now
	FlowState      string          `bun:",notnull"` // the server's word
	FlowWords      string          `bun:",notnull"` // the endpoint's, where it failed
	FlowStartedAt  *time.Time
	LastSeen       *time.Time // the endpoint's last sign of life
	Sources        []string   `bun:",array,notnull"` // that have rows: Artifact or Artifact/Source
	SourceAt       int        `bun:",notnull"`       // the cursor: rows of the sources before this one are here,
	RowAt          int64      `bun:",notnull"`       // and of this one the rows before this one
	RowsFound      int64      `bun:",notnull"`       // that the server has
	Rows           int64      `bun:",notnull"`       // that were brought in
	RowsNew        int64      `bun:",notnull"`       // of them, those that were not known
	RowsBad        int64      `bun:",notnull"`       // that can't be kept
	BadReason      string     `bun:",notnull"`       // of the first of them
	Indicators     int64      `bun:",notnull"`       // that were not known
	Files          int        `bun:",notnull"`       // that the endpoint sent
	FilesKept      int        `bun:",notnull"`
	FilesListed    bool       `bun:",notnull"`
	Attempt        int        `bun:",notnull"` // a retry is the next
	Polls          int        `bun:",notnull"` // looks since something changed
	LeaseUntil     *time.Time // somebody is asking the server to start it
	ServerAwayAt   *time.Time // since when the server can't be reached
	Checked        bool       `bun:",notnull"` // the artifact was checked for whom it is collected
	Role           string     `bun:",notnull"` // his role when he asked
	ExecutionID    *int64     // the run whose step waits for it
	StepKey        string     `bun:",notnull"`
	Causation      []string   `bun:",array,notnull"` // ids of the events that led to that run
	CreatedBy      *int64     // may be of another tenant: a visitor
	Username       string     `bun:",notnull"`
	CreatedAt      time.Time  `bun:",nullzero,default:now()"`
	LaunchedAt     *time.Time
	StartedAt      *time.Time // the endpoint began
	FinishedAt     *time.Time

	Hostname string `bun:",scanonly"`
}

// SourceKey names the observations' source of one of the collection's sources.
func (c *Collection) SourceKey(source string) string {
	return "flow:" + c.ClientID + ":" + c.FlowID + ":" + source
}

// Progress is how far it is, from 0 to 1: waiting for the endpoint is the first tenth, bringing rows in the rest.
func (c *Collection) Progress() float64 {
	switch {
	case c.Status == JobCompleted:
		return 1
	case c.Phase == CollectionLaunch || c.Phase == CollectionFollow:
		return 0
	case c.RowsFound <= 0:
		return 0.1
	default:
		return 0.1 + 0.8*min(1, float64(c.Rows+c.RowsBad)/float64(c.RowsFound))
	}
}

// Statuses of a collection's files.
const (
	FilePending  = "pending"
	FileKept     = "kept"
	FileTooLarge = "too_large" // above our limit: it stays on the server
	FileFailed   = "failed"
	FileNotKept  = "not_kept" // this installation keeps no files
)

// CollectionFile is a file that a collection brought.
type CollectionFile struct {
	bun.BaseModel `bun:"table:collection_files,alias:cf"`

	ID           int64     `bun:",pk,autoincrement"`
	TenantID     int64     `bun:",notnull"`
	CollectionID int64     `bun:",notnull"`
	Number       int       `bun:",notnull"` // its place in the server's list
	Path         string    `bun:",notnull"` // on the endpoint
	Size         int64     `bun:",notnull"` // bytes, as the server says
	Components   []string  `bun:",array,notnull"`
	Status       string    `bun:",notnull"`
	Error        string    `bun:",notnull"`
	Attempts     int       `bun:",notnull"`
	FileRef      string    `bun:",notnull"`
	KeptSize     int64     `bun:",notnull"` // bytes that are here
	SHA256       string    `bun:"sha256,notnull"`
	CreatedAt    time.Time `bun:",nullzero,default:now()"`
}
