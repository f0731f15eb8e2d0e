package playbooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// jsonReader reads JSON into nodes with their places, which encoding/json alone doesn't keep.
type jsonReader struct {
	src     []byte
	decoder *json.Decoder
	offset  int      // up to which places were counted
	at      position // of offset
}

func readJSON(src []byte) (*node, error) {
	var syntax *json.SyntaxError
	if err := json.Unmarshal(src, new(json.RawMessage)); errors.As(err, &syntax) {
		return nil, sourceFault(fault.Malformed, place(src, max(int(syntax.Offset)-1, 0)), nil,
			"this is not JSON: %s", syntax.Error())
	} else if err != nil {
		return nil, sourceFault(fault.Malformed, position{1, 1}, nil, "this is not JSON: %s", err.Error())
	}
	r := &jsonReader{src: src, decoder: json.NewDecoder(bytes.NewReader(src)), at: position{1, 1}}
	r.decoder.UseNumber()
	return r.node(nil, 0)
}

// next gives the next token with its place.
func (r *jsonReader) next() (json.Token, position, error) {
	start := int(r.decoder.InputOffset())
	for start < len(r.src) && bytes.IndexByte([]byte(" \t\r\n,:"), r.src[start]) >= 0 {
		start++
	}
	token, err := r.decoder.Token()
	at := r.place(start)
	if err != nil {
		return nil, at, sourceFault(fault.Malformed, at, nil, "this is not JSON: %s", err.Error())
	}
	return token, at, nil
}

// place counts on from the token before: counting from the start of a line takes quadratic time in a document of one line.
func (r *jsonReader) place(offset int) position {
	between := r.src[r.offset:offset]
	if i := bytes.LastIndexByte(between, '\n'); i >= 0 {
		r.at.line += bytes.Count(between, []byte{'\n'})
		r.at.column = 1
		between = between[i+1:]
	}
	r.at.column += utf8.RuneCount(between)
	r.offset = offset
	return r.at
}

func (r *jsonReader) node(path *trail, depth int) (*node, error) {
	token, at, err := r.next()
	if err != nil {
		return nil, err
	}
	if depth > maxNested {
		return nil, errNested(at, path)
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return r.object(path, at, depth)
		}
		return r.list(path, at, depth)
	case string:
		return &node{shape: shapeText, at: at, scalar: t}, checkText(t, at, path)
	case bool:
		return &node{shape: shapeBoolean, at: at, scalar: t}, nil
	case json.Number:
		n, err := plainNumber(t)
		if err != nil {
			return nil, sourceFault(fault.Invalid, at, path, "%s", err.Error())
		}
		return &node{shape: shapeNumber, at: at, scalar: n}, nil
	default:
		return &node{shape: shapeNull, at: at}, nil
	}
}

func (r *jsonReader) list(path *trail, at position, depth int) (*node, error) {
	out := &node{shape: shapeList, at: at}
	for r.decoder.More() {
		item, err := r.node(path.item(len(out.items)), depth+1)
		if err != nil {
			return nil, err
		}
		out.items = append(out.items, item)
	}
	_, _, err := r.next()
	return out, err
}

func (r *jsonReader) object(path *trail, at position, depth int) (*node, error) {
	out := &node{shape: shapeObject, at: at}
	seen := make(map[string]position)
	for r.decoder.More() {
		token, nameAt, err := r.next()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		where := path.field(name)
		if err := checkName(name, nameAt, path); err != nil {
			return nil, err
		}
		if first, ok := seen[name]; ok {
			return nil, errDuplicate(nameAt, first, where)
		}
		seen[name] = nameAt
		value, err := r.node(where, depth+1)
		if err != nil {
			return nil, err
		}
		out.fields = append(out.fields, field{name: name, at: nameAt, value: value})
	}
	_, _, err := r.next()
	return out, err
}
