package rawjson

// Members visits the members of one object in the order of the text, until visit says false: the key decoded, the value
// as written. Both stand until the visit ends. Values are not looked into, so what is no JSON within them is not found.
// Errors are *Error.
func Members(src []byte, visit func(key, value []byte) bool) error {
	c := cursor{src: src}
	if c.space() != '{' {
		return c.unexpected("an object")
	}
	c.at++
	var key []byte
	for first := true; ; first = false {
		switch b := c.space(); {
		case b == '}':
			return nil
		case first:
		case b == ',':
			c.at++
			c.space()
		default:
			return c.unexpected("a comma or }")
		}
		if c.at >= len(src) || src[c.at] != '"' {
			return c.unexpected("a key")
		}
		var m Mended
		var err error
		if key, err = c.text(key[:0], false, &m); err != nil {
			return err
		}
		if c.space() != ':' {
			return c.unexpected("a colon")
		}
		c.at++
		c.space()
		start := c.at
		if err := c.skip(); err != nil {
			return err
		}
		if !visit(key, src[start:c.at]) {
			return nil
		}
	}
}

// Text decodes a string literal; false for any other value.
func Text(value []byte) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	c := cursor{src: value}
	var m Mended
	out, err := c.text(nil, false, &m)
	return string(out), err == nil && c.at == len(value)
}

// skip goes past one value, counting its brackets.
func (c *cursor) skip() error {
	var m Mended
	var buf []byte
	for depth := 0; ; {
		if c.space() == 0 {
			return c.unexpected("a value")
		}
		var err error
		switch c.src[c.at] {
		case '{', '[':
			depth++
			c.at++
			continue
		case '}', ']':
			depth--
			c.at++
		case ',', ':':
			c.at++
			if depth > 0 {
				continue
			}
			c.at--
			return c.unexpected("a value")
		case '"':
			buf, err = c.text(buf[:0], false, &m)
		default:
			_, _, err = c.word()
		}
		if err != nil || depth == 0 {
			return err
		}
		if depth < 0 {
			c.at--
			return c.unexpected("a value")
		}
	}
}
