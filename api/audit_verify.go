package api

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// verifying is how many verifications run at once in this process: each reads a whole trail.
const verifying = 2

type verifyAuditIn struct {
	HeadSeq int64  `query:"head_seq" minimum:"1" doc:"with head_mac: a head that you kept from the log (message audit head); the chain must still contain it"`
	HeadMAC string `query:"head_mac" pattern:"^[0-9a-fA-F]{64}$" patternDescription:"64 hexadecimal digits"`
}

// AuditFinding is one thing that is wrong with the trail.
type AuditFinding struct {
	Kind      string     `json:"kind" enum:"altered,missing,inserted,cut"`
	Seq       *int64     `json:"seq" doc:"place in the chain; null: it has none"`
	AuditID   *int64     `json:"audit_id" doc:"the entry; null: not known any more"`
	CreatedAt *time.Time `json:"created_at,omitempty"`
	Detail    string     `json:"detail"`
}

// AuditCheckpoint is where a chain begins whose older lines were removed for their age.
type AuditCheckpoint struct {
	Seq       int64     `json:"seq" doc:"the last line that was removed"`
	MAC       string    `json:"mac"`
	CreatedAt time.Time `json:"created_at"`
	Reason    string    `json:"reason"`
}

type verifyAuditOut struct {
	Body struct {
		Status     string           `json:"status" enum:"intact,broken"`
		Checked    int64            `json:"checked" doc:"sealed lines that were looked at"`
		Unsealed   int64            `json:"unsealed" doc:"lines that wait for their seal; some for a moment are normal"`
		Overdue    int64            `json:"overdue" doc:"of these, older than 10 seconds: sealing has stopped, or a transaction stays open"`
		FirstSeq   int64            `json:"first_seq" doc:"0: nothing is sealed"`
		LastSeq    int64            `json:"last_seq"`
		HeadHash   string           `json:"head_hash" doc:"the MAC at the signed end of the chain, hexadecimal; keep it with last_seq to prove later that nothing was cut off"`
		SealedAt   *time.Time       `json:"sealed_at" doc:"when the last line was sealed"`
		KnownHead  string           `json:"known_head,omitempty" enum:"confirmed,contradicted,retired" doc:"what became of head_seq and head_mac"`
		Checkpoint *AuditCheckpoint `json:"checkpoint,omitempty" doc:"the chain begins behind it"`
		Found      int64            `json:"found" doc:"all findings; at most 1,000 are listed"`
		Findings   []AuditFinding   `json:"findings" nullable:"false"`
	}
}

// verifyAudit reads the whole trail and says what is wrong with it.
func (a *API) verifyAudit(ctx context.Context, in *verifyAuditIn) (*verifyAuditOut, error) {
	if a.trail == nil {
		return nil, fault.New(fault.Unavailable, "the keys of the trail are not configured").WithCode("key_missing")
	}
	if (in.HeadSeq == 0) != (in.HeadMAC == "") {
		return nil, fault.InvalidField("query.head_mac", "goes with head_seq")
	}
	var known *audit.KnownHead
	if in.HeadSeq > 0 {
		mac, err := hex.DecodeString(in.HeadMAC)
		if err != nil {
			return nil, fault.InvalidField("query.head_mac", "must be 64 hexadecimal digits")
		}
		known = &audit.KnownHead{Seq: in.HeadSeq, MAC: mac}
	}
	select {
	case a.verifying <- struct{}{}:
		defer func() { <-a.verifying }()
	default:
		return nil, fault.New(fault.TooMany, "other trails are being verified; try again in a moment").WithRetryAfter(5 * time.Second)
	}
	r, err := a.trail.Verify(ctx, actor(ctx).TenantID, known)
	if err != nil {
		return nil, err
	}
	return shapeReport(r), nil
}

func shapeReport(r *audit.Report) *verifyAuditOut {
	out := &verifyAuditOut{}
	b := &out.Body
	b.Status, b.Checked, b.Unsealed, b.Overdue, b.FirstSeq, b.LastSeq = "intact", r.Checked, r.Unsealed, r.Overdue, r.FirstSeq, r.LastSeq
	if !r.Intact() {
		b.Status = "broken"
	}
	if r.Head != nil {
		b.HeadHash, b.SealedAt = hex.EncodeToString(r.Head.MAC), &r.Head.SealedAt
	}
	if c := r.Retired; c != nil {
		b.Checkpoint = &AuditCheckpoint{Seq: c.Seq, MAC: hex.EncodeToString(c.MAC), CreatedAt: c.CreatedAt, Reason: c.Reason}
	}
	b.KnownHead, b.Found, b.Findings = r.KnownHead, r.Found, make([]AuditFinding, 0, len(r.Findings))
	for _, f := range r.Findings {
		b.Findings = append(b.Findings, AuditFinding{Kind: f.Kind, Seq: orNil(f.Seq), AuditID: orNil(f.AuditID), CreatedAt: f.CreatedAt, Detail: f.Detail})
	}
	return out
}

func orNil(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}
