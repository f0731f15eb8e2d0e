package auth

import (
	"crypto/sha256"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

// RefreshPrefix starts every refresh token, so that secret scanners and people know one.
const RefreshPrefix = "vcr_"

// NewRefreshToken makes a token of 32 random bytes and the hash to keep: the token itself is never stored.
func NewRefreshToken() (token string, hash []byte) {
	token = RefreshPrefix + clock.Token(32)
	return token, HashToken(token)
}

// HashToken is the SHA-256 (32 bytes) under which a random token is stored and looked up. It needs no salt and no cost:
// the token has 256 random bits.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
