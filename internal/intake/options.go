package intake

import "strconv"

// Format is how rows are written.
type Format string

// The formats.
const (
	Auto   Format = ""       // told by the content
	NDJSON Format = "ndjson" // a JSON object a line
	JSON   Format = "json"   // one array of objects, or objects one after another, over as many lines as they like
	CSV    Format = "csv"    // a header, then a row a record; comma, semicolon, tab or bar
)

// Limits bound what one input may cost. Zero values are the defaults.
type Limits struct {
	Row     int   // bytes of a row: 8 MiB
	Cell    int   // bytes of a CSV cell: 1 MiB
	Columns int   // of CSV: 4,096
	Text    int64 // bytes of all text after decompression: 64 GiB
	Ratio   int64 // times that text may be larger than its compressed form, beyond the first 32 MiB: 400
	Members int   // files in an archive: 50,000
}

// Options say how to read.
type Options struct {
	Format Format
	Limits Limits
	Resume Position // where an earlier reader of the same input stood
	Keep   int      // bytes of a bad row that its line brings along as they came; 0: none

	insideZip bool // gzip is compression once more
}

const ratioSlack = 32 << 20 // bytes of text that any compressed input may have

func (l Limits) withDefaults() Limits {
	or(&l.Row, 8<<20)
	or(&l.Cell, 1<<20)
	or(&l.Columns, 4096)
	or(&l.Text, 64<<30)
	or(&l.Ratio, 400)
	or(&l.Members, 50_000)
	return l
}

func or[T int | int64](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
