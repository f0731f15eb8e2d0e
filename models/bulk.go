package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// What a bulk job acts on.
const (
	BulkHosts     = "hosts"
	BulkArtifacts = "artifacts"
	BulkCases     = "cases"
)

// What became of an item of a bulk job.
const (
	BulkItemPending = "pending"
	BulkItemDone    = "done"
	BulkItemFailed  = "failed"  // the row refused it, for the reason in Error
	BulkItemSkipped = "skipped" // there was nothing to do: the row is gone, or is so already
)

// BulkJob is one action on many rows.
type BulkJob struct {
	bun.BaseModel `bun:"table:bulk_jobs,alias:bj"`

	ID            int64           `bun:",pk,autoincrement"`
	TenantID      int64           `bun:",notnull"`
	Resource      string          `bun:",notnull"`
	Action        string          `bun:",notnull"`
	Params        json.RawMessage `bun:"type:jsonb,notnull"`
	Filter        json.RawMessage `bun:"type:jsonb,nullzero"` // as it was asked; nil where ids were
	Status        string          `bun:",notnull"`
	Total         int             `bun:",notnull"`
	Done          int             `bun:",notnull"`
	Failed        int             `bun:",notnull"`
	Skipped       int             `bun:",notnull"`
	Mark          int64           `bun:",notnull"` // items up to this row's id are decided
	Error         string          `bun:",notnull"`
	UndoOf        *int64          `bun:"undo_of"`
	CreatedBy     *int64          `bun:"created_by"` // of another tenant where VisitID is set
	Username      string          `bun:",notnull"`
	KeyID         *int64          `bun:"key_id"`
	VisitID       *int64          `bun:"visit_id"`
	FileRef       string          `bun:",notnull"`
	FileName      string          `bun:",notnull"`
	FileSize      int64           `bun:",notnull"`
	FileSHA256    string          `bun:"file_sha256,notnull"`
	FileExpiresAt *time.Time
	ItemsRemoved  bool      `bun:",notnull"`
	CreatedAt     time.Time `bun:",nullzero,default:now()"`
	StartedAt     *time.Time
	FinishedAt    *time.Time

	UndoneBy *int64 `bun:",scanonly"` // the job that undid or undoes this one
}

// Progress is how much of the job is decided, 0 to 1.
func (j *BulkJob) Progress() float64 {
	if j.Total == 0 || j.Status == JobCompleted {
		return 1
	}
	return float64(j.Done+j.Failed+j.Skipped) / float64(j.Total)
}

// BulkItem is one row that a job acts on.
type BulkItem struct {
	bun.BaseModel `bun:"table:bulk_items,alias:bi"`

	TenantID   int64           `bun:",pk"`
	JobID      int64           `bun:",pk"`
	ResourceID int64           `bun:",pk"`
	Name       string          `bun:",notnull"` // of the row when the job started
	Status     string          `bun:",notnull"`
	Error      string          `bun:",notnull"`
	Before     json.RawMessage `bun:"type:jsonb,nullzero"` // what the action changed, as it was
	After      json.RawMessage `bun:"type:jsonb,nullzero"` // and as it is since
}
