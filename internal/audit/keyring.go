package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	keyIDSize = 8
	nonceSize = 16
	stampSize = keyIDSize + nonceSize + sha256.Size
	sealSize  = 128 // what a seal says, about
)

// Keyring holds the keys that prove the trail; none of them is in the database. Every tenant has keys of its own, derived
// from the operator's.
type Keyring struct {
	signing string // id of the key that signs
	lists   []*seal.Keys
	tenants sync.Map // tenant → *keys: every line wants them
}

// NewKeyring takes the list whose first key signs, and lists whose keys only verify what they signed in former times.
func NewKeyring(signing *seal.Keys, former ...*seal.Keys) *Keyring {
	return &Keyring{signing: signing.Primary(), lists: append([]*seal.Keys{signing}, former...)}
}

// Stamp proves that one of our processes wrote a line: key id, random bytes, and a MAC over them and over all that the
// line says. Whoever inserts lines into the database without the key can't make one.
func (r *Keyring) Stamp(row *models.AuditLog) []byte {
	said := content(row)
	k := r.of(row.TenantID)
	nonce := clock.Bytes(nonceSize)
	stamp := append(append(make([]byte, 0, stampSize), k.signingID()...), nonce...)
	return append(stamp, k.stampMAC(k.signingID(), nonce, said)...)
}

// keys are one tenant's, derived when first needed.
type keys struct {
	ring   *Keyring
	tenant int64
	mu     sync.Mutex
	byID   map[string]*key
}

// key makes MACs; what it takes to begin one is kept, because that costs more than a MAC of a line.
type key struct{ macs sync.Pool }

func newKey(secret []byte) *key {
	return &key{sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }}}
}

// mac is HMAC-SHA-256 over the parts one after the other.
func (k *key) mac(parts ...[]byte) []byte {
	h := k.macs.Get().(hash.Hash) //nolint:forcetypeassert // nothing else is put in
	defer k.macs.Put(h)
	h.Reset()
	for _, part := range parts {
		_, _ = h.Write(part)
	}
	return h.Sum(nil)
}

func (r *Keyring) of(tenant int64) *keys {
	if k, ok := r.tenants.Load(tenant); ok {
		return k.(*keys) //nolint:forcetypeassert // nothing else is put in
	}
	k, _ := r.tenants.LoadOrStore(tenant, &keys{ring: r, tenant: tenant, byID: map[string]*key{}})
	return k.(*keys) //nolint:forcetypeassert // nothing else is put in
}

// signingID names the key that signs now.
func (k *keys) signingID() []byte {
	id, _ := hex.DecodeString(k.ring.signing) // ids are made of hex digits
	return id
}

// find is the tenant's key with this id; nil where it isn't configured.
func (k *keys) find(id []byte) *key {
	k.mu.Lock()
	defer k.mu.Unlock()
	if known, ok := k.byID[string(id)]; ok {
		return known
	}
	name := hex.EncodeToString(id)
	for _, list := range k.ring.lists {
		if secret, err := list.Derive(name, seal.RoomAudit, k.tenant); err == nil {
			found := newKey(secret)
			k.byID[string(id)] = found
			return found
		}
	}
	return nil
}

// known says whether the key with this id is configured.
func (k *keys) known(id []byte) bool { return k.find(id) != nil }

// mac is HMAC-SHA-256 over a label, which parts the uses of a key, and a message, which may have a long end of its own; nil under
// a key that isn't configured.
func (k *keys) mac(id []byte, label string, message *encoder, end ...byte) []byte {
	found := k.find(id)
	if found == nil {
		return nil
	}
	return found.mac(newEncoder(sealSize).text(label).number(k.tenant).b, message.b, end)
}

// same compares MACs; an absent one is never right.
func same(want, got []byte) bool { return len(want) > 0 && hmac.Equal(want, got) }

// stampOf says what a line's stamp is worth, in whichever form it was made.
func (k *keys) stampOf(row *models.AuditLog) stampWorth {
	if len(row.Stamp) != stampSize {
		return stampForeign
	}
	id, nonce, mac := row.Stamp[:keyIDSize], row.Stamp[keyIDSize:keyIDSize+nonceSize], row.Stamp[keyIDSize+nonceSize:]
	if !k.known(id) {
		return stampUnknownKey
	}
	if eitherForm(row, func(said []byte) bool {
		return same(k.stampMAC(id, nonce, said), mac)
	}) {
		return stampGenuine
	}
	return stampForeign
}

func (k *keys) stampMAC(id, nonce, said []byte) []byte {
	return k.mac(id, "stamp", newEncoder(sealSize).bytes(nonce).number(int64(len(said))), said...)
}

// eitherForm asks of a line's content, and where the answer is no of its former form.
func eitherForm(row *models.AuditLog, right func(said []byte) bool) bool {
	if right(content(row)) {
		return true
	}
	said, err := formerContent(row)
	return err == nil && right(said)
}

type stampWorth int

const (
	stampForeign    stampWorth = iota // missing, or not made of what the line says
	stampUnknownKey                   // made under a key that isn't configured
	stampGenuine
)

// lineMAC proves a whole line, with what the database gave it.
func (k *keys) lineMAC(id []byte, row *models.AuditLog, said []byte) []byte {
	return k.mac(id, "line", newEncoder(sealSize).number(row.ID).number(row.XactID).bytes(row.Stamp).number(int64(len(said))), said...)
}

// link proves that a line stands in its place behind the one before.
func (k *keys) link(s *models.AuditSeal, before []byte) []byte {
	return k.mac(s.KeyID, "link", newEncoder(sealSize).bytes(before).number(s.Seq).number(s.AuditID).bytes(s.LineMAC).time(s.SealedAt))
}

func (k *keys) headSignature(h *models.AuditHead) []byte {
	return k.mac(h.KeyID, "head", newEncoder(sealSize).number(h.Seq).bytes(h.MAC).number(h.XactID).number(h.AuditID).time(h.SealedAt))
}

func (k *keys) checkpointSignature(c *models.AuditCheckpoint) []byte {
	return k.mac(c.KeyID, "checkpoint", newEncoder(sealSize).text(c.Kind, c.Reason).number(c.Seq).bytes(c.MAC).time(c.CreatedAt))
}

// blank says whether a head is one under which nothing was sealed.
func blank(h *models.AuditHead) bool {
	return h.Seq == 0 && len(h.Signature) == 0 && bytes.Equal(h.MAC, genesis())
}

// genesis stands where the first line's predecessor would.
func genesis() []byte { return make([]byte, sha256.Size) }
