package rawjson

import (
	"bytes"
	"slices"
)

// object reads an object and brings its members into the order of their keys.
func (c *Canon) object() error {
	if err := c.push(-1); err != nil {
		return err
	}
	start, base, sorted := len(c.out), len(c.members), true
	c.out = append(c.out, '{')
	if c.cur.space() == '}' {
		return c.pop('}')
	}
	for {
		at := c.cur.at
		m, err := c.member()
		if err != nil {
			return err
		}
		if len(c.members) > base && sorted {
			order := c.compare(c.members[len(c.members)-1], m)
			if order == 0 {
				return c.twice(m, at)
			}
			sorted = order < 0
		}
		c.members = append(c.members, m)
		switch c.cur.space() {
		case ',':
			c.cur.at++
			c.cur.space()
			c.out = append(c.out, ',')
		case '}':
			if !sorted {
				if err := c.sort(start, base); err != nil {
					return err
				}
			}
			c.members = c.members[:base]
			return c.pop('}')
		default:
			return c.cur.unexpected("a comma or }")
		}
	}
}

// member reads a key and its value.
func (c *Canon) member() (m member, err error) {
	if c.cur.at >= len(c.cur.src) || c.cur.src[c.cur.at] != '"' {
		return m, c.cur.unexpected("a key")
	}
	m.key = len(c.out)
	if c.out, err = c.cur.text(c.out, true, &c.mended); err != nil {
		return m, err
	}
	m.colon = len(c.out)
	m.escaped = bytes.IndexByte(c.out[m.key:], '\\') >= 0
	c.open[len(c.open)-1] = step{index: -1, start: m.key, end: m.colon}
	if c.cur.space() != ':' {
		return m, c.cur.unexpected("a colon")
	}
	c.cur.at++
	c.cur.space()
	c.out = append(c.out, ':')
	_, err = c.value()
	m.end = len(c.out)
	return m, err
}

// compare orders keys by their decoded bytes.
func (c *Canon) compare(a, b member) int {
	if !a.escaped && !b.escaped {
		return bytes.Compare(c.out[a.key+1:a.colon-1], c.out[b.key+1:b.colon-1])
	}
	return bytes.Compare(unquote(c.out[a.key:a.colon]), unquote(c.out[b.key:b.colon]))
}

// sort brings the members of the object that begins at start into order.
func (c *Canon) sort(start, base int) error {
	own := c.members[base:]
	slices.SortStableFunc(own, c.compare)
	for i := 1; i < len(own); i++ {
		if c.compare(own[i-1], own[i]) == 0 {
			return c.twice(own[i], c.cur.at)
		}
	}
	c.scratch = append(c.scratch[:0], c.out[start:]...)
	out := c.out[:start+1] // the brace stays
	for i, m := range own {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, c.scratch[m.key-start:m.end-start]...)
	}
	c.out = out
	return nil
}

func (c *Canon) twice(m member, at int) error {
	c.open[len(c.open)-1] = step{index: -1, start: m.key, end: m.colon}
	path := c.path()
	return &Error{Code: CodeDuplicateKey, Reason: "has the key " + path + " twice", At: at, Path: path}
}
