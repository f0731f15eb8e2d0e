package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// PlaybookQuery filters a tenant's playbooks; zero values filter nothing. Sorts: id, name, created_at, updated_at.
type PlaybookQuery struct {
	PageQuery

	Q           string // part of the name
	Enabled     *bool
	TriggerType string
}

// PlaybookDraft is what a new version of a playbook says: its head's fields, the version itself, and the event patterns
// it listens to (for a playbook with an event trigger).
type PlaybookDraft struct {
	Name        string
	Description string
	TriggerType string
	Patterns    []string
	Version     models.PlaybookVersion // Source, Document, Plan
	Author      int64                  // who publishes it; 0: nobody of the tenant
}

// CreatePlaybook writes a playbook with its first version. Faults: Conflict (name_taken).
func (t *Tenant) CreatePlaybook(ctx context.Context, d PlaybookDraft, enabled bool) (*models.Playbook, error) {
	row := &models.Playbook{
		TenantID: t.id, Name: d.Name, Description: d.Description, Enabled: enabled, TriggerType: d.TriggerType, Version: 1,
		PublisherID: somebody(d.Author),
	}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("*").Exec(ctx); err != nil {
			return playbookFault(err)
		}
		return t.writeVersion(ctx, db, row, d)
	})
	return row, err
}

// UpdatePlaybook writes a new version, for runs that start from now on; runs in flight keep their plan. ifVersion, when
// not 0, must be the version that stands. Faults: NotFound, Stale, Conflict (name_taken).
func (t *Tenant) UpdatePlaybook(ctx context.Context, id int64, d PlaybookDraft, enabled *bool, ifVersion int) (*models.Playbook, error) {
	row := &models.Playbook{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.lockPlaybook(ctx, db, id, row); err != nil {
			return err
		}
		if ifVersion != 0 && row.Version != ifVersion {
			return fault.New(fault.Stale, "playbook %d is at version %d by now, not %d", id, row.Version, ifVersion)
		}
		row.Name, row.Description, row.TriggerType, row.Version = d.Name, d.Description, d.TriggerType, row.Version+1
		row.PublisherID = somebody(d.Author)
		if enabled != nil {
			row.Enabled = *enabled
		}
		row.UpdatedAt = t.s.Now()
		_, err := db.NewUpdate().Model(row).Column("name", "description", "trigger_type", "version", "publisher_id", "enabled", "updated_at").
			Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return playbookFault(err)
		}
		return t.writeVersion(ctx, db, row, d)
	})
	return row, err
}

// EnablePlaybook turns a playbook's own trigger on or off; its version stays. patterns are those of the standing version.
// Whoever turns it on answers for its runs; 0 is nobody of the tenant. Faults: NotFound.
func (t *Tenant) EnablePlaybook(ctx context.Context, id int64, enabled bool, patterns []string, by int64) (*models.Playbook, error) {
	row := &models.Playbook{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.lockPlaybook(ctx, db, id, row); err != nil {
			return err
		}
		row.Enabled, row.UpdatedAt = enabled, t.s.Now()
		if enabled {
			row.PublisherID = somebody(by)
		}
		_, err := db.NewUpdate().Model(row).Column("enabled", "publisher_id", "updated_at").
			Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return err
		}
		return t.writeTriggers(ctx, db, row, patterns)
	})
	return row, err
}

// somebody is nil for nobody.
func somebody(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

func (t *Tenant) lockPlaybook(ctx context.Context, db bun.IDB, id int64, row *models.Playbook) error {
	err := translate(db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).For("UPDATE").Scan(ctx))
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "there is no playbook %d", id)
	}
	return err
}

func (t *Tenant) writeVersion(ctx context.Context, db bun.IDB, row *models.Playbook, d PlaybookDraft) error {
	v := d.Version
	v.TenantID, v.PlaybookID, v.Version, v.PublishedBy = t.id, row.ID, row.Version, somebody(d.Author)
	if _, err := db.NewInsert().Model(&v).Exec(ctx); err != nil {
		return err
	}
	return t.writeTriggers(ctx, db, row, d.Patterns)
}

// writeTriggers makes the patterns match what the playbook's head says: none unless it is enabled and has an event trigger.
func (t *Tenant) writeTriggers(ctx context.Context, db bun.IDB, row *models.Playbook, patterns []string) error {
	_, err := db.NewDelete().Model((*models.PlaybookTrigger)(nil)).Where("tenant_id = ? AND playbook_id = ?", t.id, row.ID).Exec(ctx)
	if err != nil || !row.Enabled || row.TriggerType != models.TriggerEvent || len(patterns) == 0 {
		return err
	}
	rows := make([]models.PlaybookTrigger, 0, len(patterns))
	for _, p := range patterns {
		rows = append(rows, models.PlaybookTrigger{TenantID: t.id, PlaybookID: row.ID, Pattern: p})
	}
	_, err = db.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

func playbookFault(err error) error {
	if ConstraintOf(err) == "playbooks_name_key" {
		return fault.Wrap(err, fault.Conflict, "there is a playbook of this name already").WithCode("name_taken")
	}
	return err
}

// Playbook reads one playbook's head. Faults: NotFound.
func (t *Tenant) Playbook(ctx context.Context, id int64) (*models.Playbook, error) {
	row, err := one[models.Playbook](ctx, t, id)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.NotFound, "there is no playbook %d", id)
	}
	return row, err
}

// PlaybookVersion reads one version; 0 stands for the current one. Faults: NotFound.
func (t *Tenant) PlaybookVersion(ctx context.Context, id int64, version int) (*models.PlaybookVersion, error) {
	row := &models.PlaybookVersion{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model(row).Where("pv.tenant_id = ? AND pv.playbook_id = ?", t.id, id)
		if version > 0 {
			return sel.Where("pv.version = ?", version).Scan(ctx)
		}
		return sel.OrderExpr("pv.version DESC").Limit(1).Scan(ctx)
	})
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.NotFound, "there is no such version of playbook %d", id)
	}
	return row, err
}

