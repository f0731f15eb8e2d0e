package audit

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// sound is the head from which sealing goes on. A chain is never continued from an end that isn't the signed one: new
// seals and a new signature would make what was done to it look right. Then a signed break goes into the chain, which
// verification reports for good, and sealing begins anew behind it. Faults: Unavailable (key_missing).
func (s *Sealer) sound(ctx context.Context, t *store.Tenant, k *keys, head *models.AuditHead) (*models.AuditHead, error) {
	if len(head.KeyID) > 0 && !k.known(head.KeyID) {
		return nil, fault.New(fault.Unavailable, "the key of the trail's head is not configured").WithCode("key_missing")
	}
	last, err := t.LastSeal(ctx)
	if err != nil {
		return nil, err
	}
	seams, err := t.AuditCheckpoints(ctx)
	if err != nil {
		return nil, err
	}
	why := s.unsound(k, head, last, seams)
	if why == "" {
		return head, nil
	}
	s.p.Log.ErrorContext(ctx, "the audit trail of a tenant was tampered with; sealing begins anew behind the break",
		slog.Int64("tenant_id", t.ID()), slog.String("reason", why))
	seam := &models.AuditCheckpoint{
		TenantID: t.ID(), Kind: models.CheckpointBroken, Seq: s.furthest(head, last, seams), Reason: why, CreatedAt: s.p.Clock.Now(), KeyID: k.signingID(),
	}
	seam.MAC = k.mac(seam.KeyID, "broken", (&encoder{}).number(seam.Seq).text(why).time(seam.CreatedAt))
	seam.Signature = k.checkpointSignature(seam)
	if err := t.AddCheckpoint(ctx, seam); err != nil {
		return nil, err
	}
	return &models.AuditHead{TenantID: t.ID(), Seq: seam.Seq, MAC: seam.MAC}, nil
}

// unsound says what is wrong with a chain's end; "" when nothing is.
func (s *Sealer) unsound(k *keys, head *models.AuditHead, last *models.AuditSeal, seams []models.AuditCheckpoint) string {
	if was, ok := s.seen[k.tenant]; ok {
		switch {
		case head.Seq < was.Seq:
			return fmt.Sprintf("the head went back from %d to %d", was.Seq, head.Seq)
		case head.Seq == was.Seq && !bytes.Equal(head.MAC, was.MAC):
			return fmt.Sprintf("the head at %d was replaced", head.Seq)
		}
	}
	end, mac := int64(0), genesis()
	if n := len(seams); n > 0 {
		end, mac = seams[n-1].Seq, seams[n-1].MAC
	}
	if last != nil && last.Seq > end {
		end, mac = last.Seq, last.MAC
	}
	switch {
	case end == 0 && blank(head):
		return ""
	case !same(k.headSignature(head), head.Signature):
		return fmt.Sprintf("the signature of the head at %d is not ours", head.Seq)
	case end < head.Seq:
		return fmt.Sprintf("the seals end at %d, the head is at %d", end, head.Seq)
	case end > head.Seq:
		return fmt.Sprintf("the seals go on to %d, the head is at %d", end, head.Seq)
	case !bytes.Equal(mac, head.MAC):
		return fmt.Sprintf("the seal at %d is not the one that the head names", head.Seq)
	}
	return ""
}

// furthest is the highest place that was ever given, as far as anybody knows.
func (s *Sealer) furthest(head *models.AuditHead, last *models.AuditSeal, seams []models.AuditCheckpoint) int64 {
	end := max(head.Seq, s.seen[head.TenantID].Seq)
	if last != nil {
		end = max(end, last.Seq)
	}
	for _, c := range seams {
		end = max(end, c.Seq)
	}
	return end
}
