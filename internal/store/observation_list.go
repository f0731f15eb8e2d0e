package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// ScanBudget is how many rows a condition that no index answers may look at for one page.
const ScanBudget = 50_000

// ObservationQuery filters observations; zero values filter nothing. Sorts: collected_at, event_time (only rows that say when
// they happened). Conditions on host, source id, time and source name use indexes; what else there is looks at rows one by
// one, at most ScanBudget of them a page.
type ObservationQuery struct {
	PageQuery

	HostID     int64
	SourceID   int64
	SourceIDs  []int64 // of these sources; empty: of any
	Source     string  // the name of the source
	SourceKind string
	From, To   time.Time // From is in, To is out
	EventTime  bool      // From and To are about when it happened, rather than when it was collected
	Field      string    // dotted path of a field that the row has; keys of objects in lists count as if the list were not there
	Value      string    // of that field, in any case; * stands for any run of characters; empty: any value
	Q          string    // part of the row's JSON text, in any case; * for any run of characters

	Among []models.Source // with id and time: rows of these sources only; nil: of any

	Budget int // rows to look at; 0: ScanBudget
}

// Observations is one page.
type Observations struct {
	Rows []models.Observation
	Page

	// Truncated says that the look at rows ended at its budget: Next goes on from there, and Total is what was found so far.
	Truncated bool
}

// HostObservations is FindObservations for one host. Faults: NotFound for the host.
func (t *Tenant) HostObservations(ctx context.Context, hostID int64, q ObservationQuery) (out Observations, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		known, err := db.NewSelect().Model((*models.Host)(nil)).Where("tenant_id = ? AND id = ?", t.id, hostID).Exists(ctx)
		if err != nil {
			return err
		}
		if !known {
			return fault.New(fault.NotFound, "not found")
		}
		q.HostID = hostID
		out, err = t.FindObservations(ctx, q)
		return err
	})
	return out, err
}

// ListObservations is HostObservations without a word about truncation, for queries that look at no row by itself.
func (t *Tenant) ListObservations(ctx context.Context, hostID int64, q ObservationQuery) ([]models.Observation, Page, error) {
	out, err := t.HostObservations(ctx, hostID, q)
	return out.Rows, out.Page, err
}

// observationTimeout ends a page that takes too long all the same: a busy machine, or rows of a megabyte each.
const observationTimeout = "20s"

// FindObservations pages through the tenant's observations. Faults: Invalid for conditions that don't go together, Invalid
// (query_too_wide) where the page took too long.
func (t *Tenant) FindObservations(ctx context.Context, q ObservationQuery) (out Observations, err error) {
	if q.Sort == "" && q.EventTime {
		q.Sort = "event_time"
	}
	if err := q.check(); err != nil {
		return out, err
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.exec(ctx, "SELECT set_config('statement_timeout', $1, true)", observationTimeout); err != nil {
			return err
		}
		s := &observationScan{t: t, db: db, q: q}
		if err := s.prepare(ctx); err != nil {
			return err
		}
		out.Rows, out.Page, err = page(ctx, db, q.PageQuery, listing[models.Observation]{
			keys: observationSorts(), def: "collected_at", id: "o.id", at: observationSortValue,
			search: &search[models.Observation]{rows: s.rows, total: s.total},
		})
		if err != nil {
			return tooWide(err)
		}
		return tooWide(s.finish(ctx, &out))
	})
	return out, err
}

func observationSorts() map[string]sortKey {
	return map[string]sortKey{"collected_at": {"o.collected_at", "timestamptz"}, "event_time": {"o.event_time", "timestamptz"}}
}

func observationSortValue(row *models.Observation, sort string) (string, int64) {
	if sort == "event_time" {
		return row.EventTime.Format(time.RFC3339Nano), row.ID
	}
	return row.CollectedAt.Format(time.RFC3339Nano), row.ID
}

// tooWide says what to do about a statement that ran out of time.
func tooWide(err error) error {
	if pgCode(err) == codeCanceled {
		return fault.Wrap(err, fault.Invalid, "this looks at too many rows; narrow it by host, source or time").WithCode("query_too_wide")
	}
	return err
}

// check refuses what can't be asked.
func (q ObservationQuery) check() error {
	switch {
	case q.Value != "" && q.Field == "":
		return fault.InvalidField("query.value", "needs field: which field has the value")
	case !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To):
		return fault.InvalidField("query.to", "must be after from")
	}
	return nil
}

// rangeColumn is what From and To are about.
func (q ObservationQuery) rangeColumn() string {
	if q.EventTime {
		return "event_time"
	}
	return "collected_at"
}

func (q ObservationQuery) budget() int {
	if q.Budget > 0 {
		return q.Budget
	}
	return ScanBudget
}
