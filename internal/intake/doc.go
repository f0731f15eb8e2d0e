// Package intake owns the reading of what people and tools hand in: rows as NDJSON, as one JSON array, as JSON values
// one after another, as CSV, any of them under gzip, and the archives of Velociraptor's collections. It streams with flat
// memory, says of every row where it stood and what was wrong with it, and goes on after damage: a bad row is a Line
// with an Err, never the end. It refuses bombs, unsafe names and formats it can't read, and knows no database, no tenant
// and no network.
//
// What is in a file is told by its content, never by its name. UTF-16 with a byte order mark (PowerShell's redirection)
// is read as well. Each row comes out in canonical form with its SHA-256, so that the same row is the same fact whoever
// wrote it and however.
//
// Public API:
//
//	func Open(src io.Reader, o Options) (Reader, error)                        // a stream
//	func OpenArchive(src io.ReaderAt, size int64, o Options) (*Archive, error) // a zip file
//	type Reader interface {
//		Next() (Line, error)  // io.EOF at the end; any other error is a *fault.Error and the end
//		Position() Position   // where the next Next begins; JSON, for Options.Resume after a crash
//	}
//	func OriginOf(raw []byte) Origin // which machine and log a row is about, as the field's tools write it
//	func BodyOf(line Line, fallback Origin) (Body, error) // an ingest body, or a tool's row with its host
//	func (p *Packer) Add(l Line), Take() ([]byte, error) // lines packed for keeping
//	func Unpack(packed []byte) ([]Line, error)
//
// What damage costs: in NDJSON the line; in CSV the line, also when its quote is never closed; in an array the element,
// and where its brackets don't match, what follows up to the next element that begins like the others did. Cut off input
// costs its last row.
package intake
