package indicator

import "strings"

// hashKind is the algorithm of a hexadecimal digest by its length, "" for any other length.
func hashKind(digits int) string {
	switch digits {
	case 32:
		return "md5"
	case 40:
		return "sha1"
	case 64:
		return "sha256"
	case 96:
		return "sha384"
	case 128:
		return "sha512"
	}
	return ""
}

// normalHash takes a digest, alone or as tools write it: SHA256=…, md5:…, sha1 and a space.
func normalHash(value string) (Indicator, error) {
	said, digest := hashLabel(value)
	if isSSDeep(digest) && (said == "" || said == "ssdeep") {
		return Indicator{Subtype: "ssdeep", Value: digest}, nil
	}
	if isTLSH(digest) && (said == "" || said == "tlsh") {
		return Indicator{Subtype: "tlsh", Value: strings.ToUpper(digest)}, nil
	}
	if i := strings.IndexFunc(digest, func(r rune) bool { return !isHex(r) }); i >= 0 {
		return Indicator{}, invalid("is no hash: %q is no hexadecimal digit", []rune(digest[i:])[0])
	}
	kind := hashKind(len(digest))
	if kind == "" {
		return Indicator{}, invalid("is no hash: %d digits; MD5 has 32, SHA-1 40, SHA-256 64, SHA-384 96, SHA-512 128", len(digest))
	}
	if said == "imphash" && kind == "md5" {
		kind = "imphash"
	}
	if said != "" && said != kind {
		return Indicator{}, invalid("says %s, but %d digits are %s", said, len(digest), kind)
	}
	return Indicator{Subtype: kind, Value: strings.ToLower(digest)}, nil
}

// hashLabel takes the algorithm's name off.
func hashLabel(value string) (kind, digest string) {
	i := strings.IndexAny(value, "=: \t")
	if i < 0 {
		return "", value
	}
	switch name := strings.ReplaceAll(strings.ToLower(value[:i]), "-", ""); name {
	case "md5", "sha1", "sha256", "sha384", "sha512", "imphash", "ssdeep", "tlsh":
		return name, strings.TrimSpace(value[i+1:])
	}
	return "", value
}

func isHex(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
}

func allHex(s string) bool {
	for i := range len(s) {
		if !isHex(rune(s[i])) {
			return false
		}
	}
	return s != ""
}

// isSSDeep knows blocksize:hash:hash of context-triggered piecewise hashing. An empty file's is 3::.
func isSSDeep(s string) bool {
	size, rest, ok := strings.Cut(s, ":")
	a, b, ok2 := strings.Cut(rest, ":")
	b, name, named := strings.Cut(b, ",")
	if !ok || !ok2 || named && name == "" || size == "" || strings.Trim(size, "0123456789") != "" || len(size) > 12 {
		return false
	}
	const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	if len(a) > 64 || len(b) > 64 || strings.Trim(a, base64) != "" || strings.Trim(b, base64) != "" || named {
		return false
	}
	return s == "3::" || len(a) >= 6 && len(b) >= 3
}

// isTLSH knows T1 and 70 hexadecimal digits.
func isTLSH(s string) bool { return len(s) == 72 && (s[:2] == "T1" || s[:2] == "t1") && allHex(s[2:]) }

// hashGuard says why a digest tells nothing.
func hashGuard(in Indicator) Guard {
	switch in.Value {
	case "d41d8cd98f00b204e9800998ecf8427e",
		"da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
		"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
		"3::":
		return EmptyFileHash
	}
	if len(in.Value) >= 32 && strings.Trim(in.Value, in.Value[:1]) == "" {
		return PlaceholderHash
	}
	return ""
}
