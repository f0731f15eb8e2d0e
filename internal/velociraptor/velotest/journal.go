package velotest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The server's own lines: a user, the first start, a stop in order.
const (
	opUser  = "user"
	opBegin = "begin"
	opEnd   = "end"
)

// journal is a file with a line for each change, written before the change is answered. A nil one keeps nothing.
type journal struct {
	mu   sync.Mutex
	file *os.File
	err  error // the first one
}

func (j *journal) write(c change) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	line, err := json.Marshal(c)
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	j.err = errors.Join(j.err, err)
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.err, j.file.Close())
}

const (
	journalName   = "journal.ndjson"
	authorityName = "authority.pem"
	onlyUs        = 0o600
)

// remember makes the orgs: as they were left, where there is a folder that knows.
func (s *Server) remember() (err error) {
	s.poster = newPoster(s.p.Clock, s.troubles)
	lines, err := s.openState()
	if err != nil {
		return err
	}
	now := s.p.Clock.Now()
	started := now
	if len(lines) > 0 && lines[0].Op == opBegin {
		started = time.UnixMicro(lines[0].At).UTC()
	} else {
		s.p.journal.write(change{Op: opBegin, At: now.UnixMicro()})
	}
	for _, id := range append([]string{rootOrg}, s.p.Orgs...) {
		s.orgs[id] = newOrg(id, s.p, started)
		s.orgs[id].replaying = true
	}
	last := started
	for _, c := range lines {
		o := s.orgs[c.Org]
		switch {
		case c.Op == opUser:
			s.users[c.ID] = c.On
			continue
		case c.Op == opEnd:
		case o != nil:
			o.apply(c)
		}
		last = time.UnixMicro(c.At).UTC()
	}
	for _, o := range s.orgs {
		o.settleQuietly(last)
		o.replaying, o.monitor.out = false, s.poster
	}
	return nil
}

// openState opens the folder: its authority, or a new one, and the journal with what it holds.
func (s *Server) openState() (lines []change, err error) {
	if s.p.State == "" {
		s.authority, err = newAuthority(s.p.Clock.Now())
		return nil, err
	}
	if err := os.MkdirAll(s.p.State, 0o700); err != nil {
		return nil, err
	}
	if s.authority, err = keptAuthority(filepath.Join(s.p.State, authorityName), s.p.Clock.Now()); err != nil {
		return nil, err
	}
	path := filepath.Join(s.p.State, journalName)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	lines, whole := readJournal(text)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, onlyUs)
	if err != nil {
		return nil, err
	}
	// A kill may have torn the last line: what comes next must not be glued to it.
	if err := file.Truncate(int64(whole)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if _, err := file.Seek(int64(whole), 0); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s.p.journal = &journal{file: file}
	return lines, nil
}

// readJournal stops at the first line that is not whole, and says how many bytes were.
func readJournal(text []byte) (lines []change, whole int) {
	in := bufio.NewReader(bytes.NewReader(text))
	for {
		line, err := in.ReadBytes('\n')
		var c change
		if err != nil || json.Unmarshal(line, &c) != nil {
			return lines, whole
		}
		lines, whole = append(lines, c), whole+len(line)
	}
}
