package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// AddCaseHost ties a host to a case; false when it was already. A new tie emits case.updated with changed "hosts".
// Faults: NotFound for the case, Invalid (unknown_reference) for the host.
func (t *Tenant) AddCaseHost(ctx context.Context, caseID, hostID int64) (added bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row, err := t.lockCase(ctx, db, caseID, time.Time{})
		if err != nil {
			return err
		}
		tie := &models.CaseHost{TenantID: t.id, CaseID: caseID, HostID: hostID, AddedAt: t.s.Now()}
		res, err := db.NewInsert().Model(tie).On("CONFLICT DO NOTHING").Exec(ctx)
		if ConstraintOf(err) == "case_hosts_tenant_id_host_id_fkey" {
			return fault.InvalidField("host_id", "there is no such host").WithCode("unknown_reference")
		}
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		added = true
		return t.caseHostsChanged(ctx, db, row, caseNote{what: models.CaseHostAdded, ref: hostID})
	})
	return added, err
}

// RemoveCaseHost unties a host from a case. Faults: NotFound for the case and for a host that was not tied.
func (t *Tenant) RemoveCaseHost(ctx context.Context, caseID, hostID int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row, err := t.lockCase(ctx, db, caseID, time.Time{})
		if err != nil {
			return err
		}
		res, err := db.NewDelete().Model((*models.CaseHost)(nil)).
			Where("tenant_id = ? AND case_id = ? AND host_id = ?", t.id, caseID, hostID).Exec(ctx)
		if err != nil {
			return err
		}
		if err := mustAffect(res); err != nil {
			return err
		}
		return t.caseHostsChanged(ctx, db, row, caseNote{what: models.CaseHostRemoved, ref: hostID})
	})
}

func (t *Tenant) caseHostsChanged(ctx context.Context, db bun.IDB, row *models.Case, n caseNote) error {
	if err := t.saveCase(ctx, db, row); err != nil {
		return err
	}
	if err := t.noteCase(ctx, row.ID, n); err != nil {
		return err
	}
	return t.emitCase(ctx, often("case.updated", row.ID), "case.updated", row, []string{"hosts"})
}

// CaseHosts pages through the hosts of a case. Faults: NotFound for the case.
func (t *Tenant) CaseHosts(ctx context.Context, caseID int64, q PageQuery) (rows []models.Host, p Page, err error) {
	err = t.InTx(ctx, func(ctx context.Context, t *Tenant) error {
		if _, err := t.Case(ctx, caseID); err != nil {
			return err
		}
		rows, p, err = t.ListHosts(ctx, HostQuery{PageQuery: q, CaseID: caseID})
		return err
	})
	return rows, p, err
}
