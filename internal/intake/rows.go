package intake

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// rows makes rows of JSON text.
type rows struct {
	canon *rawjson.Canon
	times timeReader
	most  int // bytes of a bad row that are kept as they came
}

// read fills a line from the text of one value.
func (r *rows) read(line *Line, raw []byte) {
	v, err := r.canon.Read(raw)
	if err != nil {
		e, _ := errors.AsType[*rawjson.Error](err)
		where := ""
		if e.Path != "" && e.Code != rawjson.CodeDuplicateKey {
			where = " in " + e.Path
		}
		r.refusef(line, raw, e.Code, "%s%s (byte %d)", e.Reason, where, e.At+1)
		return
	}
	if v.Kind != rawjson.Object {
		r.refusef(line, raw, CodeNotAnObject, "is %s, not an object", v.Kind)
		return
	}
	r.keep(line, bytes.Clone(v.Data), v.Mended)
}

// keep fills a line with its canonical row.
func (r *rows) keep(line *Line, data []byte, m rawjson.Mended) {
	line.Raw = data
	line.Hash = sha256.Sum256(data)
	line.Marks.Mended = m
	r.times.read(line)
}

// refusef fills a line with what is wrong with it.
func (r *rows) refusef(line *Line, raw []byte, code, format string, args ...any) {
	line.Err = problem(line.Number, code, format, args...)
	line.Excerpt = excerpt(raw)
	line.Text = nil
	if n := min(len(raw), r.most); n > 0 {
		line.Text = bytes.Clone(raw[:n])
	}
}

// excerpt is the beginning of a bad row as valid UTF-8 without NUL.
func excerpt(raw []byte) string {
	if len(raw) > MaxExcerpt {
		raw = raw[:MaxExcerpt]
		for len(raw) > 0 && !utf8.RuneStart(raw[len(raw)-1]) {
			raw = raw[:len(raw)-1]
		}
		if n := len(raw); n > 0 && raw[n-1] >= utf8.RuneSelf {
			raw = raw[:n-1]
		}
	}
	s := strings.ToValidUTF8(string(raw), "?")
	return strings.ReplaceAll(s, "\x00", "?")
}

// Excerpt is the beginning of a row, at most MaxExcerpt bytes of valid UTF-8 without NUL.
func Excerpt(raw []byte) string { return excerpt(raw) }
