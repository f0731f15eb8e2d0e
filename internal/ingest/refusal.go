package ingest

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/intake"
	"github.com/velocicompanion/velocicompanion/models"
)

// refusal is a line that is not kept, with its place among the lines of its chunk.
type refusal struct {
	at  int
	row models.BatchError
}

// CodeInvalid is the code of lines that are read well and yet can't be kept; the field says why.
const CodeInvalid = "invalid"

// refuse lists a line with why it is not kept.
func (l *landing) refuse(line *intake.Line, cause error) {
	row := models.BatchError{
		Line: line.Number, ByteOffset: line.Offset, Member: line.Member, Code: CodeInvalid, Reason: fault.Safe(cause),
		Excerpt: line.Excerpt, Raw: line.Text,
	}
	if e, ok := errors.AsType[*fault.Error](cause); ok {
		row.Code = cmp.Or(e.Code, CodeInvalid)
		if len(e.Fields) > 0 {
			row.Field, row.Reason = e.Fields[0].Location, e.Fields[0].Message
		}
	}
	if line.Err == nil {
		row.Raw = line.Raw
		row.Excerpt = intake.Excerpt(line.Raw)
	}
	row.Reason = strings.ReplaceAll(row.Reason, "\x00", "\uFFFD")
	l.bad = append(l.bad, refusal{l.order[line], row})
	l.counts.Rejected++
}

// errors are the lines that were refused, in the order in which they came.
func (l *landing) errors() []models.BatchError {
	slices.SortStableFunc(l.bad, func(a, b refusal) int {
		return cmp.Compare(a.at, b.at)
	})
	out := make([]models.BatchError, len(l.bad))
	for i := range l.bad {
		out[i] = l.bad[i].row
	}
	return out
}
