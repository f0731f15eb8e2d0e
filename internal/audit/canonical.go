package audit

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// encoder writes values in the one form that MACs are made of: every text has its length before it, so that no two
// sequences of values give the same bytes.
type encoder struct{ b []byte }

// newEncoder makes an encoder for so many bytes, about.
func newEncoder(size int) *encoder { return &encoder{b: make([]byte, 0, size)} }

func (e *encoder) number(n int64) *encoder {
	e.b = binary.BigEndian.AppendUint64(e.b, uint64(n))
	return e
}

func (e *encoder) bytes(b []byte) *encoder {
	e.number(int64(len(b)))
	e.b = append(e.b, b...)
	return e
}

func (e *encoder) text(list ...string) *encoder {
	for _, s := range list {
		e.number(int64(len(s)))
		e.b = append(e.b, s...)
	}
	return e
}

func (e *encoder) time(t time.Time) *encoder { return e.number(t.UnixMicro()) }

// document writes a document's text, which the database keeps as it is.
func (e *encoder) document(raw json.RawMessage) {
	if len(raw) == 0 {
		e.b = append(e.b, '-')
		return
	}
	e.b = append(e.b, '+')
	e.bytes(raw)
}

// meaning writes what a document means: the order of fields, white space and the spelling of numbers, which jsonb doesn't
// keep, make no difference.
func (e *encoder) meaning(raw json.RawMessage) error {
	if len(raw) == 0 {
		e.b = append(e.b, '-')
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return fault.Wrap(err, fault.Internal, "an audit line holds no JSON")
	}
	e.value(v)
	return nil
}

func (e *encoder) value(v any) {
	switch v := v.(type) {
	case nil:
		e.b = append(e.b, 'n')
	case bool:
		e.b = strconv.AppendBool(append(e.b, 'b'), v)
	case json.Number:
		e.b = append(e.b, '#')
		e.text(decimal(v.String()))
	case string:
		e.b = append(e.b, 's')
		e.text(v)
	case []any:
		e.b = append(e.b, '[')
		e.number(int64(len(v)))
		for _, item := range v {
			e.value(item)
		}
	case map[string]any:
		e.b = append(e.b, '{')
		e.number(int64(len(v)))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			e.text(key)
			e.value(v[key])
		}
	}
}

// decimal is one spelling for all of a number's: digits without zeros at either end, and the power of ten.
func decimal(s string) string {
	sign, digits := "", s
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		sign, digits = "-", rest
	}
	if !strings.ContainsAny(digits, ".eE") { // an id, a count: most numbers
		short := strings.TrimRight(digits, "0")
		if short == "" {
			return "0"
		}
		return sign + short + "e" + strconv.Itoa(len(digits)-len(short))
	}
	mantissa, exponent := digits, new(big.Int)
	if i := strings.IndexAny(digits, "eE"); i >= 0 {
		mantissa = digits[:i]
		exponent.SetString(strings.TrimPrefix(digits[i+1:], "+"), 10)
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := strings.TrimLeft(whole+fraction, "0")
	short := strings.TrimRight(all, "0")
	if short == "" {
		return "0"
	}
	exponent.Add(exponent, big.NewInt(int64(len(all)-len(short)-len(fraction))))
	return sign + short + "e" + exponent.String()
}

const contentSize = 512 // what a line says without its documents, about

// content is what a line says, in the form that is stamped and sealed: everything but what the database gave it (id,
// transaction).
func content(row *models.AuditLog) []byte {
	e := begin(row, "velocicompanion/audit/2")
	e.document(row.Before)
	e.document(row.After)
	return e.b
}

// formerContent is the form in which lines were stamped and sealed when the database kept what their documents mean, not
// their text. Faults: Internal (no JSON).
func formerContent(row *models.AuditLog) ([]byte, error) {
	e := begin(row, "velocicompanion/audit/1")
	if err := e.meaning(row.Before); err != nil {
		return nil, err
	}
	err := e.meaning(row.After)
	return e.b, err
}

// begin writes a line's columns under the name of a form.
func begin(row *models.AuditLog, form string) *encoder {
	e := newEncoder(contentSize + len(row.Before) + len(row.After))
	e.text(form).number(row.TenantID)
	if row.UserID == nil {
		e.b = append(e.b, '-')
	} else {
		e.b = append(e.b, '+')
		e.number(*row.UserID)
	}
	e.text(row.Username, row.Action, row.ResourceType, row.ResourceID, row.IPAddress, row.UserAgent, row.RequestID, row.Outcome)
	return e.time(row.CreatedAt)
}
