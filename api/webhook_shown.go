package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// What the event shows of a body: all of it up to maxShownBody bytes, else its top-level fields up to maxShownField bytes
// each. It travels with each run that it starts.
const (
	maxShownBody   = 256 << 10
	maxShownField  = 4 << 10
	maxShownHeader = 500
	maxDeliveryKey = 200
)

// shownBody is a call's body as the event has it.
type shownBody struct {
	body   json.RawMessage
	mended int  // characters that became U+FFFD
	cut    bool // body holds only the small fields
}

// showCall brings a body into the form that jsonb can keep: numbers as they were written, NUL and what is no UTF-8 as
// U+FFFD. Faults: Malformed, also for a key that occurs twice.
func showCall(body []byte) (shownBody, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return shownBody{}, malformed("body", "is missing")
	}
	v, err := rawjson.NewCanon(rawjson.Limits{}).Read(body)
	if err != nil {
		if e, ok := errors.AsType[*rawjson.Error](err); ok {
			return shownBody{}, malformed("body", "%s", e.Reason)
		}
		return shownBody{}, fault.Wrap(err, fault.Malformed, "the body is not JSON")
	}
	out := shownBody{body: bytes.Clone(v.Data), mended: v.Mended.NUL + v.Mended.UTF8 + v.Mended.Surrogates}
	if len(out.body) > maxShownBody {
		out.cut = true
		out.body, err = smallFields(out.body, v.Kind)
	}
	return out, err
}

// smallFields is an object without its large members; null for anything else.
func smallFields(body []byte, kind rawjson.Kind) (json.RawMessage, error) {
	if kind != rawjson.Object {
		return json.RawMessage("null"), nil
	}
	parts := map[string]json.RawMessage{}
	room := maxShownBody
	err := rawjson.Members(body, func(key, value []byte) bool {
		if size := len(key) + len(value); len(value) <= maxShownField && size <= room {
			parts[string(key)] = bytes.Clone(value)
			room -= size
		}
		return true
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Malformed, "the body is not JSON")
	}
	return json.Marshal(parts)
}

// deliveryHeaders name a delivery, the signed ones first.
func deliveryHeaders() []string {
	return []string{"webhook-id", "svix-id", "x-github-delivery", "x-gitea-delivery", "x-gitlab-event-uuid", "idempotency-key"}
}

// deliveryKey is the sender's name for a delivery; nil where it has none. Where the signature covers one, no other counts.
// One that is too long stands as its digest.
func deliveryKey(h http.Header, signatureHeader string) *string {
	names := deliveryHeaders()
	if isStandard(signatureHeader) {
		names = []string{standardPrefix(signatureHeader) + "id"}
	}
	for _, name := range names {
		key := h.Get(name)
		if key == "" {
			continue
		}
		if len(key) > maxDeliveryKey || !sound(key) {
			sum := sha256.Sum256([]byte(key))
			key = "sha256:" + hex.EncodeToString(sum[:])
		}
		return &key
	}
	return nil
}

// shownHeaders are those of a call that conditions may look at: what it is about, never what proves who sent it.
func shownHeaders(h http.Header) json.RawMessage {
	names := append(deliveryHeaders(), "content-type", "user-agent", "webhook-timestamp", "svix-timestamp", "x-github-event", "x-github-hook-id",
		"x-gitea-event", "x-gitlab-event", "x-gitlab-instance", "x-event-key", "x-event-type", "x-request-id")
	shown := map[string]string{}
	for _, name := range names {
		if value := h.Get(name); value != "" {
			shown[name] = strings.TrimSpace(clip(value, maxShownHeader))
		}
	}
	raw, err := json.Marshal(shown)
	if err != nil {
		return json.RawMessage("{}")
	}
	return raw
}
