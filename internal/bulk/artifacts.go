package bulk

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

func deleteArtifacts() spec[none] {
	return spec[none]{
		resource: models.BulkArtifacts, name: "delete", summary: "Remove indicators", permission: auth.IndicatorsWrite, slice: deleteSlice,
		do: func(ctx context.Context, c Call, _ none, items []models.BulkItem) ([]store.BulkOutcome, error) {
			return each(ctx, c, items, func(ctx context.Context, t *store.Tenant, item *models.BulkItem) (*change, error) {
				row, err := t.Artifact(ctx, item.ResourceID)
				if err != nil {
					return nil, err
				}
				return &change{before: store.ArtifactPayload(row)}, t.DeleteArtifact(ctx, row.ID, row.UpdatedAt)
			})
		},
	}
}
