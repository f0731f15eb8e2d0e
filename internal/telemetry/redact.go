package telemetry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

const redacted = "[redacted]"

// redactor takes secrets out of log attributes: by name of the key at any depth, and by shape inside text (a password in
// an address, a bearer token, a JWT, one of our own tokens).
type redactor struct {
	words  []string // parts of a key in lower case without separators
	shapes []shape
}

type shape struct {
	hint    string // what text must hold for the pattern to be worth trying
	pattern *regexp.Regexp
	instead string
}

func newRedactor() *redactor {
	return &redactor{
		words: []string{
			"password", "passwd", "passphrase", "secret", "token", "authorization", "cookie", "apikey", "apiclient",
			"privatekey", "encryptionkey", "signingkey", "sealkey", "credential", "totp", "recoverycode", "bearer",
		},
		shapes: []shape{
			{"://", regexp.MustCompile(`://([^\s:/?#@]*):[^\s/?#]*@`), "://$1:" + redacted + "@"},
			{"earer ", regexp.MustCompile(`(?i)\bbearer +[^\s",]+`), "Bearer " + redacted},
			{"eyJ", regexp.MustCompile(`\beyJ[\w-]+\.[\w-]+\.[\w-]*`), redacted},
			{"vc", regexp.MustCompile(`\bvc[a-z]?_[\w-]{20,}`), redacted},
			{"PRIVATE KEY", regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*-----|$)`), redacted},
		},
	}
}

// replace is the handler's ReplaceAttr.
func (r *redactor) replace(groups []string, a slog.Attr) slog.Attr {
	if r.secret(a.Key) || slices.ContainsFunc(groups, r.secret) {
		return slog.String(a.Key, redacted)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, r.text(a.Value.String()))
	case slog.KindAny:
		return slog.Any(a.Key, r.value(a.Value.Any()))
	case slog.KindBool, slog.KindDuration, slog.KindFloat64, slog.KindInt64, slog.KindTime, slog.KindUint64,
		slog.KindGroup, slog.KindLogValuer:
		return a
	default:
		return a
	}
}

func (r *redactor) secret(key string) bool {
	plain := strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(key))
	return slices.ContainsFunc(r.words, func(w string) bool { return strings.Contains(plain, w) })
}

func (r *redactor) text(s string) string {
	for _, sh := range r.shapes {
		if strings.Contains(s, sh.hint) {
			s = sh.pattern.ReplaceAllString(s, sh.instead)
		}
	}
	return s
}

// value looks into what was logged whole. Errors and Stringers become their text; structs and maps become their JSON,
// because only that has keys to look at.
func (r *redactor) value(v any) any {
	if isNil(v) {
		return nil // asking a nil error for its text may panic
	}
	switch v := v.(type) {
	case slog.Level, *slog.Source:
		return v
	case error:
		return r.text(v.Error())
	case fmt.Stringer:
		return r.text(v.String())
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("(%T)", v)
	}
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber() // an id over 2^53 must stay what it is
	var plain any
	if err := decoder.Decode(&plain); err != nil {
		return fmt.Sprintf("(%T)", v)
	}
	return r.deep(plain)
}

// deep walks what JSON gives.
func (r *redactor) deep(v any) any {
	switch v := v.(type) {
	case string:
		return r.text(v)
	case []any:
		for i := range v {
			v[i] = r.deep(v[i])
		}
	case map[string]any:
		for k := range v {
			if r.secret(k) {
				v[k] = redacted
			} else {
				v[k] = r.deep(v[k])
			}
		}
	}
	return v
}

func isNil(v any) bool {
	rv := reflect.ValueOf(v)
	return !rv.IsValid() || rv.Kind() == reflect.Pointer && rv.IsNil()
}
