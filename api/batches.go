package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// BatchBody is a bulk ingestion on the wire.
type BatchBody struct {
	ID           int64      `json:"id"`
	Status       string     `json:"status" enum:"queued,running,cancelling,completed,failed,cancelled"`
	Progress     float64    `json:"progress" doc:"0 to 1; its arrival is the first quarter"`
	Phase        string     `json:"phase" enum:"receiving,processing,done"`
	Filename     string     `json:"filename"`
	Source       string     `json:"source" doc:"of lines that name none"`
	Format       string     `json:"format" enum:"auto,ndjson,json,csv,zip,evtx"`
	Hostname     string     `json:"hostname" doc:"the host of lines that name none"`
	ClientID     string     `json:"client_id" doc:"likewise"`
	Bytes        int64      `json:"bytes" doc:"that came"`
	Lines        int64      `json:"lines" doc:"that came"`
	Accepted     int64      `json:"accepted" doc:"lines that were kept"`
	Rejected     int64      `json:"rejected" doc:"lines that were not: see errors"`
	ErrorsKept   int64      `json:"errors_kept" doc:"rejected lines that are listed; the first 500,000"`
	Mended       int64      `json:"mended" doc:"lines kept with characters replaced that can't be stored (U+0000, broken UTF-8)"`
	Rows         int64      `json:"rows" doc:"observed rows that came"`
	RowsNew      int64      `json:"rows_new" doc:"that were not known yet"`
	Indicators   int64      `json:"indicators" doc:"found in new rows that were not known yet"`
	HostsCreated int64      `json:"hosts_created"`
	HostsUpdated int64      `json:"hosts_updated"`
	Error        string     `json:"error" doc:"why it failed, for people"`
	ErrorCode    string     `json:"error_code" doc:"why it did not arrive, for programs, for example upload_incomplete"`
	Attempt      int        `json:"attempt" doc:"from 1; a retry is the next"`
	CreatedBy    *int64     `json:"created_by"`
	CreatedAt    time.Time  `json:"created_at"`
	StartedAt    *time.Time `json:"started_at"`
	FinishedAt   *time.Time `json:"finished_at"`
}

type batchOut struct {
	Body BatchBody
}

func shapeBatch(row *models.Batch) BatchBody {
	return BatchBody{
		ID: row.ID, Status: row.Status, Progress: row.Progress(), Phase: row.Phase, Filename: row.Filename, Source: row.Source,
		Format: row.Format, Hostname: row.Hostname, ClientID: row.ClientID, Bytes: row.Bytes, Lines: row.Lines, Accepted: row.Accepted,
		Rejected: row.Rejected, ErrorsKept: row.ErrorsKept, Mended: row.Mended, Rows: row.Rows, RowsNew: row.RowsNew,
		Indicators: row.Indicators, HostsCreated: row.HostsCreated, HostsUpdated: row.HostsUpdated, Error: row.Error,
		ErrorCode: row.ErrorCode, Attempt: row.Attempt, CreatedBy: row.CreatedBy, CreatedAt: row.CreatedAt.UTC(),
		StartedAt: utc(row.StartedAt), FinishedAt: utc(row.FinishedAt),
	}
}

func oneBatch(row *models.Batch) *batchOut { return &batchOut{Body: shapeBatch(row)} }

type listBatchesIn struct {
	PageInput

	Status string `query:"status" enum:"queued,running,cancelling,completed,failed,cancelled"`
}

func (a *API) listBatches(ctx context.Context, in *listBatchesIn) (*listOut[BatchBody], error) {
	q := store.BatchQuery{PageQuery: in.query(), Status: in.Status}
	if in.Sort == "" {
		q.Desc = true
	}
	return listed(ctx, shapeBatch)(a.tenant(ctx).ListBatches(ctx, q))
}

func (a *API) getBatch(ctx context.Context, in *IDInput) (*batchOut, error) {
	return found(oneBatch)(a.tenant(ctx).Batch(ctx, in.ID))
}

func (a *API) cancelBatch(ctx context.Context, in *IDInput) (*batchOut, error) {
	return a.changeBatch(ctx, "batch.cancel", in.ID, (*store.Tenant).CancelBatch)
}

func (a *API) retryBatch(ctx context.Context, in *IDInput) (*batchOut, error) {
	return a.changeBatch(ctx, "batch.retry", in.ID, (*store.Tenant).RetryBatch)
}

// changeBatch makes one change of a batch's course, on record.
func (a *API) changeBatch(
	ctx context.Context, action string, id int64, change func(*store.Tenant, context.Context, int64) (*models.Batch, error),
) (*batchOut, error) {
	var row *models.Batch
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Batch(ctx, id)
		if err != nil {
			return audit.Entry{}, err
		}
		if row, err = change(t, ctx, id); err != nil {
			return audit.Entry{}, err
		}
		return entry(action, id, map[string]any{"status": before.Status}, map[string]any{"status": row.Status, "attempt": row.Attempt}), nil
	})
	if err != nil {
		return nil, err
	}
	return oneBatch(row), nil
}
