package audit

import (
	"encoding/json"

	"github.com/velocicompanion/velocicompanion/models"
)

// SignHead signs a head as the sealer would.
func SignHead(r *Keyring, h *models.AuditHead) { h.Signature = r.of(h.TenantID).headSignature(h) }

// Canonical is a document's canonical form, and whether it was made straight from its text.
func Canonical(raw json.RawMessage) (form []byte, plain bool, err error) {
	e := &encoder{}
	plain = e.plain(raw)
	e.b = nil
	err = e.json(raw)
	return e.b, plain, err
}

// CanonicalSlowly is Canonical by reading the whole document first.
func CanonicalSlowly(raw json.RawMessage) (form []byte, err error) {
	e := &encoder{}
	err = e.read(raw)
	return e.b, err
}
