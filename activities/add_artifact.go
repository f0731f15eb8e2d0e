package activities

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

type addArtifact struct{}

// AddArtifactParams are what add_artifact takes.
type AddArtifactParams struct {
	CaseID       *int64         `json:"case_id,omitempty" jsonschema:"minimum=1,description=Case it belongs to; none when missing"`
	ArtifactType string         `json:"artifact_type" jsonschema:"enum=hash,enum=ip,enum=domain,enum=email,enum=url,enum=file,enum=registry,enum=other"`
	Value        string         `json:"value" jsonschema:"minLength=1,maxLength=4096"`
	Description  string         `json:"description,omitempty" jsonschema:"maxLength=100000"`
	Metadata     map[string]any `json:"artifact_metadata,omitempty"`
	TLP          string         `json:"tlp,omitempty" jsonschema:"enum=clear,enum=green,enum=amber,enum=amber+strict,enum=red,description=Traffic Light Protocol; amber when missing"`
	Tags         []string       `json:"tags,omitempty" jsonschema:"maxItems=50"`
}

// AddArtifactResult is what add_artifact answers.
type AddArtifactResult struct {
	ID            int64  `json:"id"`
	ArtifactType  string `json:"artifact_type"`
	Value         string `json:"value" jsonschema:"description=In canonical form"`
	Created       bool   `json:"created" jsonschema:"description=False when it was there already"`
	FalsePositive bool   `json:"false_positive" jsonschema:"description=True when the one that is there is marked as a false positive"`
}

// Spec describes the action.
func (addArtifact) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionAddArtifact, Summary: "Adds an indicator, to a case or on its own; one that is there already is found.",
		Effect: playbooks.EffectDatabase, Timeout: databaseTimeout, Retry: databaseRetry(), Role: string(auth.RoleUser),
		DryRun: "would add an indicator",
	}
}

// Execute inserts the indicator or finds it. Faults: Invalid, also for a case that doesn't exist.
func (addArtifact) Execute(ctx context.Context, c Call, p AddArtifactParams) (AddArtifactResult, error) {
	row := &models.Artifact{
		ArtifactType: p.ArtifactType, Value: p.Value, Description: p.Description, TLP: p.TLP, Tags: p.Tags, Origin: models.OriginPlaybook,
	}
	if p.CaseID != nil && *p.CaseID != 0 {
		row.CaseIDs = []int64{*p.CaseID}
	}
	if p.Metadata != nil {
		raw, err := encode(p.Metadata)
		if err != nil {
			return AddArtifactResult{}, err
		}
		row.ArtifactMetadata = raw
	}
	got, did, err := c.Tenant.AddArtifact(ctx, row)
	if err != nil {
		return AddArtifactResult{}, err
	}
	return AddArtifactResult{ID: got.ID, ArtifactType: got.ArtifactType, Value: got.Value, Created: did.Created, FalsePositive: got.FalsePositive}, nil
}
