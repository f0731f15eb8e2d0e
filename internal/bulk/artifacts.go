package bulk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// TLPParams are what set_tlp takes.
type TLPParams struct {
	TLP string `json:"tlp" enum:"clear,green,amber,amber+strict,red"`
}

// ExpiryParams are what set_expiry takes.
type ExpiryParams struct {
	ExpiresAt *time.Time `json:"expires_at" nullable:"true" doc:"null: never"`
}

// ReasonParams are what mark_false_positive takes.
type ReasonParams struct {
	Reason string `json:"reason,omitempty" maxLength:"1000" doc:"why they are none"`
}

// artifactFields are the fields of an indicator that jobs change; nil ones are not of the change.
type artifactFields struct {
	TLP           *string   `json:"tlp,omitempty"`
	ExpiresAt     *string   `json:"expires_at,omitempty"` // RFC 3339; "": never
	FalsePositive *bool     `json:"false_positive,omitempty"`
	FPReason      *string   `json:"fp_reason,omitempty"`
	Tags          *[]string `json:"tags,omitempty"`
}

func setTLP() spec[TLPParams] {
	return artifactSpec("set_tlp", "Set the TLP of indicators", func(_ *models.Artifact, p TLPParams) artifactFields {
		return artifactFields{TLP: &p.TLP}
	}, func(_ context.Context, _ Call, p *TLPParams) error {
		if !slices.Contains(models.TLPs(), p.TLP) {
			return badParam("tlp", "must be one of %s", strings.Join(models.TLPs(), ", "))
		}
		return nil
	})
}

func setExpiry() spec[ExpiryParams] {
	return artifactSpec("set_expiry", "Set until when indicators hold", func(_ *models.Artifact, p ExpiryParams) artifactFields {
		return artifactFields{ExpiresAt: moment(p.ExpiresAt)}
	}, nil)
}

func markFalsePositive() spec[ReasonParams] {
	return artifactSpec("mark_false_positive", "Mark indicators as false positives", func(_ *models.Artifact, p ReasonParams) artifactFields {
		return artifactFields{FalsePositive: new(true), FPReason: &p.Reason}
	}, func(_ context.Context, _ Call, p *ReasonParams) error {
		p.Reason = strings.TrimSpace(p.Reason)
		return nil
	})
}

func unmarkFalsePositive() spec[none] {
	return artifactSpec("unmark_false_positive", "Say that indicators are no false positives", func(*models.Artifact, none) artifactFields {
		return artifactFields{FalsePositive: new(false), FPReason: new("")}
	}, nil)
}

func addArtifactTags() spec[TagParams] {
	return artifactSpec("add_tags", "Put tags on indicators", func(row *models.Artifact, p TagParams) artifactFields {
		return artifactFields{Tags: united(row.Tags, p.Tags)}
	}, checkTags)
}

func removeArtifactTags() spec[TagParams] {
	return artifactSpec("remove_tags", "Take tags off indicators", func(row *models.Artifact, p TagParams) artifactFields {
		return artifactFields{Tags: without(row.Tags, p.Tags)}
	}, checkTags)
}

// artifactSpec is an action that gives indicators the fields that wish names.
func artifactSpec[P any](name, summary string, wish func(*models.Artifact, P) artifactFields, check func(context.Context, Call, *P) error) spec[P] {
	return fieldSpec(
		spec[P]{resource: models.BulkArtifacts, name: name, summary: summary, permission: auth.IndicatorsWrite, check: check},
		kind[models.Artifact, artifactFields]{read: (*store.Tenant).Artifact, of: artifactFields.of, change: changeArtifact}, wish)
}

// of gives the row's values of the fields that f names.
func (f artifactFields) of(row *models.Artifact) (out artifactFields) {
	if f.TLP != nil {
		out.TLP = &row.TLP
	}
	if f.ExpiresAt != nil {
		out.ExpiresAt = moment(row.ExpiresAt)
	}
	if f.FalsePositive != nil {
		out.FalsePositive = &row.FalsePositive
	}
	if f.FPReason != nil {
		out.FPReason = &row.FPReason
	}
	if f.Tags != nil {
		tags := append([]string{}, row.Tags...)
		out.Tags = &tags
	}
	return out
}

func changeArtifact(ctx context.Context, t *store.Tenant, row *models.Artifact, f artifactFields) (*change, error) {
	before := f.of(row)
	c := store.ArtifactChange{TLP: f.TLP, FalsePositive: f.FalsePositive, FPReason: f.FPReason, Tags: f.Tags, Seen: row.UpdatedAt}
	if f.ExpiresAt != nil {
		c.ExpiresAt = &time.Time{}
		if *f.ExpiresAt != "" {
			at, err := time.Parse(time.RFC3339Nano, *f.ExpiresAt)
			if err != nil {
				return nil, fault.Wrap(err, fault.Internal, "what an item keeps can't be read")
			}
			c.ExpiresAt = &at
		}
	}
	updated, err := t.UpdateArtifact(ctx, row.ID, c)
	if err != nil {
		return nil, err
	}
	return &change{before: before, after: f.of(updated)}, nil
}

// moment is a time as items keep it, to the microsecond as the database does; "" for none.
func moment(at *time.Time) *string {
	text := ""
	if at != nil && !at.IsZero() {
		text = at.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
	}
	return &text
}

func addArtifactsToCase() spec[CaseParams] {
	return tying(models.BulkArtifacts, "Add indicators to a case", (*store.Tenant).TieArtifacts, (*store.Tenant).UntieArtifacts)
}

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
