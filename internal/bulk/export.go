package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/export"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// ExportParams are what export takes.
type ExportParams struct {
	Format string `json:"format" enum:"csv,ndjson" doc:"csv: a table, safe to open in a spreadsheet; ndjson: one JSON object a line, as the API answers it"`
}

const (
	exportPage  = 500
	exportLimit = 4 << 30 // bytes of one file
)

// exporting is the action that writes the rows of a resource into a file. Its items are decided together with the file: it is
// there whole or not at all.
func exporting(resource string, needs auth.Permission) Action {
	a := lift(spec[ExportParams]{
		resource: resource, name: "export", summary: "Write them into a file", permission: needs,
		check: func(_ context.Context, _ Call, p *ExportParams) error {
			if p.Format != "csv" && p.Format != "ndjson" {
				return badParam("format", "must be csv or ndjson")
			}
			return nil
		},
	})
	a.Params, a.file = reflect.TypeFor[ExportParams](), true
	return a
}

// errCancelled says that somebody wants the export ended.
var errCancelled = errors.New("the export is cancelled")

// export writes a job's file while its rows are read, page by page, and then its end. An attempt that dies leaves no file:
// the next begins anew.
func (s *Service) export(ctx context.Context, t *store.Tenant, jobID int64, progress func()) (status string, done bool, err error) {
	job, err := t.BulkJob(ctx, jobID)
	if err != nil {
		return "", false, err
	}
	p, err := rawParams[ExportParams](job)
	if err != nil {
		return "", false, err
	}
	w := &exportWriter{s: s, t: t, job: job, format: p.Format, progress: progress}
	reader, writer := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := w.write(ctx, writer)
		writer.CloseWithError(err)
		written <- err
	}()
	file, err := s.p.Files.Put(ctx, t.ID(), reader, exportLimit)
	_ = reader.CloseWithError(io.ErrClosedPipe) // who writes must not wait for a reader that has gone
	if cause := <-written; errors.Is(cause, errCancelled) {
		return s.close(ctx, t, jobID, models.JobCancelled, "")
	}
	switch {
	case err != nil && (fault.Retryable(err) || transient(err)):
		return "", false, err
	case err != nil:
		return s.close(ctx, t, jobID, models.JobFailed, fault.Safe(err))
	}
	err = t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		job, err := t.LockBulkJob(ctx, jobID)
		if err != nil {
			return err
		}
		if status, done = job.Status, true; models.JobFinal(job.Status) {
			return nil
		}
		if job.Status == models.JobCancelling { // after the last row was read; the file, which no row names, is swept
			status = models.JobCancelled
			return s.end(ctx, t, job, status, "")
		}
		status = models.JobCompleted
		return s.filed(ctx, t, job, w, filed{file.Ref, file.Size, file.SHA256, p.Format})
	})
	return status, done, err
}

// filed is a file that an export wrote.
type filed struct {
	ref    string
	size   int64
	sha256 string
	format string
}

// filed writes the end of a locked export: its file, and what became of each item.
func (s *Service) filed(ctx context.Context, t *store.Tenant, job *models.BulkJob, w *exportWriter, f filed) error {
	now := s.p.Clock.Now()
	expires := now.Add(FileKept)
	job.FileRef, job.FileSize, job.FileSHA256, job.FileExpiresAt = f.ref, f.size, f.sha256, &expires
	job.FileName = job.Resource + "-" + digits(job.ID) + "-" + now.UTC().Format("20060102T150405Z") + "." + f.format
	if err := t.DecideBulkItems(ctx, job, w.gone); err != nil {
		return err
	}
	return s.end(ctx, t, job, models.JobCompleted, "")
}

// close ends a job that is not locked.
func (s *Service) close(ctx context.Context, t *store.Tenant, jobID int64, status, reason string) (string, bool, error) {
	err := t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		job, err := t.LockBulkJob(ctx, jobID)
		if err != nil || models.JobFinal(job.Status) {
			return err
		}
		return s.end(ctx, t, job, status, reason)
	})
	return status, err == nil, err
}

// exportWriter reads a job's rows and writes them.
type exportWriter struct {
	s        *Service
	t        *store.Tenant
	job      *models.BulkJob
	format   string
	progress func()

	gone []int64 // items whose row no longer exists
	told time.Time
}

