package audit

import "github.com/velocicompanion/velocicompanion/models"

// SignHead signs a head as the sealer would.
func SignHead(r *Keyring, h *models.AuditHead) { h.Signature = r.of(h.TenantID).headSignature(h) }
