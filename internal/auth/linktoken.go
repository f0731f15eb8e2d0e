package auth

import "github.com/velocicompanion/velocicompanion/internal/clock"

const (
	// APIKeyPrefix starts every service key, so that secret scanners and people know one.
	APIKeyPrefix = "vc_"

	hintChars = 6 // of a key that are shown: 36 of its 256 bits
)

// NewLinkToken makes a token for a link in a mail (reset, verification, invitation) and the hash to keep.
func NewLinkToken() (token string, hash []byte) {
	token = clock.Token(32)
	return token, HashToken(token)
}

// WebhookPrefix begins the token in a webhook's address, so that a leaked one is recognised.
const WebhookPrefix = "vcw_"

// NewWebhookToken makes the token in a webhook's address, shown once; the hash to keep; and its first characters.
func NewWebhookToken() (token string, hash []byte, hint string) {
	token = WebhookPrefix + clock.Token(32)
	return token, HashToken(token), token[:len(WebhookPrefix)+hintChars]
}

// NewAPIKey makes a service key, shown once; the hash to keep; and its first characters, by which people tell keys apart.
func NewAPIKey() (key string, hash []byte, hint string) {
	key = APIKeyPrefix + clock.Token(32)
	return key, HashToken(key), key[:len(APIKeyPrefix)+hintChars]
}

// CallbackPrefix begins the last part of the address that a Velociraptor server calls.
const CallbackPrefix = "vcv_"

// NewCallbackToken makes the last part of the address that a Velociraptor server calls, and the hash to keep.
func NewCallbackToken() (token string, hash []byte) {
	token = CallbackPrefix + clock.Token(32)
	return token, HashToken(token)
}
