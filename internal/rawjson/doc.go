// Package rawjson owns JSON as bytes: one strict reader that brings a value into its canonical form, and a walk over the
// leaves of a value with their places. It builds no maps, so that a million rows cost no million maps, and numbers stay
// as they are written. It refuses what PostgreSQL's jsonb could not keep and what encoding/json would change silently;
// what can be mended without losing the row is mended and counted.
//
// Canonical is: no white space, keys sorted by their bytes, numbers as written, strings with the least escaping. These
// are the bytes that encoding/json writes for a map decoded with UseNumber when HTML escaping is off, so a content hash
// over them is the same whoever makes it (ADR 0019).
//
// Public API:
//
//	func NewCanon(l Limits) *Canon               // reusable, for one goroutine
//	func (c *Canon) Read(src []byte) (Value, error) // one value; errors are *Error with code, place and byte
//	func Walk(src []byte, visit func(*Leaf) bool) error // or a Walker, which keeps its buffers
//	func AppendText(dst []byte, s string, m *Mended) []byte // a text as a canonical literal
//	func PlainRun(b []byte) int                            // for readers that look for the end of a string
package rawjson
