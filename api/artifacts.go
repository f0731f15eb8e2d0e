package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type artifactBody struct {
	ID               int64      `json:"id"`
	CaseID           *int64     `json:"case_id"`
	ArtifactType     string     `json:"artifact_type" enum:"hash,ip,domain,email,url,file,registry,other"`
	Value            string     `json:"value"`
	Description      string     `json:"description"`
	ArtifactMetadata freeObject `json:"artifact_metadata"`
	CreatedAt        time.Time  `json:"created_at"`
	UpdatedAt        time.Time  `json:"updated_at"`
}

type artifactOut struct {
	ETag string `header:"ETag"`
	Body artifactBody
}

func shapeArtifact(row *models.Artifact) artifactBody {
	return artifactBody{
		ID: row.ID, CaseID: row.CaseID, ArtifactType: row.ArtifactType, Value: row.Value, Description: row.Description,
		ArtifactMetadata: freeObject(row.ArtifactMetadata), CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(),
	}
}

func oneArtifact(row *models.Artifact) *artifactOut {
	return &artifactOut{ETag: etag(row.UpdatedAt), Body: shapeArtifact(row)}
}

type listArtifactsIn struct {
	PageInput

	ArtifactType string `query:"artifact_type" enum:"hash,ip,domain,email,url,file,registry,other"`
	CaseID       string `query:"case_id" pattern:"^[0-9]{1,18}$" patternDescription:"a case's id" doc:"a case's id; 0: of no case"`
	Q            string `query:"q" maxLength:"255" doc:"part of value or description"`
}

// filter is the input as the store takes it.
func (in *listArtifactsIn) filter() store.ArtifactQuery {
	return store.ArtifactQuery{PageQuery: in.query(), ArtifactType: in.ArtifactType, CaseID: number(in.CaseID), Q: in.Q}
}

func (a *API) listArtifacts(ctx context.Context, in *listArtifactsIn) (*listOut[artifactBody], error) {
	return listed(ctx, shapeArtifact)(a.tenant(ctx).ListArtifacts(ctx, in.filter()))
}

func (a *API) getArtifact(ctx context.Context, in *IDInput) (*artifactOut, error) {
	return found(oneArtifact)(a.tenant(ctx).Artifact(ctx, in.ID))
}

// ArtifactFields are what a caller says about a new indicator.
type ArtifactFields struct {
	ArtifactType     string     `json:"artifact_type" enum:"hash,ip,domain,email,url,file,registry,other"`
	Value            string     `json:"value" minLength:"1" maxLength:"4096"`
	Description      string     `json:"description,omitempty" maxLength:"100000"`
	ArtifactMetadata freeObject `json:"artifact_metadata,omitempty"`
}

type createArtifactIn struct {
	Body struct {
		ArtifactFields

		CaseID *int64 `json:"case_id,omitempty" minimum:"1"`
	}
}

func (a *API) createArtifact(ctx context.Context, in *createArtifactIn) (out *changed[artifactBody], err error) {
	b := &in.Body
	err = a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		out, err = addArtifact(ctx, t, &models.Artifact{
			CaseID: b.CaseID, ArtifactType: b.ArtifactType, Value: b.Value, Description: b.Description,
			ArtifactMetadata: json.RawMessage(b.ArtifactMetadata),
		})
		return err
	})
	return out, err
}

// addArtifact answers 201 for a new indicator, 200 with the one that is there already.
func addArtifact(ctx context.Context, t *store.Tenant, in *models.Artifact) (*changed[artifactBody], error) {
	row, fresh, err := t.AddArtifact(ctx, in)
	if err != nil {
		return nil, inBody(err)
	}
	if fresh {
		if err := audit.Write(ctx, t, entry("artifact.create", row.ID, nil, shapeArtifact(row))); err != nil {
			return nil, err
		}
	}
	return &changed[artifactBody]{
		Status: created(fresh), Location: location("/api/artifacts/", row.ID), ETag: etag(row.UpdatedAt), Body: shapeArtifact(row),
	}, nil
}

type updateArtifactIn struct {
	IDInput
	IfMatchInput

	Body struct {
		ArtifactType     *string         `json:"artifact_type,omitempty" enum:"hash,ip,domain,email,url,file,registry,other"`
		Value            *string         `json:"value,omitempty" minLength:"1" maxLength:"4096"`
		Description      *string         `json:"description,omitempty" maxLength:"100000"`
		ArtifactMetadata freeObject      `json:"artifact_metadata,omitempty" doc:"replaces the whole object"`
		CaseID           nullable[int64] `json:"case_id,omitzero" doc:"null: of no case"`
	}
}

func (a *API) updateArtifact(ctx context.Context, in *updateArtifactIn) (*artifactOut, error) {
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	b := &in.Body
	change := store.ArtifactChange{
		ArtifactType: b.ArtifactType, Value: b.Value, Description: b.Description, ArtifactMetadata: json.RawMessage(b.ArtifactMetadata),
		CaseID: b.CaseID.orZero(), Seen: seen,
	}
	var row *models.Artifact
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Artifact(ctx, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		if row, err = t.UpdateArtifact(ctx, in.ID, change); err != nil {
			return audit.Entry{}, inBody(err)
		}
		return entry("artifact.update", in.ID, shapeArtifact(before), shapeArtifact(row)), nil
	})
	if err != nil {
		return nil, err
	}
	return oneArtifact(row), nil
}

func (a *API) deleteArtifact(ctx context.Context, in *deleteIn) (*struct{}, error) {
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Artifact(ctx, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		return entry("artifact.delete", in.ID, shapeArtifact(before), nil), t.DeleteArtifact(ctx, in.ID, seen)
	})
}
