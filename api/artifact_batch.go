package api

import (
	"context"
	"errors"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// maxArtifactBatch is the most a batch of indicators may have, in bytes.
const maxArtifactBatch = 16 << 20

// BatchArtifact is one indicator of a batch. What is wrong with it is answered with it, so that its neighbours are kept.
type BatchArtifact struct {
	ArtifactType string     `json:"artifact_type" maxLength:"50" doc:"hash, ip, domain, email, url, file, registry, other"`
	Value        string     `json:"value" doc:"in any spelling, defanged too"`
	Description  string     `json:"description,omitempty"`
	TLP          string     `json:"tlp,omitempty" maxLength:"50" doc:"clear, green, amber, amber+strict, red; amber where it is left out"`
	Tags         []string   `json:"tags,omitempty"`
	ExpiresAt    *time.Time `json:"expires_at,omitempty"`
}

type batchArtifactsIn struct {
	Body struct {
		Items  []BatchArtifact `json:"items" minItems:"1" maxItems:"5000" nullable:"false"`
		CaseID int64           `json:"case_id,omitempty" minimum:"1" doc:"they become this case's as well"`
	}
}

// BatchOutcome is what became of one indicator of a batch.
type BatchOutcome struct {
	Index   int    `json:"index" doc:"its place in items, from 0"`
	ID      *int64 `json:"id,omitempty"`
	Created bool   `json:"created"`
	Error   string `json:"error,omitempty" doc:"why it was not kept"`
}

type batchedArtifacts struct {
	Body struct {
		Created  int            `json:"created"`
		Existing int            `json:"existing" doc:"they stay as they are"`
		Rejected int            `json:"rejected"`
		Items    []BatchOutcome `json:"items" nullable:"false"`
	}
}

func (a *API) batchArtifacts(ctx context.Context, in *batchArtifactsIn) (*batchedArtifacts, error) {
	rows := make([]*models.Artifact, len(in.Body.Items))
	for i := range in.Body.Items {
		it := &in.Body.Items[i]
		rows[i] = &models.Artifact{
			ArtifactType: it.ArtifactType, Value: it.Value, Description: it.Description, TLP: it.TLP, Tags: it.Tags, ExpiresAt: it.ExpiresAt,
		}
	}
	out := &batchedArtifacts{}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		items, err := t.AddArtifacts(ctx, rows, store.Batch{CaseID: in.Body.CaseID})
		if err != nil {
			return audit.Entry{}, inBody(err)
		}
		out.Body.Items = make([]BatchOutcome, len(items))
		var fresh, tied []int64
		for i := range items {
			out.Body.Items[i] = outcomeOf(i, &items[i])
			switch {
			case items[i].Err != nil:
				out.Body.Rejected++
			case items[i].Created:
				out.Body.Created++
				fresh = append(fresh, items[i].ID)
			default:
				out.Body.Existing++
			}
			if items[i].Tied && !items[i].Created {
				tied = append(tied, items[i].ID)
			}
		}
		after := map[string]any{"created": notNil(fresh), "existing": out.Body.Existing, "rejected": out.Body.Rejected}
		if in.Body.CaseID != 0 {
			after["case_id"], after["tied"] = in.Body.CaseID, notNil(tied)
		}
		return audit.Entry{Action: "artifact.create_many", ResourceType: "artifact", After: after}, nil
	})
	return out, err
}

func outcomeOf(i int, it *store.BatchItem) BatchOutcome {
	out := BatchOutcome{Index: i, Created: it.Created}
	if it.Err != nil {
		out.Error = sentence(it.Err)
		return out
	}
	out.ID = &it.ID
	return out
}

// sentence says what is wrong, for people: the field and the rule that it breaks.
func sentence(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if ok && len(f.Fields) > 0 {
		return f.Fields[0].Location + " " + f.Fields[0].Message
	}
	return fault.Safe(err)
}
