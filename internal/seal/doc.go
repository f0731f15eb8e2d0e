// Package seal owns the operator's encryption keys and the sealing of tenant secrets under them: AES-256-GCM through
// tink, with a key of its own for every tenant derived by HKDF-SHA256 (RFC 5869), so that one tenant's sealed bytes open
// nowhere else. It refuses to keep anything: rows that hold sealed bytes are internal/store's, and who may ask for a
// secret is decided by its callers.
//
// Public API:
//
//	func ParseKeys(list string) (*Keys, error) // ENCRYPTION_KEY: base64 of 32 bytes each, comma separated; the first seals
//	func (k *Keys) Primary() string            // id of the sealing key, 16 hex digits
//	func (k *Keys) IDs() []string              // the sealing key's first
//	func (k *Keys) AEAD(keyID string, room Room, tenant int64) (tink.AEAD, error)
//	func (k *Keys) Derive(keyID string, room Room, tenant int64) ([]byte, error)
//
//	func New(keys *Keys) *Sealer
//	func (s *Sealer) Seal(tenant int64, purpose string, plaintext []byte) ([]byte, error)
//	func (s *Sealer) Open(tenant int64, purpose string, sealed []byte) ([]byte, error) // faults: key_missing, seal_broken
//	func (s *Sealer) NeedsReseal(sealed []byte) bool                                   // made under an older key
package seal
