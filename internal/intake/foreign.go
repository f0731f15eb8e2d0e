package intake

import "bytes"

// magicLength is how many bytes tell a format.
const magicLength = 512

// foreign names formats that people hand in by mistake, and what to do instead; "" for what may be text.
func foreign(magic []byte) string {
	for _, f := range []struct{ magic, name string }{
		{"PK\x03\x04", "a zip archive, which can't be read as a stream"},
		{"PK\x05\x06", "an empty zip archive"},
		{"ElfFile\x00", "a Windows event log (EVTX); hand it in as JSON, as evtx_dump or Velociraptor write it"},
		{"\x28\xb5\x2f\xfd", "compressed with zstd; use gzip or none"},
		{"BZh", "compressed with bzip2; use gzip or none"},
		{"\xfd7zXZ\x00", "compressed with xz; use gzip or none"},
		{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; use zip or gzip"},
		{"Rar!\x1a\x07", "a RAR archive; use zip or gzip"},
		{"%PDF-", "a PDF document"},
		{"MZ\x90\x00", "a Windows program"},
		{"\x7fELF", "a program"},
		{"SQLite format 3\x00", "an SQLite database"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document; save it as CSV"},
		{"PAR1", "a Parquet file; hand it in as NDJSON or CSV"},
		{"regf", "a registry hive"},
	} {
		if bytes.HasPrefix(magic, []byte(f.magic)) {
			return f.name
		}
	}
	if _, wide := utf16(magic); !wide && bytes.Count(magic, []byte{0}) > len(magic)/8 {
		return "no text"
	}
	return ""
}
