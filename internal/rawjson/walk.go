package rawjson

// Kind is what a value is.
type Kind uint8

// The kinds.
const (
	Null Kind = iota + 1
	Bool
	Number
	String
	Array
	Object
)

// String names a kind as people do.
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "true or false"
	case Number:
		return "a number"
	case String:
		return "a string"
	case Array:
		return "an array"
	case Object:
		return "an object"
	}
	return "nothing"
}

// maxWalkDepth is how deep a walk goes.
const maxWalkDepth = 1000

// Leaf is a scalar of a document. Its slices stand until the visit ends.
type Leaf struct {
	Kind Kind
	Text []byte // a string decoded, anything else as written

	w *Walker
}

// Key is the nearest key above the leaf, "" when there is none: for {"a":[1]} it is a.
func (l *Leaf) Key() []byte { return l.w.nearest(0) }

// Parent is the key above that one: for {"Hash":{"MD5":"…"}} it is Hash.
func (l *Leaf) Parent() []byte { return l.w.nearest(1) }

// Path is the place of the leaf, like Event.EventData.Hashes or rows[3].name.
func (l *Leaf) Path() string {
	var p []byte
	for i := range l.w.open {
		s := &l.w.open[i]
		if s.inArray {
			p = appendIndex(p, s.index)
		} else {
			p = appendKey(p, l.w.key(s))
		}
	}
	return string(p)
}

// AppendDotted appends the keys above the leaf with dots between them and no indices, for look-up in tables.
func (l *Leaf) AppendDotted(dst []byte) []byte {
	for i := range l.w.open {
		s := &l.w.open[i]
		if s.inArray {
			continue
		}
		if len(dst) > 0 {
			dst = append(dst, '.')
		}
		dst = append(dst, l.w.key(s)...)
	}
	return dst
}

// Walker walks documents, one after the other. It keeps its buffers; the zero Walker is ready; one goroutine at a time.
type Walker struct {
	cur   cursor
	open  []level
	keys  []byte // the keys of the open levels, one after the other
	text  []byte
	visit func(*Leaf) bool
	leaf  Leaf
	ended bool // visit has had enough
}

type level struct {
	inArray    bool
	index      int
	start, end int // of the key, in keys
}

// Walk is Walker.Walk for one document.
func Walk(src []byte, visit func(*Leaf) bool) error {
	var w Walker
	return w.Walk(src, visit)
}

// Walk visits every scalar of one value in the order of the text, until visit says false. Keys may repeat and nothing
// is refused but what is not JSON: *Error.
func (w *Walker) Walk(src []byte, visit func(*Leaf) bool) error {
	if w.text == nil {
		w.open, w.keys, w.text = make([]level, 0, 16), make([]byte, 0, 256), make([]byte, 0, 512)
	}
	w.cur, w.visit, w.ended = cursor{src: src}, visit, false
	w.open, w.keys = w.open[:0], w.keys[:0]
	w.leaf.w = w
	w.cur.space()
	if err := w.value(); err != nil {
		return err
	}
	if !w.ended && (w.cur.space() != 0 || w.cur.at < len(src)) {
		return w.cur.unexpected("the end")
	}
	return nil
}

func (w *Walker) key(s *level) []byte { return w.keys[s.start:s.end] }

func (w *Walker) nearest(skip int) []byte {
	for i := len(w.open) - 1; i >= 0; i-- {
		if w.open[i].inArray {
			continue
		}
		if skip == 0 {
			return w.key(&w.open[i])
		}
		skip--
	}
	return nil
}

func (w *Walker) value() error {
	if w.cur.at >= len(w.cur.src) {
		return w.cur.unexpected("a value")
	}
	var m Mended
	var err error
	switch w.cur.src[w.cur.at] {
	case '{':
		return w.nest(false, '}')
	case '[':
		return w.nest(true, ']')
	case '"':
		w.text, err = w.cur.text(w.text[:0], false, &m)
		w.leaf.Kind, w.leaf.Text = String, w.text
	default:
		w.leaf.Text, w.leaf.Kind, err = w.cur.word()
	}
	if err == nil {
		w.ended = !w.visit(&w.leaf)
	}
	return err
}

// nest walks an object or an array.
func (w *Walker) nest(inArray bool, end byte) error {
	if len(w.open) >= maxWalkDepth {
		return &Error{Code: CodeDepth, Reason: "is nested too deep", At: w.cur.at}
	}
	start := len(w.keys)
	w.open = append(w.open, level{inArray: inArray, start: start, end: start})
	top := len(w.open) - 1
	w.cur.at++
	for first := true; ; first = false {
		switch b := w.cur.space(); {
		case b == end:
			w.cur.at++
			w.open, w.keys = w.open[:top], w.keys[:start]
			return nil
		case first:
		case b == ',':
			w.cur.at++
			w.cur.space()
			w.open[top].index++
		default:
			return w.cur.unexpected("a comma or " + string(rune(end)))
		}
		if !inArray {
			if err := w.name(top, start); err != nil {
				return err
			}
		}
		if err := w.value(); err != nil || w.ended {
			return err
		}
	}
}

// name reads a key and its colon.
func (w *Walker) name(top, start int) error {
	if w.cur.at >= len(w.cur.src) || w.cur.src[w.cur.at] != '"' {
		return w.cur.unexpected("a key")
	}
	var m Mended
	var err error
	if w.keys, err = w.cur.text(w.keys[:start], false, &m); err != nil {
		return err
	}
	w.open[top].end = len(w.keys)
	if w.cur.space() != ':' {
		return w.cur.unexpected("a colon")
	}
	w.cur.at++
	w.cur.space()
	return nil
}
