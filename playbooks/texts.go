package playbooks

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

func textArgument(args []any, i int) (string, error) {
	s, ok := args[i].(string)
	if !ok {
		return "", fmt.Errorf("needs a text, but %s is %s", quote(args[i]), kindOf(args[i]))
	}
	return s, nil
}

func textArguments(args []any) ([]string, error) {
	out := make([]string, len(args))
	for i := range args {
		s, err := textArgument(args, i)
		if err != nil {
			return nil, err
		}
		out[i] = s
	}
	return out, nil
}

// characters is a text's length as a person counts it.
func characters(m *meter, s string) (int, error) {
	return utf8.RuneCountInString(s), m.spend(len(s) / slowBytesPerStep)
}

func fnString(m *meter, args []any) (any, error) {
	s, err := textOf(m, args[0])
	return s, err
}

func fnUpper(m *meter, args []any) (any, error) { return changed(m, args, strings.ToUpper) }

func fnLower(m *meter, args []any) (any, error) { return changed(m, args, strings.ToLower) }

// changed pays by the character set: Go changes ASCII in a quick loop and everything else rune by rune.
func changed(m *meter, args []any, change func(string) string) (any, error) {
	s, err := textArgument(args, 0)
	if err != nil {
		return nil, err
	}
	price := len(s) / foundBytesPerStep
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		price = len(s) / slowBytesPerStep * 2
	}
	if err := m.spend(price); err != nil {
		return nil, err
	}
	out := change(s)
	return out, m.text(len(out))
}

func fnTrim(m *meter, args []any) (any, error) {
	s, err := textArguments(args)
	if err != nil {
		return nil, err
	}
	if err := m.spend(len(s[0]) / slowBytesPerStep); err != nil {
		return nil, err
	}
	if len(s) == 1 {
		return strings.TrimSpace(s[0]), nil
	}
	if len(s[1]) > 64 {
		return nil, errors.New("takes at most 64 bytes of characters to trim")
	}
	return strings.Trim(s[0], s[1]), nil
}

func fnTrimPrefix(m *meter, args []any) (any, error) { return affix(m, args, strings.TrimPrefix) }

func fnTrimSuffix(m *meter, args []any) (any, error) { return affix(m, args, strings.TrimSuffix) }

func affix(m *meter, args []any, trim func(s, part string) string) (any, error) {
	s, err := textArguments(args)
	if err != nil {
		return nil, err
	}
	return trim(s[0], s[1]), m.spend(len(s[0]) / bytesPerStep)
}

func fnSplit(m *meter, args []any) (any, error) {
	s, err := textArguments(args[:2])
	if err != nil {
		return nil, err
	}
	limit := -1
	if len(args) == 3 {
		n, ok := integer(args[2])
		if !ok || n < 1 {
			return nil, fmt.Errorf("needs a number of parts of at least 1, not %s", quote(args[2]))
		}
		limit = n
	}
	if err := m.spend(len(s[0]) / slowBytesPerStep); err != nil {
		return nil, err
	}
	parts := strings.Count(s[0], s[1]) + 1
	if limit > 0 {
		parts = min(parts, limit)
	}
	if err := m.list(2 * parts); err != nil {
		return nil, err
	}
	out := make([]any, 0, parts)
	for _, part := range strings.SplitN(s[0], s[1], limit) {
		out = append(out, part)
	}
	return out, nil
}

