package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// minSecret is the least length of a signing secret in bytes: HS256 is no stronger than its key.
const minSecret = 32

// Keys signs and verifies access tokens. The first secret signs; all verify, so that a key can be rotated without
// logging anybody out.
type Keys struct {
	signer string // kid of the first secret
	byID   map[string][]byte
	known  verified
}

// NewKeys takes the secrets, the signing one first. It refuses an empty list, a secret under 32 characters, one with a
// comma (which parts secrets in SECRET_KEY) and a repeated one.
func NewKeys(secrets []string) (*Keys, error) {
	if len(secrets) == 0 {
		return nil, fmt.Errorf("no signing secret: SECRET_KEY needs at least %d characters", minSecret)
	}
	k := &Keys{byID: make(map[string][]byte, len(secrets))}
	for i, s := range secrets {
		if len(s) < minSecret {
			return nil, fmt.Errorf("signing secret %d has %d characters, needs at least %d", i+1, len(s), minSecret)
		}
		if strings.Contains(s, ",") {
			return nil, fmt.Errorf("signing secret %d contains a comma", i+1)
		}
		id := keyID(s)
		if _, taken := k.byID[id]; taken {
			return nil, fmt.Errorf("signing secret %d is the same as an earlier one", i+1)
		}
		if i == 0 {
			k.signer = id
		}
		k.byID[id] = []byte(s)
	}
	return k, nil
}

// keyID names a secret in a token's kid header: the first 8 hex digits of its SHA-256.
func keyID(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:4])
}
