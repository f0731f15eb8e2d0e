package auth

import (
	_ "embed" // the list
	"strings"
	"unicode"
	"unicode/utf8"
)

// commonPasswords are well-known passwords and the words that most others are made from: lower case, one a line, sorted.
//
//go:embed common_passwords.txt
var commonPasswords string

const (
	minDistinct = 5 // characters that a password must have different from each other
	maxPadding  = 8 // characters around a common word that are no protection: a date, a few exclamation marks
	maxUnit     = 4 // a group of so few characters, repeated, stays guessable
)

// runs are the rows of keys and letters that people walk along; twice, so that a walk may go round.
const runs = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz 012345678901234567890123456789 " +
	"qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjklzxcvbnm poiuytrewqlkjhgfdsamnbvcxz qwertzuiopasdfghjklyxcvbnm azertyuiopqsdfghjklmwxcvbn " +
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p 1q2w3e4r5t6y7u8i9o0p"

// isCommon says whether a password is one that everybody tries first, or is made from one in the ways everybody knows:
// other case, digits for letters, a year behind it, the same thing twice.
func isCommon(password string) bool {
	s := strings.ToLower(password)
	return distinct(s) < minDistinct || walks(s) || madeFromCommon(s)
}

func madeFromCommon(s string) bool {
	list := "\n" + commonPasswords
	for _, form := range []string{s, joined(s)} {
		for _, base := range bases(form) {
			if listed(list, base) {
				return true
			}
			if unit, ok := repeated(base); ok && (utf8.RuneCountInString(unit) <= maxUnit || listed(list, unit)) {
				return true
			}
		}
	}
	return false
}

// bases are what may be left of a common password: itself, and itself without the padding around it.
func bases(s string) []string {
	out := []string{s}
	if w := strings.TrimFunc(s, notLetter); w != "" && utf8.RuneCountInString(s)-utf8.RuneCountInString(w) <= maxPadding {
		out = append(out, w)
	}
	if w := strings.TrimRightFunc(s, notLetter); w != "" && utf8.RuneCountInString(s)-utf8.RuneCountInString(w) <= maxPadding {
		out = append(out, w)
	}
	return out
}

func listed(list, word string) bool {
	if strings.Contains(word, "\n") {
		return false
	}
	for _, one := range []string{"i", "l"} {
		plain := strings.NewReplacer("4", "a", "@", "a", "3", "e", "1", one, "!", one, "|", "l", "0", "o", "$", "s", "5", "s", "7", "t", "+", "t").
			Replace(word)
		if strings.Contains(list, "\n"+plain+"\n") {
			return true
		}
	}
	return strings.Contains(list, "\n"+word+"\n")
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// joined is s without what people put between words.
func joined(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-_.,", r) {
			return -1
		}
		return r
	}, s)
}

// repeated gives the shortest text that s is two or more copies of.
func repeated(s string) (unit string, ok bool) {
	for n := 1; n <= len(s)/2; n++ {
		if len(s)%n == 0 && strings.Repeat(s[:n], len(s)/n) == s {
			return s[:n], true
		}
	}
	return "", false
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// walks says whether s follows one row of keys or letters, forwards or backwards.
func walks(s string) bool {
	s = joined(s)
	return strings.Contains(runs, s) || strings.Contains(runs, reversed(s))
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}
