package velotest

import (
	"encoding/json"
	"strconv"
)

// column is a named value of a record.
type column struct {
	name  string
	value any
}

// record is a JSON object that keeps the order of its columns, as the server does. It is written often: an own writer, for
// encoding/json would sort and reflect.
type record []column

// MarshalJSON writes the columns in their order.
func (r record) MarshalJSON() ([]byte, error) { return appendJSON(nil, r) }

func appendJSON(b []byte, value any) (_ []byte, err error) {
	switch v := value.(type) {
	case record:
		return appendRecord(b, v)
	case []record:
		return appendList(b, v)
	case []any:
		return appendList(b, v)
	case []string:
		return appendList(b, v)
	case string:
		return appendText(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case nil:
		return append(b, "null"...), nil
	case json.RawMessage:
		return append(b, v...), nil
	default:
		text, err := json.Marshal(v)
		return append(b, text...), err
	}
}

func appendRecord(b []byte, r record) (_ []byte, err error) {
	b = append(b, '{')
	for i, c := range r {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, c.name), ':')
		if b, err = appendJSON(b, c.value); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendList[T any](b []byte, list []T) (_ []byte, err error) {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendJSON(b, v); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

// appendText quotes; what is no plain ASCII goes through encoding/json.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			quoted, _ := json.Marshal(s) //nolint:errchkjson // texts always are JSON
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	for i := range len(s) {
		if c := s[i]; c == '"' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}
