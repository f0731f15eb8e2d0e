package store

import "strings"

// likePattern makes a LIKE pattern of a text in which * stands for any run of characters; LIKE's own signs mean
// themselves.
func likePattern(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, `*`, `%`).Replace(s)
}

// containing is the pattern of texts that hold s somewhere.
func containing(s string) string { return "%" + likePattern(s) + "%" }

// orNull gives nil for an empty text, for parameters where NULL means no filter.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
