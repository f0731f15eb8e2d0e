package api

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/indicator"
	"github.com/velocicompanion/velocicompanion/internal/intake"
	"github.com/velocicompanion/velocicompanion/models"
)

// importNames are the names that columns go by, beside the fields' own.
func importNames() map[string]string {
	return map[string]string{
		"artifact_type": "artifact_type", "type": "artifact_type", "ioc_type": "artifact_type", "indicator_type": "artifact_type",
		"value": "value", "indicator": "value", "ioc": "value", "ioc_value": "value",
		"description": "description", "comment": "description", "tlp": "tlp",
		"tags": "tags", "labels": "tags", "expires_at": "expires_at", "expires": "expires_at", "valid_until": "expires_at",
	}
}

// importColumns says which field each column is. Faults: Invalid without a value, and where two columns are one field.
func importColumns(header []string) (columns map[string]string, ignored []string, err error) {
	columns, ignored = map[string]string{}, []string{}
	var fields []string
	for _, name := range header {
		plain := strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
		field, known := importNames()[plain]
		if !known {
			ignored = append(ignored, name)
			continue
		}
		if slices.Contains(fields, field) {
			return nil, nil, fault.InvalidField("body", "two columns of the CSV are the field %s", field).WithCode("csv_header")
		}
		columns[name], fields = field, append(fields, field)
	}
	if !slices.Contains(fields, "value") {
		return nil, nil, fault.InvalidField("body", "the first line must name the columns, and one of them must be value").WithCode("csv_header")
	}
	return columns, ignored, nil
}

// importedRow reads a line. What an export defused is taken as it was.
func importedRow(line intake.Line, columns map[string]string) (*models.Artifact, error) {
	if line.Err != nil {
		return nil, line.Err
	}
	var cells map[string]string
	if err := json.Unmarshal(line.Raw, &cells); err != nil {
		return nil, fault.Wrap(err, fault.Malformed, "can't be read")
	}
	row := &models.Artifact{Origin: models.OriginImport}
	for name, cell := range cells {
		cell = plainCell(cell)
		switch columns[name] {
		case "artifact_type":
			row.ArtifactType = strings.ToLower(strings.TrimSpace(cell))
		case "value":
			row.Value = cell
		case "description":
			row.Description = cell
		case "tlp":
			row.TLP = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(cell)), "tlp:")
		case "tags":
			row.Tags = tagsOf(cell)
		case "expires_at":
			at, err := importedTime(strings.TrimSpace(cell))
			if err != nil {
				return nil, err
			}
			row.ExpiresAt = at
		}
	}
	if row.ArtifactType == "" && strings.TrimSpace(row.Value) != "" {
		row.ArtifactType = string(indicator.Guess(row.Value))
	}
	return row, nil
}

// plainCell takes away the apostrophe that an export puts before what a spreadsheet would run.
func plainCell(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@\t\r", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

func tagsOf(cell string) []string {
	var tags []string
	for tag := range strings.SplitSeq(cell, tagSeparator) {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// importedTime reads a moment or a day; nil for an empty cell.
func importedTime(s string) (*time.Time, error) {
	if s == "" {
		return nil, nil //nolint:nilnil // no expiry is the normal case
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			at = at.UTC()
			return &at, nil
		}
	}
	return nil, fault.InvalidField("expires_at", "must be a moment like 2026-12-31T00:00:00Z or a day like 2026-12-31")
}
