package models

import (
	"time"

	"github.com/uptrace/bun"
)

// The phases of a batch.
const (
	BatchReceiving  = "receiving"  // its lines arrive
	BatchProcessing = "processing" // its lines are brought in
	BatchDone       = "done"
)

// BatchFormats lists how a batch may be written; auto: as its content tells.
func BatchFormats() []string { return []string{"auto", "ndjson", "json", "csv", "zip", "evtx"} }

// Batch is one bulk ingestion.
type Batch struct {
	bun.BaseModel `bun:"table:ingestion_batches,alias:ib"`

	ID             int64  `bun:",pk,autoincrement"`
	TenantID       int64  `bun:",notnull"`
	Status         string `bun:",notnull"` // of a job
	Phase          string `bun:",notnull"`
	Filename       string `bun:",notnull"`
	Source         string `bun:",notnull"` // of lines that name none
	Format         string `bun:",notnull"`
	Hostname       string `bun:",notnull"` // with ClientID: the host of lines that name none
	ClientID       string `bun:"client_id,notnull"`
	ExpectedBytes  int64  `bun:",notnull"` // as announced; 0: not
	Error          string `bun:",notnull"`
	ErrorCode      string `bun:"error_kind,notnull"`
	ContentHash    []byte `bun:",nullzero"` // SHA-256 of what came
	Fingerprint    []byte `bun:",nullzero"` // of content and parameters
	IdempotencyKey *string
	Attempt        int       `bun:",notnull"`
	CreatedBy      *int64    `bun:"created_by"`
	CreatedAt      time.Time `bun:",nullzero,default:now()"`
	HeardAt        time.Time `bun:",nullzero,default:now()"`
	StartedAt      *time.Time
	FinishedAt     *time.Time

	BatchCounts
}

// BatchCounts say what came of a batch so far.
type BatchCounts struct {
	Bytes        int64 `bun:",notnull"`
	Lines        int64 `bun:",notnull"`
	Processed    int64 `bun:",notnull"` // accepted and rejected
	Accepted     int64 `bun:",notnull"`
	Rejected     int64 `bun:",notnull"`
	ErrorsKept   int64 `bun:",notnull"`
	Mended       int64 `bun:",notnull"` // lines kept with characters replaced
	Rows         int64 `bun:",notnull"`
	RowsNew      int64 `bun:",notnull"`
	Indicators   int64 `bun:",notnull"` // that were not known
	HostsCreated int64 `bun:",notnull"`
	HostsUpdated int64 `bun:",notnull"`
}

// Progress is how far a batch is, 0 to 1: its arrival is the first quarter.
func (b *Batch) Progress() float64 {
	const arrival = 0.25
	switch {
	case b.Status == JobCompleted:
		return 1
	case b.Phase == BatchReceiving && b.ExpectedBytes > 0:
		return arrival * min(float64(b.Bytes)/float64(b.ExpectedBytes), 1)
	case b.Phase == BatchReceiving || b.Lines == 0 || b.Fingerprint == nil:
		return 0
	}
	return arrival + (1-arrival)*float64(b.Processed)/float64(b.Lines)
}

// Counters are the counts as they are told beside the progress.
func (b *Batch) Counters() map[string]int64 {
	return map[string]int64{
		"bytes": b.Bytes, "lines": b.Lines, "accepted": b.Accepted, "rejected": b.Rejected, "rows": b.Rows, "rows_new": b.RowsNew,
		"indicators": b.Indicators, "hosts_created": b.HostsCreated, "hosts_updated": b.HostsUpdated,
	}
}

// BatchChunk is a part of a batch, packed.
type BatchChunk struct {
	bun.BaseModel `bun:"table:ingestion_chunks,alias:ic"`

	TenantID int64  `bun:",pk"`
	BatchID  int64  `bun:",pk"`
	Seq      int    `bun:",pk"`
	Lines    int    `bun:",notnull"`
	Data     []byte `bun:",notnull"`
}

// BatchError is a line of a batch that was not kept.
type BatchError struct {
	bun.BaseModel `bun:"table:ingestion_errors,alias:ie"`

	ID         int64  `bun:",pk,autoincrement"`
	TenantID   int64  `bun:",pk"`
	BatchID    int64  `bun:",pk"`
	Line       int64  `bun:",notnull"` // from 1; 0: of no line
	ByteOffset int64  `bun:",notnull"` // in the text, after decompression
	Member     string `bun:",notnull"` // of an archive
	Code       string `bun:"kind,notnull"`
	Reason     string `bun:",notnull"`
	Field      string `bun:",notnull"`
	Excerpt    string `bun:",notnull"`
	Raw        []byte // the whole line, as it came
}
