package store

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of a tenant's own fields.
const (
	MaxHostFields   = 100
	maxFieldOptions = 200
	maxFieldText    = 1000 // characters of a text value
	maxFieldKey     = 200  // characters of a value that are compared
)

var fieldKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// HostFieldChange is a partial change of a field; nil stays. Key and type never change: values stand under them.
type HostFieldChange struct {
	Label   *string
	Options *[]string
}

// HostFields lists the fields that the tenant adds to its hosts, in the order they were made.
func (t *Tenant) HostFields(ctx context.Context) (rows []models.HostField, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Where("tenant_id = ?", t.id).OrderExpr("id").Limit(MaxHostFields).Scan(ctx)
	})
	return rows, err
}

// HostField reads one of the tenant's own fields. Faults: NotFound.
func (t *Tenant) HostField(ctx context.Context, id int64) (*models.HostField, error) {
	return one[models.HostField](ctx, t, id)
}

// CreateHostField adds a field to the tenant's hosts. Faults: Invalid, Conflict (field_exists, field_limit).
func (t *Tenant) CreateHostField(ctx context.Context, row *models.HostField) error {
	row.TenantID = t.id
	if err := normalField(row); err != nil {
		return err
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		// Two at once would not count each other's.
		if _, err := db.NewSelect().ColumnExpr("?", bun.Safe(t.lockOf("fields", "hosts"))).Exec(ctx); err != nil {
			return err
		}
		n, err := db.NewSelect().Model((*models.HostField)(nil)).Where("tenant_id = ?", t.id).Count(ctx)
		if err != nil {
			return err
		}
		if n >= MaxHostFields {
			return fault.New(fault.Conflict, "there are %d fields, the most there may be", n).WithCode("field_limit")
		}
		row.CreatedAt = t.s.Now()
		row.UpdatedAt = row.CreatedAt
		_, err = db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx)
		if ConstraintOf(err) == "host_fields_tenant_id_key_key" {
			return fault.Wrap(err, fault.Conflict, "there is a field with this key already").WithCode("field_exists")
		}
		return err
	})
}

// UpdateHostField changes a field's label or options. Values that hosts have stay, also those that are no option any more.
// Faults: NotFound, Invalid.
func (t *Tenant) UpdateHostField(ctx context.Context, id int64, c HostFieldChange) (before, row *models.HostField, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		before = &models.HostField{}
		if err := db.NewSelect().Model(before).Where("tenant_id = ? AND id = ?", t.id, id).For("NO KEY UPDATE").Scan(ctx); err != nil {
			return err
		}
		changed := *before
		row = &changed
		assign(&row.Label, c.Label)
		assign(&row.Options, c.Options)
		if err := normalField(row); err != nil {
			return err
		}
		row.UpdatedAt = after(before.UpdatedAt, t.s.Now())
		_, err := db.NewUpdate().Model(row).Column("label", "options", "updated_at").Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return err
	})
	return before, row, err
}

// DeleteHostField removes a field with the values that hosts have in it, and says how many. Faults: NotFound.
func (t *Tenant) DeleteHostField(ctx context.Context, id int64) (row *models.HostField, values int, err error) {
	row = &models.HostField{}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).For("UPDATE").Scan(ctx); err != nil {
			return err
		}
		res, err := db.NewDelete().Model((*models.HostFieldValue)(nil)).Where("tenant_id = ? AND key = ?", t.id, row.Key).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		values = int(n)
		_, err = db.NewDelete().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return err
	})
	return row, values, err
}

// normalField brings a field into the form that rows have, or says what is wrong with it.
func normalField(row *models.HostField) error {
	if !fieldKey.MatchString(row.Key) {
		return fault.InvalidField("key", "must begin with a letter and have at most 63 lower-case letters, digits and underscores")
	}
	row.Label = strings.TrimSpace(row.Label)
	if p := models.TextProblem(row.Label, maxLabelLength); p != "" {
		return fault.InvalidField("label", "%s", p)
	}
	if row.Label == "" {
		return fault.InvalidField("label", "must not be empty")
	}
	if !slices.Contains(models.HostFieldTypes(), row.Type) {
		return fault.InvalidField("type", "must be one of %s", strings.Join(models.HostFieldTypes(), ", "))
	}
	return normalOptions(row)
}

// normalOptions trims a select's options, which keep their order; no other type has any.
func normalOptions(row *models.HostField) error {
	options := make([]string, 0, len(row.Options))
	for _, o := range row.Options {
		o = strings.TrimSpace(o)
		if p := models.TextProblem(o, maxLabelLength); p != "" || o == "" {
			return fault.InvalidField("options", "an option has 1 to %d characters and no control characters", maxLabelLength)
		}
		if slices.Contains(options, o) {
			return fault.InvalidField("options", "the option %q is there twice", o)
		}
		options = append(options, o)
	}
	switch {
	case row.Type != models.FieldSelect && len(options) > 0:
		return fault.InvalidField("options", "only a field of type select has options")
	case row.Type == models.FieldSelect && len(options) == 0:
		return fault.InvalidField("options", "a select needs at least one option")
	case len(options) > maxFieldOptions:
		return fault.InvalidField("options", "a select has at most %d options", maxFieldOptions)
	}
	row.Options = options
	return nil
}