func fnJoin(m *meter, args []any) (any, error) {
	list, err := listOf(m, args[0])
	if err != nil {
		return nil, err
	}
	glue := ""
	if len(args) == 2 {
		if glue, err = textArgument(args, 1); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	for i, item := range list {
		if i > 0 {
			b.WriteString(glue)
		}
		s, err := textOf(m, item)
		if err != nil {
			return nil, err
		}
		if err := m.spend(1); err != nil {
			return nil, err
		}
		if b.Len()+len(s)+len(glue) > m.budget.Text {
			return nil, m.text(b.Len() + len(s) + len(glue))
		}
		b.WriteString(s)
	}
	return b.String(), m.text(b.Len())
}

func fnReplace(m *meter, args []any) (any, error) {
	s, err := textArguments(args)
	if err != nil {
		return nil, err
	}
	if err := m.spend(len(s[0]) / slowBytesPerStep); err != nil {
		return nil, err
	}
	size := len(s[0]) + strings.Count(s[0], s[1])*(len(s[2])-len(s[1]))
	if err := m.text(max(size, 0)); err != nil {
		return nil, err
	}
	return strings.ReplaceAll(s[0], s[1], s[2]), nil
}

func fnRepeat(m *meter, args []any) (any, error) {
	s, err := textArgument(args, 0)
	if err != nil {
		return nil, err
	}
	n, ok := integer(args[1])
	if !ok || n < 0 {
		return nil, fmt.Errorf("can't repeat a text %s times", quote(args[1]))
	}
	if n > m.budget.Text {
		return nil, m.text(n)
	}
	if err := m.text(n * len(s)); err != nil {
		return nil, err
	}
	return strings.Repeat(s, n), nil
}

func fnIndexOf(m *meter, args []any) (any, error) { return placeOf(m, args, strings.Index) }

func fnLastIndexOf(m *meter, args []any) (any, error) { return placeOf(m, args, strings.LastIndex) }

// placeOf counts characters from 0; a part that isn't there gives -1.
func placeOf(m *meter, args []any, find func(s, part string) int) (any, error) {
	s, err := textArguments(args)
	if err != nil {
		return nil, err
	}
	if err := m.spend(len(s[0]) / foundBytesPerStep * 2); err != nil {
		return nil, err
	}
	at := find(s[0], s[1])
	if at < 0 {
		return -1, nil
	}
	return utf8.RuneCountInString(s[0][:at]), nil
}

func fnHasPrefix(m *meter, args []any) (any, error) { return opStartsWith(m, args) }

func fnHasSuffix(m *meter, args []any) (any, error) { return opEndsWith(m, args) }

func fnToJSON(m *meter, args []any) (any, error) {
	s, err := jsonOf(m, args[0])
	return s, err
}

func fnFromJSON(m *meter, args []any) (any, error) {
	s, err := textArgument(args, 0)
	if err != nil {
		return nil, err
	}
	if err := m.spend(stepsPerJSON + len(s)/slowBytesPerStep*4); err != nil {
		return nil, err
	}
	// A value of one byte ("1,") becomes an interface and a number.
	if err := m.take(8 * len(s)); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	var out any
	if err := decoder.Decode(&out); err != nil || decoder.More() {
		return nil, fmt.Errorf("%s is not JSON", quote(s))
	}
	return plain(m, out)
}

func fnToBase64(m *meter, args []any) (any, error) {
	return changed(m, args, func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) })
}

// fnBase64Decode takes the standard and the URL alphabet, padded or not. What decodes to UTF-16, as PowerShell's encoded
// commands do, becomes the text it stands for.
func fnBase64Decode(m *meter, args []any) (any, error) {
	s, err := textArgument(args, 0)
	if err != nil {
		return nil, err
	}
	if err := m.spend(replacerSteps + len(s)/slowBytesPerStep); err != nil {
		return nil, err
	}
	standard := strings.NewReplacer("-", "+", "_", "/", "\n", "", "\r", "", " ", "").Replace(s)
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(standard, "="))
	if err != nil {
		return nil, fmt.Errorf("%s is not base64", quote(s))
	}
	if isUTF16(raw) {
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(raw[2*i:])
		}
		raw = []byte(string(utf16.Decode(units)))
	}
	out := string(bytes.ToValidUTF8(raw, []byte("\uFFFD")))
	return out, m.text(len(out))
}

// isUTF16 takes bytes for little-endian UTF-16 when most of their high bytes are zero, as in any Latin text.
func isUTF16(raw []byte) bool {
	if len(raw) < 2 || len(raw)%2 != 0 {
		return false
	}
	zeros := 0
	for i := 1; i < len(raw); i += 2 {
		if raw[i] == 0 {
			zeros++
		}
	}
	return zeros*4 >= len(raw)/2*3
}

// fnSHA256 is the digest in lower-case hexadecimal.
func fnSHA256(m *meter, args []any) (any, error) {
	s, err := textArgument(args, 0)
	if err != nil {
		return nil, err
	}
	if err := m.spend(4 + len(s)/slowBytesPerStep); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:]), nil
}
