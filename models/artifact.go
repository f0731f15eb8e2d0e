package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Artifact is an indicator: one row per tenant, type and key, tied to any number of cases.
type Artifact struct {
	bun.BaseModel `bun:"table:artifacts,alias:a"`

	ID               int64           `bun:",pk,autoincrement"`
	TenantID         int64           `bun:",notnull"`
	ArtifactType     string          `bun:",notnull"`
	Value            string          `bun:",notnull"` // canonical, with the case that people know
	Key              string          `bun:",notnull"` // what spellings of one thing share
	Description      string          `bun:",notnull"`
	ArtifactMetadata json.RawMessage `bun:"type:jsonb,notnull"`
	TLP              string          `bun:"tlp,notnull"`
	ExpiresAt        *time.Time      `bun:"expires_at"` // nil: never
	FalsePositive    bool            `bun:",notnull"`
	FPReason         string          `bun:"fp_reason,notnull"`
	Origin           string          `bun:",notnull"` // how it came in first
	CreatedAt        time.Time       `bun:",nullzero,default:now()"`
	UpdatedAt        time.Time       `bun:",nullzero,default:now()"`

	Tags      []string   `bun:",array,scanonly"`         // from artifact_tags, sorted
	CaseIDs   []int64    `bun:"case_ids,array,scanonly"` // from case_artifacts, as they were tied
	Sightings int64      `bun:",scanonly"`               // from artifact_counts, as what follows
	Hosts     int        `bun:",scanonly"`
	FirstSeen *time.Time `bun:",scanonly"`
	LastSeen  *time.Time `bun:",scanonly"`
	ValueKey  string     `bun:",scanonly"` // as lists sort by it
}

// FirstCase is the case that the indicator was tied to first; nil for none.
func (a *Artifact) FirstCase() *int64 {
	if len(a.CaseIDs) == 0 {
		return nil
	}
	return &a.CaseIDs[0]
}

// Expired says whether an indicator's time is over.
func (a *Artifact) Expired(now time.Time) bool { return a.ExpiresAt != nil && !a.ExpiresAt.After(now) }

// Sighting says that an indicator was seen on a host by a source, in so many rows.
type Sighting struct {
	bun.BaseModel `bun:"table:sightings,alias:si"`

	ID            int64     `bun:",autoincrement"`
	TenantID      int64     `bun:",pk"`
	ArtifactID    int64     `bun:",pk"`
	HostID        int64     `bun:",pk"`
	SourceID      int64     `bun:",pk"`
	Field         string    `bun:",notnull"` // where it stood the first time
	Count         int64     `bun:",notnull"`
	FirstSeen     time.Time `bun:",notnull"`
	LastSeen      time.Time `bun:",notnull"`
	ObservationID *int64    `bun:"observation_id"` // the first of the rows; nil: not known

	Hostname   string `bun:",scanonly"` // empty: the host is gone
	SourceName string `bun:",scanonly"` // empty: the source's rows are gone
}

// How indicators come in.
const (
	OriginManual    = "manual"
	OriginImport    = "import"
	OriginExtracted = "extracted" // from rows, by the extraction
	OriginPlaybook  = "playbook"
)

// TLPAmber is what an indicator is marked with where nobody says otherwise.
const TLPAmber = "amber"

// ArtifactTypes lists the kinds of indicators.
func ArtifactTypes() []string {
	return []string{"hash", "ip", "domain", "email", "url", "file", "registry", "other"}
}

// ArtifactOrigins lists how indicators come in.
func ArtifactOrigins() []string {
	return []string{OriginManual, OriginImport, OriginExtracted, OriginPlaybook}
}

// TLPs lists the marks of the Traffic Light Protocol 2.0, rising.
func TLPs() []string { return []string{"clear", "green", TLPAmber, "amber+strict", "red"} }