// ListPlaybooks pages through the tenant's playbooks.
func (t *Tenant) ListPlaybooks(ctx context.Context, q PlaybookQuery) (rows []models.Playbook, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model((*models.Playbook)(nil)).Where("p.tenant_id = ?", t.id)
		if q.Q != "" {
			sel = sel.Where("strpos(lower(p.name), lower(?)) > 0", q.Q)
		}
		if q.Enabled != nil {
			sel = sel.Where("p.enabled = ?", *q.Enabled)
		}
		if q.TriggerType != "" {
			sel = sel.Where("p.trigger_type = ?", q.TriggerType)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Playbook]{
			sel: sel,
			keys: map[string]sortKey{
				"id": {"p.id", "bigint"}, "name": {"lower(p.name)", "text"},
				"created_at": {"p.created_at", "timestamptz"}, "updated_at": {"p.updated_at", "timestamptz"},
			},
			def: "id", id: "p.id", at: playbookSortValue,
		})
		return err
	})
	return rows, p, err
}

func playbookSortValue(row *models.Playbook, sort string) (string, int64) {
	switch sort {
	case "name":
		return lower(row.Name), row.ID
	case "created_at":
		return row.CreatedAt.Format(time.RFC3339Nano), row.ID
	case "updated_at":
		return row.UpdatedAt.Format(time.RFC3339Nano), row.ID
	default:
		return decimal(row.ID), row.ID
	}
}

// DeletePlaybook removes a playbook with its versions and the record of its runs. Faults: NotFound; Conflict while a run of
// it is not over.
func (t *Tenant) DeletePlaybook(ctx context.Context, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row := &models.Playbook{}
		if err := t.lockPlaybook(ctx, db, id, row); err != nil {
			return err
		}
		open, err := db.NewSelect().Model((*models.Execution)(nil)).
			Where("tenant_id = ? AND playbook_id = ?", t.id, id).Where("finished_at IS NULL").Count(ctx)
		if err != nil {
			return err
		}
		if open > 0 {
			return fault.New(fault.Conflict, "%d runs of playbook %d are not over; cancel them first", open, id).WithCode("runs_open")
		}
		_, err = db.NewDelete().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return err
	})
}

// LastExecutions gives the newest run of each of these playbooks; those that never ran are absent.
func (t *Tenant) LastExecutions(ctx context.Context, playbooks []int64) (map[int64]models.Execution, error) {
	out := make(map[int64]models.Execution, len(playbooks))
	if len(playbooks) == 0 {
		return out, nil
	}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var rows []models.Execution
		err := db.NewRaw(`SELECT e.id, e.playbook_id, e.playbook_version, e.status, e.trigger_type, e.created_at, e.started_at, e.finished_at, e.error
FROM unnest(ARRAY[?]::bigint[]) AS p (id), LATERAL (
  SELECT * FROM playbook_executions x WHERE x.tenant_id = ? AND x.playbook_id = p.id ORDER BY x.id DESC LIMIT 1) AS e`,
			bun.List(playbooks), t.id).Scan(ctx, &rows)
		for _, r := range rows {
			out[r.PlaybookID] = r
		}
		return err
	})
	return out, err
}

// Listener is an enabled playbook that listens to an event's type, with the version that would run.
type Listener struct {
	PlaybookID  int64
	Version     int
	Name        string
	PublisherID *int64
}

// Listeners gives the enabled playbooks one of whose patterns fits an event type.
func (t *Tenant) Listeners(ctx context.Context, eventType string) (rows []Listener, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewRaw(`SELECT p.id AS playbook_id, p.version, p.name, p.publisher_id FROM playbooks p
WHERE p.tenant_id = ? AND p.enabled AND EXISTS (SELECT 1 FROM playbook_triggers x WHERE x.tenant_id = p.tenant_id AND x.playbook_id = p.id
  AND ? LIKE replace(replace(x.pattern, '_', '\_'), '*', '%'))
ORDER BY p.id`, t.id, eventType).Scan(ctx, &rows)
	})
	return rows, err
}

// CurrentDocuments gives the standing version's document of each of these playbooks, as JSON.
func (t *Tenant) CurrentDocuments(ctx context.Context, playbooks []int64) (map[int64]json.RawMessage, error) {
	out := make(map[int64]json.RawMessage, len(playbooks))
	if len(playbooks) == 0 {
		return out, nil
	}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var rows []models.PlaybookVersion
		err := db.NewSelect().Model(&rows).Column("pv.playbook_id", "pv.document").
			Join("JOIN playbooks AS p ON p.tenant_id = pv.tenant_id AND p.id = pv.playbook_id AND p.version = pv.version").
			Where("pv.tenant_id = ? AND pv.playbook_id IN (?)", t.id, bun.List(playbooks)).Scan(ctx)
		for _, r := range rows {
			out[r.PlaybookID] = r.Document
		}
		return err
	})
	return out, err
}

// PlaybookNames gives the names of these playbooks.
func (t *Tenant) PlaybookNames(ctx context.Context, playbooks []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(playbooks))
	if len(playbooks) == 0 {
		return out, nil
	}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var rows []models.Playbook
		err := db.NewSelect().Model(&rows).Column("id", "name").Where("tenant_id = ? AND id IN (?)", t.id, bun.List(playbooks)).Scan(ctx)
		for _, r := range rows {
			out[r.ID] = r.Name
		}
		return err
	})
	return out, err
}
