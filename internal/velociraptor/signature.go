package velociraptor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// SignatureOf signs a callback: HMAC-SHA256 (RFC 2104) over timestamp, a dot and the body, in hexadecimal. The key is used
// as the text that it is: 64 characters, one block of the hash, because the artifact cuts what is longer.
func SignatureOf(key, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(timestamp))
	mac.Write([]byte("."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// SignatureFits says whether a callback carries the right signature; it takes the same time for any wrong one.
func SignatureFits(key, timestamp, signature string, body []byte) bool {
	return hmac.Equal([]byte(SignatureOf(key, timestamp, body)), []byte(signature))
}
