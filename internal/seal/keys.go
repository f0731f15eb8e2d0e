package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	keySize = 32 // bytes of a key and of everything derived from it
	idSize  = 8  // bytes of a key's id
)

// CodeKeyMissing is the stable code for something sealed under a key that is no longer configured.
const CodeKeyMissing = "key_missing"

// Room parts the uses of a key: what one room seals, another can't open.
type Room string

// The rooms that derive keys.
const (
	RoomSecrets  Room = "secrets"  // tenant secrets in the database
	RoomPayloads Room = "payloads" // Temporal payloads
	RoomAudit    Room = "audit"    // what proves the audit trail
)

// Keys is the operator's key list. The first key seals; all open, so that keys can be rotated while rows are resealed.
type Keys struct {
	ids  []string
	byID map[string][]byte
}

// ParseKeys reads ENCRYPTION_KEY: keys of 32 bytes in base64 (standard or URL-safe, padding optional), parted by commas.
// Errors tell which entry is wrong and never show it.
func ParseKeys(list string) (*Keys, error) {
	entries := strings.Split(list, ",")
	k := &Keys{byID: make(map[string][]byte, len(entries))}
	for i, entry := range entries {
		key, err := parseKey(strings.TrimSpace(entry))
		if err != nil {
			return nil, fmt.Errorf("encryption key %d: %w", i+1, err)
		}
		// An id that is derived, not a plain hash, gives nobody a way to recognise a key used elsewhere.
		sum, err := hkdf.Key(sha256.New, key, nil, "velocicompanion/1/key-id", idSize)
		if err != nil {
			return nil, fmt.Errorf("encryption key %d: %w", i+1, err)
		}
		id := hex.EncodeToString(sum)
		if _, twice := k.byID[id]; twice {
			return nil, fmt.Errorf("encryption key %d is the same as an earlier one", i+1)
		}
		k.ids = append(k.ids, id)
		k.byID[id] = key
	}
	return k, nil
}

func parseKey(entry string) ([]byte, error) {
	if entry == "" {
		return nil, fmt.Errorf("is empty; make one with: openssl rand -base64 %d", keySize)
	}
	unified := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(entry), "=")
	key, err := base64.RawStdEncoding.DecodeString(unified)
	if err != nil {
		return nil, fmt.Errorf("is not base64; make one with: openssl rand -base64 %d", keySize)
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("has %d bytes, needs %d; make one with: openssl rand -base64 %d", len(key), keySize, keySize)
	}
	return key, nil
}

// Primary is the id of the key that seals: 16 hex digits, no secret.
func (k *Keys) Primary() string { return k.ids[0] }

// IDs lists the ids of all keys, the sealing one first.
func (k *Keys) IDs() []string { return append([]string(nil), k.ids...) }

// AEAD is AES-256-GCM (12-byte random nonce in front, 16-byte tag behind) under the key that belongs to this key id, room
// and tenant; tenant 0 is the installation itself. Fault: Unavailable with CodeKeyMissing for an id not in the list.
func (k *Keys) AEAD(keyID string, room Room, tenant int64) (tink.AEAD, error) {
	sub, err := k.Derive(keyID, room, tenant)
	if err != nil {
		return nil, err
	}
	aead, err := subtle.NewAESGCM(sub)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "an encryption key could not be used")
	}
	return aead, nil
}

// Derive gives the 32 bytes that belong to this key id, room and tenant, for other uses than AES. Fault: Unavailable with
// CodeKeyMissing for an id not in the list.
func (k *Keys) Derive(keyID string, room Room, tenant int64) ([]byte, error) {
	master, ok := k.byID[keyID]
	if !ok {
		return nil, fault.New(fault.Unavailable, "the encryption key %s is not configured", printable(keyID)).WithCode(CodeKeyMissing)
	}
	sub, err := hkdf.Key(sha256.New, master, nil, fmt.Sprintf("velocicompanion/1/%s/%d", room, tenant), keySize)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "an encryption key could not be derived")
	}
	return sub, nil
}

// printable keeps a foreign key id from bringing odd bytes into a message.
func printable(keyID string) string {
	if _, err := hex.DecodeString(keyID); err != nil || len(keyID) != 2*idSize {
		return "(unknown)"
	}
	return keyID
}
