package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/indicator"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type artifactBody struct {
	ID               int64      `json:"id"`
	CaseID           *int64     `json:"case_id" doc:"the case that it was tied to first"`
	CaseIDs          []int64    `json:"case_ids" nullable:"false" doc:"all of its cases, in the order in which they were tied"`
	ArtifactType     string     `json:"artifact_type" enum:"hash,ip,domain,email,url,file,registry,other"`
	Subtype          string     `json:"subtype" doc:"md5, sha1, sha256, sha384, sha512, imphash, ssdeep, tlsh; ipv4, ipv6, cidr; windows_path, unix_path, name; or empty"`
	Value            string     `json:"value" doc:"in canonical form"`
	Description      string     `json:"description"`
	ArtifactMetadata freeObject `json:"artifact_metadata"`
	TLP              string     `json:"tlp" enum:"clear,green,amber,amber+strict,red"`
	Tags             []string   `json:"tags" nullable:"false"`
	ExpiresAt        *time.Time `json:"expires_at"`
	Expired          bool       `json:"expired"`
	FalsePositive    bool       `json:"false_positive"`
	FPReason         string     `json:"fp_reason"`
	Origin           string     `json:"origin" enum:"manual,import,extracted,playbook" doc:"how it came in first"`
	Sightings        int64      `json:"sightings" doc:"rows in which it was seen"`
	Hosts            int        `json:"hosts" doc:"on which it was seen"`
	FirstSeen        *time.Time `json:"first_seen"`
	LastSeen         *time.Time `json:"last_seen"`
	CreatedAt        time.Time  `json:"created_at"`
	UpdatedAt        time.Time  `json:"updated_at"`
}

type artifactOut struct {
	ETag string `header:"ETag"`
	Body artifactBody
}

// shapeArtifact is an indicator as the API answers it now.
func (a *API) shapeArtifact(row *models.Artifact) artifactBody {
	return shapeArtifactAt(row, a.clock.Now())
}

func shapeArtifactAt(row *models.Artifact, now time.Time) artifactBody {
	subtype := ""
	if in, err := indicator.Normalise(indicator.Type(row.ArtifactType), row.Value); err == nil {
		subtype = in.Subtype
	}
	return artifactBody{
		ID: row.ID, CaseID: row.FirstCase(), CaseIDs: notNil(row.CaseIDs), ArtifactType: row.ArtifactType, Subtype: subtype, Value: row.Value,
		Description: row.Description, ArtifactMetadata: freeObject(row.ArtifactMetadata), TLP: row.TLP, Tags: notNil(row.Tags),
		ExpiresAt: utc(row.ExpiresAt), Expired: row.Expired(now), FalsePositive: row.FalsePositive, FPReason: row.FPReason, Origin: row.Origin,
		Sightings: row.Sightings, Hosts: row.Hosts, FirstSeen: utc(row.FirstSeen), LastSeen: utc(row.LastSeen),
		CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(),
	}
}

func (a *API) oneArtifact(row *models.Artifact) *artifactOut {
	return &artifactOut{ETag: etag(row.UpdatedAt), Body: a.shapeArtifact(row)}
}

func (a *API) getArtifact(ctx context.Context, in *IDInput) (*artifactOut, error) {
	return found(a.oneArtifact)(a.tenant(ctx).Artifact(ctx, in.ID))
}

// ArtifactFields are what a caller says about a new indicator.
type ArtifactFields struct {
	ArtifactType     string     `json:"artifact_type" enum:"hash,ip,domain,email,url,file,registry,other"`
	Value            string     `json:"value" minLength:"1" maxLength:"4096" doc:"in any spelling, defanged too"`
	Description      string     `json:"description,omitempty" maxLength:"100000"`
	ArtifactMetadata freeObject `json:"artifact_metadata,omitempty"`
	TLP              string     `json:"tlp,omitempty" enum:"clear,green,amber,amber+strict,red" doc:"Traffic Light Protocol 2.0; amber where it is left out"`
	Tags             []string   `json:"tags,omitempty" maxItems:"50"`
	ExpiresAt        *time.Time `json:"expires_at,omitempty" doc:"from when on it is no longer worth a look"`
}

func (f *ArtifactFields) row() *models.Artifact {
	return &models.Artifact{
		ArtifactType: f.ArtifactType, Value: f.Value, Description: f.Description, ArtifactMetadata: json.RawMessage(f.ArtifactMetadata),
		TLP: f.TLP, Tags: f.Tags, ExpiresAt: f.ExpiresAt,
	}
}