func (w *exportWriter) write(ctx context.Context, out io.Writer) error {
	put, end, err := rowWriter(out, w.format, w.job.Resource)
	if err != nil {
		return err
	}
	at := *w.job
	at.Mark, at.Done, at.Skipped = 0, 0, w.job.Skipped
	for {
		items, err := w.t.NextBulkItems(ctx, &at, exportPage)
		if err != nil {
			return err
		}
		if len(items) == 0 {
			return end()
		}
		ids := idsOf(items)
		rows, err := payloads(ctx, w.t, at.Resource, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if row, there := rows[id]; !there {
				w.gone = append(w.gone, id)
			} else if err := put(row); err != nil {
				return err
			}
		}
		at.Mark, at.Done = ids[len(ids)-1], at.Done+len(rows)
		if err := w.look(ctx, &at); err != nil {
			return err
		}
	}
}

// look tells how far the export is and whether somebody wants it ended, twice a second at most.
func (w *exportWriter) look(ctx context.Context, at *models.BulkJob) error {
	now := w.s.p.Clock.Now()
	if now.Sub(w.told) < workFor {
		return nil
	}
	w.told = now
	if w.progress != nil {
		w.progress()
	}
	return w.t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		job, err := t.LockBulkJob(ctx, at.ID)
		if err != nil {
			return err
		}
		if job.Status == models.JobCancelling || models.JobFinal(job.Status) {
			return errCancelled
		}
		job.Status, job.Done = models.JobRunning, at.Done
		if err := t.SaveBulkJob(ctx, job); err != nil {
			return err
		}
		return t.TellBulkJob(ctx, job)
	})
}

// payloads reads rows as events show them, by id; those that are gone are not there.
func payloads(ctx context.Context, t *store.Tenant, resource string, ids []int64) (map[int64]map[string]any, error) {
	out := make(map[int64]map[string]any, len(ids))
	switch resource {
	case models.BulkArtifacts:
		rows, err := t.ArtifactsByID(ctx, ids)
		for i := range rows {
			out[rows[i].ID] = store.ArtifactPayload(&rows[i])
		}
		return out, err
	case models.BulkCases:
		rows, err := t.CasesByID(ctx, ids)
		for i := range rows {
			out[rows[i].ID] = store.CasePayload(&rows[i])
		}
		return out, err
	default:
		rows, err := t.HostsByID(ctx, ids)
		for i := range rows {
			out[rows[i].ID] = store.HostPayload(&rows[i])
		}
		return out, err
	}
}

// columns are those of a resource's table, named as the API's fields.
func columns(resource string) []string {
	switch resource {
	case models.BulkArtifacts:
		return []string{"id", "artifact_type", "value", "description", "tlp", "tags", "expires_at", "false_positive", "origin", "case_ids", "created_at", "artifact_metadata"}
	case models.BulkCases:
		return []string{"id", "title", "status", "severity", "assignee_id", "tags", "created_at", "updated_at", "description"}
	default:
		return []string{"id", "hostname", "ip_address", "os", "client_id", "labels", "threat_score", "online", "isolation", "criticality", "owner", "created_at", "first_seen", "last_seen", "custom_fields", "host_metadata"}
	}
}

// rowWriter begins a file.
func rowWriter(w io.Writer, format, resource string) (put func(map[string]any) error, end func() error, err error) {
	if format == "ndjson" {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return func(row map[string]any) error { return enc.Encode(row) }, func() error { return nil }, nil
	}
	names := columns(resource)
	out, err := export.NewCSV(w, names...)
	if err != nil {
		return nil, nil, err
	}
	return func(row map[string]any) error {
		cells := make([]string, len(names))
		for i, n := range names {
			cells[i] = cell(row[n])
		}
		return out.Row(cells...)
	}, out.Close, nil
}

// cell is a field's value as a table shows it: lists by semicolons, objects as JSON, nothing as nothing.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []string:
		return strings.Join(v, ";")
	case []int64:
		texts := make([]string, len(v))
		for i, n := range v {
			texts[i] = digits(n)
		}
		return strings.Join(texts, ";")
	case json.RawMessage:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return digits(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return ""
		}
		return cell(r.Elem().Interface())
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
