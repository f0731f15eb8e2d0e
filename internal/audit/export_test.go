package audit

import (
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/models"
)

// SignHead signs a head as the sealer would.
func SignHead(r *Keyring, h *models.AuditHead) { h.Signature = r.of(h.TenantID).headSignature(h) }

// FormerStamp stamps a line in the former form.
func FormerStamp(r *Keyring, row *models.AuditLog) ([]byte, error) {
	said, err := formerContent(row)
	k := r.of(row.TenantID)
	nonce := clock.Bytes(nonceSize)
	stamp := append(append([]byte{}, k.signingID()...), nonce...)
	return append(stamp, k.stampMAC(k.signingID(), nonce, said)...), err
}

// FormerSeals makes the seals of lines anew as they were made of the former form, and the head behind them.
func FormerSeals(r *Keyring, lines []models.SealedLine, head *models.AuditHead) error {
	k, before := r.of(head.TenantID), genesis()
	for i := range lines {
		said, err := formerContent(lines[i].Line)
		if err != nil {
			return err
		}
		lines[i].LineMAC = k.lineMAC(lines[i].KeyID, lines[i].Line, said)
		lines[i].MAC = k.link(&lines[i].AuditSeal, before)
		before = lines[i].MAC
	}
	head.MAC = before
	SignHead(r, head)
	return nil
}
