package api

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/indicator"
	"github.com/velocicompanion/velocicompanion/models"
)

// maxParseText is the most text that is parsed at once, in bytes.
const maxParseText = indicator.MaxText

type parseArtifactsIn struct {
	Body struct {
		Text string `json:"text" minLength:"1" doc:"a report, a mail, a list; at most 1 MiB"`
	}
}

// FoundArtifact is one indicator found in a text.
type FoundArtifact struct {
	ArtifactType       string   `json:"artifact_type" enum:"hash,ip,domain,email,url,file,registry,other"`
	Subtype            string   `json:"subtype"`
	Value              string   `json:"value" doc:"in canonical form"`
	Original           string   `json:"original" doc:"as it is written"`
	Accepted           bool     `json:"accepted" doc:"nothing speaks against keeping it"`
	Guard              string   `json:"guard,omitempty" doc:"what speaks against it"`
	GuardReason        string   `json:"guard_reason,omitempty" doc:"in a sentence"`
	KnownID            *int64   `json:"known_id,omitempty" doc:"the indicator that is there already"`
	KnownFalsePositive bool     `json:"known_false_positive" doc:"the one that is there is marked as a false positive"`
	Line               int      `json:"line" doc:"where it stands first, from 1"`
	Offset             int      `json:"offset" doc:"bytes before it"`
	Times              int      `json:"times" doc:"how often it occurs"`
	Warnings           []string `json:"warnings" nullable:"false" doc:"defanged, port_dropped, path_dropped, rewritten"`
}

type parsedArtifacts struct {
	Body struct {
		Found     []FoundArtifact `json:"found" nullable:"false" doc:"each indicator once, in the order of the text"`
		Truncated bool            `json:"truncated" doc:"the text holds more than 10,000"`
	}
}

// knownFalsePositive is what speaks against an indicator that somebody marked.
const knownFalsePositive = "known_false_positive"

// parseArtifacts shows what a text holds; nothing is kept.
func (a *API) parseArtifacts(ctx context.Context, in *parseArtifactsIn) (*parsedArtifacts, error) {
	preview, err := indicator.ParseText(in.Body.Text)
	if err != nil {
		return nil, inBody(err)
	}
	out := &parsedArtifacts{}
	out.Body.Truncated, out.Body.Found = preview.Truncated, []FoundArtifact{}
	type key struct {
		t   indicator.Type
		key string
	}
	at := map[key]int{}
	var wanted []*models.Artifact
	for i := range preview.Items {
		it := &preview.Items[i]
		k := key{it.Type, it.Key}
		if n, again := at[k]; again {
			out.Body.Found[n].Times++
			continue
		}
		at[k] = len(wanted)
		wanted = append(wanted, &models.Artifact{ArtifactType: string(it.Type), Key: it.Key})
		out.Body.Found = append(out.Body.Found, shapeFound(it))
	}
	known, err := a.tenant(ctx).FindArtifacts(ctx, wanted)
	if err != nil {
		return nil, err
	}
	for i, row := range known {
		f := &out.Body.Found[i]
		f.KnownID, f.KnownFalsePositive = &row.ID, row.FalsePositive
		if row.FalsePositive && f.Guard == "" {
			f.Accepted, f.Guard, f.GuardReason = false, knownFalsePositive, "Marked as a false positive here."
			if row.FPReason != "" {
				f.GuardReason = "Marked as a false positive here: " + row.FPReason
			}
		}
	}
	return out, nil
}

func shapeFound(it *indicator.Item) FoundArtifact {
	warnings := make([]string, len(it.Warnings))
	for i, w := range it.Warnings {
		warnings[i] = string(w)
	}
	return FoundArtifact{
		ArtifactType: string(it.Type), Subtype: it.Subtype, Value: it.Value, Original: it.Original, Accepted: it.Guard == "",
		Guard: string(it.Guard), GuardReason: it.Guard.Why(), Line: it.Line, Offset: it.Offset, Times: 1, Warnings: warnings,
	}
}
