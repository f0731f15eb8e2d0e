package intake

import "io"

// sliding is a window over text: it grows while somebody needs more at once and forgets what was passed.
type sliding struct {
	src    io.Reader
	buf    []byte
	start  int   // of what was not passed, in buf
	offset int64 // of start, in the text
	err    error // what the source said last
}

const slide = 64 << 10

// bytes is what is in the window.
func (s *sliding) bytes() []byte { return s.buf[s.start:] }

// advance passes n bytes.
func (s *sliding) advance(n int) {
	s.start += n
	s.offset += int64(n)
}

// at gives the nth byte from here, io.EOF beyond the end.
func (s *sliding) at(n int) (byte, error) {
	for len(s.buf)-s.start <= n {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	return s.buf[s.start+n], nil
}

// fill reads more, io.EOF when there is none.
func (s *sliding) fill() error {
	if s.err != nil {
		return s.err
	}
	if s.start > 0 && (s.start == len(s.buf) || cap(s.buf)-len(s.buf) < slide) {
		s.buf = s.buf[:copy(s.buf, s.buf[s.start:])]
		s.start = 0
	}
	if cap(s.buf)-len(s.buf) < slide {
		grown := make([]byte, len(s.buf), 2*cap(s.buf)+slide)
		copy(grown, s.buf)
		s.buf = grown
	}
	for range 100 {
		n, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if err != nil {
			s.err = broken(err, "the input can't be read to its end")
		}
		if n > 0 {
			return nil
		}
		if s.err != nil {
			return s.err
		}
	}
	s.err = io.ErrNoProgress
	return s.err
}
