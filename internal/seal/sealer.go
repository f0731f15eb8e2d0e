package seal

import (
	"encoding/hex"
	"fmt"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// CodeSealBroken is the stable code for sealed bytes that were altered, or belong to another tenant or purpose.
const CodeSealBroken = "seal_broken"

// format is the first byte of everything sealed: format | 8 bytes key id | nonce, ciphertext and tag.
const format = 1

// Sealer seals tenant secrets for the database.
type Sealer struct{ keys *Keys }

// New makes a sealer over the operator's keys.
func New(keys *Keys) *Sealer { return &Sealer{keys: keys} }

// Seal encrypts plaintext for one tenant and purpose (a stable name such as "smtp_password:17"); both must be given again
// to open it. The result is 37 bytes longer than plaintext.
func (s *Sealer) Seal(tenant int64, purpose string, plaintext []byte) ([]byte, error) {
	id := s.keys.Primary()
	aead, err := s.keys.AEAD(id, RoomSecrets, tenant)
	if err != nil {
		return nil, err
	}
	ct, err := aead.Encrypt(plaintext, associated(id, tenant, purpose))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "a secret could not be sealed")
	}
	out := append(make([]byte, 0, 1+idSize+len(ct)), format)
	raw, err := hex.DecodeString(id)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "a secret could not be sealed")
	}
	return append(append(out, raw...), ct...), nil
}

// Open gives back what Seal was given. Faults: Unavailable with CodeKeyMissing when the key is not configured, Internal
// with CodeSealBroken when the bytes were altered or belong to another tenant or purpose.
func (s *Sealer) Open(tenant int64, purpose string, sealed []byte) ([]byte, error) {
	id, ct, ok := split(sealed)
	if !ok {
		return nil, broken(nil)
	}
	aead, err := s.keys.AEAD(id, RoomSecrets, tenant)
	if err != nil {
		return nil, err
	}
	plaintext, err := aead.Decrypt(ct, associated(id, tenant, purpose))
	if err != nil {
		return nil, broken(err)
	}
	return plaintext, nil
}

// NeedsReseal says whether sealed was made under another key than the one that seals now (or can't be read at all).
func (s *Sealer) NeedsReseal(sealed []byte) bool {
	id, _, ok := split(sealed)
	return !ok || id != s.keys.Primary()
}

func split(sealed []byte) (keyID string, ciphertext []byte, ok bool) {
	if len(sealed) < 1+idSize || sealed[0] != format {
		return "", nil, false
	}
	return hex.EncodeToString(sealed[1 : 1+idSize]), sealed[1+idSize:], true
}

// associated binds the ciphertext to its place. The purpose, the only free text, stands last, so that no two places read
// the same.
func associated(keyID string, tenant int64, purpose string) []byte {
	return fmt.Appendf(nil, "velocicompanion/1/%s/%s/%d/%s", RoomSecrets, keyID, tenant, purpose)
}

func broken(cause error) error {
	return fault.Wrap(cause, fault.Internal, "a stored secret can't be opened").WithCode(CodeSealBroken)
}
