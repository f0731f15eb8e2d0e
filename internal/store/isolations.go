package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// The codes of refusals.
const (
	CodeIsolationRefused = "isolation_refused" // a rule of the tenant keeps the host from it
	CodeIsolationRunning = "isolation_running" // another is at work on the host
	CodeIsolationEnded   = "isolation_ended"
	CodeNotEnrolled      = "host_not_enrolled" // the host has no client on the server
)

// IsolationWish is what somebody wants done to a host.
type IsolationWish struct {
	HostID      int64
	Action      string // models.ActionIsolate or ActionRelease
	Reason      string
	RequestedBy *int64 // nil: a visitor, or a run
	Username    string
	KeyID       *int64
	ExecutionID *int64 // the run that waits for the end
	StepKey     string
}

// StartIsolation orders a host's isolation or release: it is carried out as a job. Faults: NotFound; Invalid for the reason;
// Conflict: velociraptor_not_configured, isolation_refused naming the rule, host_not_enrolled, client_gone, already_isolated, isolation_running.
func (t *Tenant) StartIsolation(ctx context.Context, w IsolationWish) (row *models.Isolation, err error) {
	if p := longTextProblem(w.Reason, maxIsolationReason); p != "" {
		return nil, fault.InvalidField("reason", "%s", p)
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		host := &models.Host{}
		if err := t.selectHost(ctx, db, host, w.HostID, "NO KEY UPDATE"); err != nil {
			return err
		}
		if err := t.mayOrder(ctx, db, host, w.Action); err != nil {
			return err
		}
		row = &models.Isolation{
			TenantID: t.id, HostID: host.ID, ClientID: *host.ClientID, Action: w.Action, Status: models.JobQueued, Phase: models.IsolationOrder,
			Reason: w.Reason, BeforeState: host.Isolation, RequestedBy: w.RequestedBy, Username: w.Username, KeyID: w.KeyID,
			ExecutionID: w.ExecutionID, StepKey: w.StepKey, CreatedAt: t.s.Now(), Hostname: host.Hostname,
		}
		_, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx)
		if ConstraintOf(err) == "isolations_running_key" {
			return runningFault(host)
		}
		if err != nil {
			return err
		}
		state := models.IsolationPending
		if w.Action == models.ActionRelease {
			state = models.IsolationReleasing
		}
		if err := t.setIsolation(ctx, db, host, state); err != nil {
			return err
		}
		return t.StartJob(ctx, models.JobIsolation, row.ID, 1)
	})
	return row, err
}

// maxIsolationReason is how long the words for an isolation may be, in characters.
const maxIsolationReason = 2_000

// mayOrder asks whether a locked host may be isolated or released now.
func (t *Tenant) mayOrder(ctx context.Context, db bun.IDB, host *models.Host, action string) error {
	if host.ClientID == nil {
		return fault.New(fault.Conflict, "%s has no Velociraptor client, so nothing can reach it; enrol it first", host.Hostname).WithCode(CodeNotEnrolled)
	}
	server, err := t.VelociraptorConfig(ctx)
	if err != nil {
		return err
	}
	if server.Transport == models.TransportREST { // it could be done, and nobody would know
		return fault.New(fault.Conflict, "hosts can't be isolated or released over the reduced connection: connect with an api_client file").WithCode("velociraptor_reduced")
	}
	running, err := db.NewSelect().Model((*models.Isolation)(nil)).Where("tenant_id = ? AND host_id = ? AND finished_at IS NULL", t.id, host.ID).Exists(ctx)
	if err != nil {
		return err
	}
	if running {
		return runningFault(host)
	}
	gone, err := db.NewSelect().Model((*models.VelociraptorClient)(nil)).
		Where("tenant_id = ? AND client_id = ? AND gone_at IS NOT NULL", t.id, *host.ClientID).Exists(ctx)
	if err != nil {
		return err
	}
	if gone {
		return fault.New(fault.Conflict, "the Velociraptor server does not know the client of %s any more; enrol it again", host.Hostname).WithCode("client_gone")
	}
	if action == models.ActionRelease {
		return nil
	}
	if host.Isolation == models.IsolationIsolated {
		return fault.New(fault.Conflict, "%s is isolated already", host.Hostname).WithCode("already_isolated")
	}
	return t.refuseIsolation(ctx, host)
}

func runningFault(host *models.Host) error {
	return fault.New(fault.Conflict, "%s is being isolated or released; cancel that first, or wait for its end", host.Hostname).WithCode(CodeIsolationRunning)
}

// setIsolation writes a locked host's isolation and tells of it.
func (t *Tenant) setIsolation(ctx context.Context, db bun.IDB, host *models.Host, state string) error {
	if host.Isolation == state {
		return nil
	}
	host.Isolation, host.UpdatedAt = state, after(host.UpdatedAt, t.s.Now())
	_, err := db.NewUpdate().Model(host).Column("isolation", "updated_at").Where("tenant_id = ? AND id = ?", t.id, host.ID).Exec(ctx)
	if err != nil {
		return err
	}
	return t.emitHostUpdated(ctx, host, "isolation")
}

// Isolation reads one order, with its host's name. Faults: NotFound.
func (t *Tenant) Isolation(ctx context.Context, id int64) (*models.Isolation, error) {
	row := &models.Isolation{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).ColumnExpr(isolationColumns).Where("iso.tenant_id = ? AND iso.id = ?", t.id, id).Scan(ctx)
	})
	return row, err
}

