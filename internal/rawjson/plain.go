package rawjson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// plain says whether a byte stands for itself inside a string.
func plain(b byte) bool { return b >= ' ' && b < utf8.RuneSelf && b != '"' && b != '\\' }

// PlainRun is how many bytes a text begins with that stand for themselves inside a JSON string. It looks at eight at once: a byte's highest bit is set in stop
// when it is beyond ASCII, a control character, a quote or a backslash. Borrows may set bits above the first such byte,
// never below it, and only the first one counts.
func PlainRun(b []byte) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	n := 0
	for ; n+8 <= len(b); n += 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		stop := (w | (w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs
		if stop != 0 {
			return n + bits.TrailingZeros64(stop)/8
		}
	}
	for n < len(b) && plain(b[n]) {
		n++
	}
	return n
}
