package store

import (
	"crypto/sha256"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/indicator"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of an indicator.
const (
	maxReason        = 1000 // characters of why it is a false positive
	maxArtifactCases = 1000 // that it can be set to be of at once
)

// normalArtifact brings an indicator into the form it is kept in. Faults: Invalid, naming the field.
func normalArtifact(row *models.Artifact) error {
	if err := normalValue(row); err != nil {
		return err
	}
	if row.TLP == "" {
		row.TLP = models.TLPAmber
	}
	if !slices.Contains(models.TLPs(), row.TLP) {
		return fault.InvalidField("tlp", "must be one of %s", strings.Join(models.TLPs(), ", "))
	}
	if row.Origin == "" {
		row.Origin = models.OriginManual
	}
	if p := longTextProblem(row.Description, maxDescription); p != "" {
		return fault.InvalidField("description", "%s", p)
	}
	row.FPReason = strings.TrimSpace(row.FPReason)
	if p := longTextProblem(row.FPReason, maxReason); p != "" {
		return fault.InvalidField("fp_reason", "%s", p)
	}
	if !row.FalsePositive {
		row.FPReason = ""
	}
	if row.ExpiresAt != nil && (row.ExpiresAt.Year() < 1970 || row.ExpiresAt.Year() > 9999) {
		return fault.InvalidField("expires_at", "must be a year from 1970 to 9999")
	}
	slices.Sort(row.CaseIDs)
	if row.CaseIDs = slices.Compact(row.CaseIDs); len(row.CaseIDs) > maxArtifactCases {
		return fault.InvalidField("case_ids", "at most %d at once", maxArtifactCases)
	}
	var err error
	if row.Tags, err = normalTags(row.Tags); err != nil {
		return err
	}
	row.ArtifactMetadata, err = freeObject(row.ArtifactMetadata, "artifact_metadata")
	return err
}

// normalValue gives an indicator its canonical value and its key. What is written so that nobody clicks on it is undone.
func normalValue(row *models.Artifact) error {
	if !slices.Contains(models.ArtifactTypes(), row.ArtifactType) {
		return fault.InvalidField("artifact_type", "must be one of %s", strings.Join(models.ArtifactTypes(), ", "))
	}
	in, err := CanonicalIndicator(row.ArtifactType, row.Value)
	if err != nil {
		return err
	}
	row.Value, row.Key = in.Value, in.Key
	return nil
}

// CanonicalIndicator is an indicator as it is kept, of a value that may be written defanged. Faults: Invalid at value.
func CanonicalIndicator(typ, value string) (indicator.Indicator, error) {
	if !utf8.ValidString(value) {
		return indicator.Indicator{}, fault.InvalidField("value", "must be valid UTF-8")
	}
	in, err := indicator.Normalise(indicator.Type(typ), value)
	switch indicator.Type(typ) {
	case indicator.IP, indicator.Domain, indicator.Email, indicator.URL:
		if plain := indicator.Refang(value); plain != value {
			if in, again := indicator.Normalise(indicator.Type(typ), plain); again == nil {
				return in, nil
			}
		}
	case indicator.Hash, indicator.File, indicator.Registry, indicator.Other:
	}
	return in, err
}

func normalTags(tags []string) ([]string, error) {
	out := make([]string, 0, len(tags))
	for _, tag := range tags {
		tag = strings.TrimSpace(tag)
		if p := models.TextProblem(tag, maxLabelLength); p != "" || tag == "" {
			return nil, fault.InvalidField("tags", "a tag has 1 to %d characters and no control characters", maxLabelLength)
		}
		out = append(out, tag)
	}
	slices.Sort(out)
	if out = slices.Compact(out); len(out) > maxTags {
		return nil, fault.InvalidField("tags", "at most %d tags", maxTags)
	}
	return out, nil
}

// digestOf is what the unique index holds of a key.
func digestOf(key string) []byte {
	d := sha256.Sum256([]byte(key))
	return d[:]
}

func unknownCase() error {
	return fault.InvalidField("case_id", "there is no such case").WithCode("unknown_reference")
}

func artifactFault(err error) error {
	switch ConstraintOf(err) {
	case "case_artifacts_tenant_id_case_id_fkey":
		return unknownCase()
	case "artifacts_key":
		return fault.Wrap(err, fault.Conflict, "there is such an indicator already").WithCode("artifact_exists")
	}
	return err
}

// CheckArtifact brings an indicator into the form that it would be kept in. Faults: Invalid, naming the field.
func CheckArtifact(row *models.Artifact) error { return normalArtifact(row) }