const isolationColumns = `?TableColumns, (SELECT h.hostname FROM hosts AS h WHERE h.tenant_id = ?TableAlias.tenant_id AND h.id = ?TableAlias.host_id) AS hostname`

// SaveIsolation changes an order under lock. change gives false to leave it; one that has ended is left as well. Faults:
// NotFound.
func (t *Tenant) SaveIsolation(ctx context.Context, id int64, change func(row *models.Isolation) bool) (row *models.Isolation, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockIsolation(ctx, db, id); err != nil {
			return err
		}
		if models.JobFinal(row.Status) || !change(row) {
			return nil
		}
		_, err := db.NewUpdate().Model(row).WherePK().Exec(ctx)
		return err
	})
	return row, err
}

func (t *Tenant) lockIsolation(ctx context.Context, db bun.IDB, id int64) (*models.Isolation, error) {
	row := &models.Isolation{}
	err := db.NewSelect().Model(row).ColumnExpr(isolationColumns).Where("iso.tenant_id = ? AND iso.id = ?", t.id, id).For("NO KEY UPDATE OF iso").Scan(ctx)
	return row, err
}

// CancelIsolation calls an order off: what has not been carried out at its endpoint is taken back. Faults: NotFound, Conflict
// (isolation_ended).
func (t *Tenant) CancelIsolation(ctx context.Context, id int64) (row *models.Isolation, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockIsolation(ctx, db, id); err != nil {
			return err
		}
		if models.JobFinal(row.Status) {
			return fault.New(fault.Conflict, "it has already ended").WithCode(CodeIsolationEnded)
		}
		row.Status = models.JobCancelling
		if _, err := db.NewUpdate().Model(row).Column("status").WherePK().Exec(ctx); err != nil {
			return err
		}
		return t.WakeJob(ctx, models.JobIsolation, id)
	})
	return row, err
}

// IsolationEnd is how an order ends.
type IsolationEnd struct {
	Status    string // a final one
	Verified  *bool
	Note      string
	Error     string
	ErrorKind string
	State     string // the host's isolation from now on
}

// FinishIsolation writes an order's end with its host's state. One that has ended keeps its end: ended is false then. Faults:
// NotFound.
func (t *Tenant) FinishIsolation(ctx context.Context, id int64, e IsolationEnd) (row *models.Isolation, ended bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		host, err := t.hostOfIsolation(ctx, db, id)
		if err != nil {
			return err
		}
		if row, err = t.lockIsolation(ctx, db, id); err != nil || models.JobFinal(row.Status) {
			return err
		}
		now := t.s.Now()
		row.Status, row.Phase, row.Verified, row.Note = e.Status, models.IsolationDone, e.Verified, e.Note
		row.Error, row.ErrorKind, row.FinishedAt = e.Error, e.ErrorKind, &now
		if _, err := db.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := t.setIsolation(ctx, db, host, e.State); err != nil {
			return err
		}
		ended = true
		if err := t.TellJob(ctx, models.JobIsolation, id, row.Status, row.Progress(), map[string]int64{}); err != nil {
			return err
		}
		if err := t.tellWork(ctx, row.ExecutionID, WorkRef{Kind: models.JobIsolation, ID: id}); err != nil {
			return err
		}
		return t.FinishJob(ctx, models.JobIsolation, id)
	})
	return row, ended, err
}

// hostOfIsolation locks the host that an order is about: before the order, as everybody does.
func (t *Tenant) hostOfIsolation(ctx context.Context, db bun.IDB, id int64) (*models.Host, error) {
	order, err := one[models.Isolation](ctx, t, id)
	if err != nil {
		return nil, err
	}
	host := &models.Host{}
	return host, t.selectHost(ctx, db, host, order.HostID, "NO KEY UPDATE")
}

// endIsolation closes an order whose job is closed from outside. What was told the server may still be carried out.
func endIsolation(ctx context.Context, t *Tenant, db bun.IDB, e JobEnd) (string, error) {
	row, err := t.lockIsolationAfterHost(ctx, db, e.ID)
	if err != nil {
		return "", err
	}
	state := row.BeforeState
	if row.OrderedAt != nil {
		state = models.IsolationUnverified
	}
	row, _, err = t.FinishIsolation(ctx, e.ID, IsolationEnd{Status: e.Status, Error: e.Error, ErrorKind: "interrupted", State: state})
	if err != nil {
		return "", err
	}
	return row.Status, nil
}

func (t *Tenant) lockIsolationAfterHost(ctx context.Context, db bun.IDB, id int64) (*models.Isolation, error) {
	if _, err := t.hostOfIsolation(ctx, db, id); err != nil {
		return nil, err
	}
	return t.lockIsolation(ctx, db, id)
}

// isolationWork is how an order stands for a step that waits for it.
func isolationWork(ctx context.Context, t *Tenant, db bun.IDB, id int64) (w Work, err error) {
	row := &models.Isolation{}
	if err := db.NewSelect().Model(row).Where("iso.tenant_id = ? AND iso.id = ?", t.id, id).Scan(ctx); err != nil {
		return w, err
	}
	return Work{Status: row.Status, Error: row.Error, ErrorKind: row.ErrorKind}, nil
}

func cancelIsolationWork(ctx context.Context, t *Tenant, _ bun.IDB, id int64, _ string) error {
	_, err := t.CancelIsolation(ctx, id)
	if fault.Is(err, fault.Conflict) { // it has ended
		return nil
	}
	return err
}
