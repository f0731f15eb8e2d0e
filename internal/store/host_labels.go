package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

func (t *Tenant) addLabels(ctx context.Context, db bun.IDB, hostID int64, labels []string) error {
	if len(labels) == 0 {
		return nil
	}
	rows := make([]models.HostLabel, len(labels))
	for i, l := range labels {
		rows[i] = models.HostLabel{TenantID: t.id, HostID: hostID, Label: l}
	}
	_, err := db.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

// replaceLabels makes a host's labels those of row; before says what they are now.
func (t *Tenant) replaceLabels(ctx context.Context, db bun.IDB, before, row *models.Host) error {
	if slices.Equal(before.Labels, row.Labels) {
		return nil
	}
	gone := slices.DeleteFunc(slices.Clone(before.Labels), func(l string) bool { return slices.Contains(row.Labels, l) })
	if len(gone) > 0 {
		_, err := db.NewDelete().Model((*models.HostLabel)(nil)).Where("tenant_id = ? AND host_id = ?", t.id, row.ID).
			Where("label IN (?)", bun.List(gone)).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return t.addLabels(ctx, db, row.ID, row.Labels)
}
