// Package indicator owns what an indicator of compromise is: its types, the one form that each value is kept in, what a
// text or a row holds of them, and why something that looks like one is none. It is a pure core without state: same
// input, same answer. It refuses to know cases, tenants, lists and look-ups.
//
// An indicator has a Value, which is canonical and keeps the case that people write, and a Key, which two spellings of
// one thing share: of Windows paths and registry keys it is the lower-case form, of all else the Value. Rows are unique
// and compared by type and Key (ADR 0020).
//
// Public API:
//
//	func Normalise(t Type, value string) (Indicator, error) // Invalid faults that name what is wrong
//	func Guess(value string) Type
//	func Refang(s string) string; func Defang(t Type, value string) string
//	func ParseText(text string) (Preview, error)             // paste of a report: what is in it, where, with doubts
//	func NewExtractor(o Options) *Extractor
//	func (x *Extractor) Extract(row json.RawMessage) (Extraction, error) // of one row, each with its place
//
// Nothing that looks like an indicator disappears silently: what a guard holds back is in the answer with the Guard's
// name, so that the screen can say why.
package indicator
