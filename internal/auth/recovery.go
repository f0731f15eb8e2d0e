package auth

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const (
	recoveryCodes = 10
	recoveryBytes = 10 // 80 random bits: past guessing, so that a plain hash is enough
	recoveryGroup = 4

	// crockford is base32 without I, L, O and U, which people misread.
	crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// NewRecoveryCodes makes ten one-time codes as people see them (XXXX-XXXX-XXXX-XXXX) and, in the same order, the hashes to
// keep.
func NewRecoveryCodes() (codes []string, hashes [][]byte) {
	enc := base32.NewEncoding(crockford).WithPadding(base32.NoPadding)
	for range recoveryCodes {
		code := grouped(enc.EncodeToString(clock.Bytes(recoveryBytes)))
		hash, _ := HashRecoveryCode(code)
		codes, hashes = append(codes, code), append(hashes, hash)
	}
	return codes, hashes
}

// HashRecoveryCode is the SHA-256 under which a code is kept and looked up, however it was typed: any case, spaces or
// dashes, O for 0, I or L for 1. False for what can be no code, a TOTP code for example.
func HashRecoveryCode(typed string) (hash []byte, ok bool) {
	code := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\r', '\u00a0', '-', '_', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212':
			return -1
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		default:
			return r
		}
	}, strings.ToUpper(typed))
	raw, err := base32.NewEncoding(crockford).WithPadding(base32.NoPadding).DecodeString(code)
	if err != nil || len(code) != recoveryBytes*8/5 || len(raw) != recoveryBytes { // a lone 17th character is not decoded
		return nil, false
	}
	sum := sha256.Sum256(append([]byte("velocicompanion/recovery/1:"), raw...))
	return sum[:], true
}

func grouped(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%recoveryGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}
