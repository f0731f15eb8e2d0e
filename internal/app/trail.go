package app

import (
	"fmt"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/seal"
)

// buildTrail makes the keys of the audit trail. The operator's encryption keys always verify, so that a trail from before
// AUDIT_KEY was set stays provable.
func (x *parts) buildTrail(encryption *seal.Keys) error {
	if x.p.Config.AuditKey == "" {
		x.trail = audit.NewKeyring(encryption)
		return nil
	}
	own, err := seal.ParseKeys(x.p.Config.AuditKey)
	if err != nil {
		return fmt.Errorf("AUDIT_KEY: %w", err)
	}
	x.trail = audit.NewKeyring(own, encryption)
	return nil
}
