package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// checkSignature proves that whoever sent a call knows the webhook's secret. Faults: Unauthenticated (signature_missing,
// signature_wrong, signature_expired).
func checkSignature(h http.Header, header string, secret, body []byte, now time.Time) error {
	got := strings.TrimSpace(h.Get(header))
	if got == "" {
		return fault.New(fault.Unauthenticated, "the header %s with the signature is missing", header).WithCode("signature_missing")
	}
	if isStandard(header) {
		return checkStandard(h, standardPrefix(header), got, secret, body, now)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	digest, err := hex.DecodeString(strings.TrimPrefix(got, "sha256="))
	if err != nil || !hmac.Equal(digest, mac.Sum(nil)) {
		return wrongSignature()
	}
	return nil
}

// standardPrefix is what the names of the signed headers begin with.
func standardPrefix(header string) string {
	return strings.TrimSuffix(strings.ToLower(header), "signature")
}

// checkStandard reads the headers of Standard Webhooks 1.0: <prefix>id and <prefix>timestamp are signed with the body, and
// one of several signatures must be right.
func checkStandard(h http.Header, prefix, got string, secret, body []byte, now time.Time) error {
	id, stamp := h.Get(prefix+"id"), h.Get(prefix+"timestamp")
	if id == "" || stamp == "" {
		return fault.New(fault.Unauthenticated, "the headers %sid and %stimestamp must be there", prefix, prefix).WithCode("signature_missing")
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return wrongSignature()
	}
	mac := hmac.New(sha256.New, standardKey(secret))
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	right := false
	for one := range strings.FieldsSeq(got) {
		version, text, _ := strings.Cut(one, ",")
		digest, err := base64.StdEncoding.DecodeString(text)
		right = right || version == "v1" && err == nil && hmac.Equal(digest, want)
	}
	if !right {
		return wrongSignature()
	}
	if age := now.Unix() - seconds; age > int64(signatureWindow.Seconds()) || age < -int64(signatureWindow.Seconds()) {
		return fault.New(fault.Unauthenticated, "the signed time lies more than %d minutes from ours", int(signatureWindow.Minutes())).
			WithCode("signature_expired")
	}
	return nil
}

// standardKey is the key in a secret: what stands in base64 after whsec_, or the text itself.
func standardKey(secret []byte) []byte {
	if text, ok := strings.CutPrefix(string(secret), standardSecret); ok {
		if key, err := base64.StdEncoding.DecodeString(text); err == nil {
			return key
		}
	}
	return secret
}

func wrongSignature() error {
	return fault.New(fault.Unauthenticated, "the signature does not fit the body and the secret").WithCode("signature_wrong")
}