type createArtifactIn struct {
	Body struct {
		ArtifactFields

		CaseID *int64 `json:"case_id,omitempty" minimum:"1" doc:"it becomes this case's as well"`
	}
}

func (a *API) createArtifact(ctx context.Context, in *createArtifactIn) (out *changed[artifactBody], err error) {
	row := in.Body.row()
	if in.Body.CaseID != nil {
		row.CaseIDs = []int64{*in.Body.CaseID}
	}
	err = a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		out, err = a.addArtifact(ctx, t, row)
		return err
	})
	return out, err
}

// addArtifact answers 201 for a new indicator and for one that is new to its case, else 200 with the one that is there.
func (a *API) addArtifact(ctx context.Context, t *store.Tenant, in *models.Artifact) (*changed[artifactBody], error) {
	cases := in.CaseIDs
	row, did, err := t.AddArtifact(ctx, in)
	if err != nil {
		return nil, inBody(err)
	}
	body := a.shapeArtifact(row)
	var line audit.Entry
	switch {
	case did.Created:
		line = entry("artifact.create", row.ID, nil, body)
	case did.Tied:
		line = entry("case.add_artifact", cases[0], nil, map[string]int64{"artifact_id": row.ID})
	}
	if line.Action != "" {
		if err := audit.Write(ctx, t, line); err != nil {
			return nil, err
		}
	}
	return &changed[artifactBody]{
		Status: created(did.Created || did.Tied), Location: location("/api/artifacts/", row.ID), ETag: etag(row.UpdatedAt), Body: body,
	}, nil
}

type updateArtifactIn struct {
	IDInput
	IfMatchInput

	Body struct {
		ArtifactType     *string             `json:"artifact_type,omitempty" enum:"hash,ip,domain,email,url,file,registry,other"`
		Value            *string             `json:"value,omitempty" minLength:"1" maxLength:"4096" doc:"another value has none of the sightings of this one"`
		Description      *string             `json:"description,omitempty" maxLength:"100000"`
		ArtifactMetadata freeObject          `json:"artifact_metadata,omitempty" doc:"replaces the whole object"`
		TLP              *string             `json:"tlp,omitempty" enum:"clear,green,amber,amber+strict,red"`
		Tags             *[]string           `json:"tags,omitempty" maxItems:"50" doc:"replaces all tags"`
		ExpiresAt        nullable[time.Time] `json:"expires_at,omitzero" doc:"null: never"`
		FalsePositive    *bool               `json:"false_positive,omitempty" doc:"while it is one, nothing of it is counted and no playbook told"`
		FPReason         *string             `json:"fp_reason,omitempty" maxLength:"1000"`
		CaseID           nullable[int64]     `json:"case_id,omitzero" doc:"of this case only; null: of no case"`
		CaseIDs          *[]int64            `json:"case_ids,omitempty" maxItems:"1000" doc:"of these cases only"`
	}
}

// change is what the body asks for; case_ids goes before case_id.
func (in *updateArtifactIn) change(seen time.Time) store.ArtifactChange {
	b := &in.Body
	c := store.ArtifactChange{
		ArtifactType: b.ArtifactType, Value: b.Value, Description: b.Description, ArtifactMetadata: json.RawMessage(b.ArtifactMetadata),
		TLP: b.TLP, Tags: b.Tags, ExpiresAt: b.ExpiresAt.orZero(), FalsePositive: b.FalsePositive, FPReason: b.FPReason, CaseIDs: b.CaseIDs, Seen: seen,
	}
	if id := b.CaseID.orZero(); id != nil && c.CaseIDs == nil {
		c.CaseIDs = &[]int64{}
		if *id != 0 {
			c.CaseIDs = &[]int64{*id}
		}
	}
	return c
}

func (a *API) updateArtifact(ctx context.Context, in *updateArtifactIn) (*artifactOut, error) {
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	var row *models.Artifact
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Artifact(ctx, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		if row, err = t.UpdateArtifact(ctx, in.ID, in.change(seen)); err != nil {
			return audit.Entry{}, inBody(err)
		}
		return entry("artifact.update", in.ID, a.shapeArtifact(before), a.shapeArtifact(row)), nil
	})
	if err != nil {
		return nil, err
	}
	return a.oneArtifact(row), nil
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
		return entry("artifact.delete", in.ID, a.shapeArtifact(before), nil), t.DeleteArtifact(ctx, in.ID, seen)
	})
}
