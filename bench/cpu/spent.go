package cpu

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// tick is the unit of times in /proc, the same on all of Linux's machines.
const tick = 10 * time.Millisecond

// Spent is processor time, user's and system's.
type Spent struct {
	Process  time.Duration // of this process
	Database time.Duration // of all processes of the PostgreSQL server, also those that ended
}

// Total is both together.
func (s Spent) Total() time.Duration { return s.Process + s.Database }

// Since is what was spent after an earlier reading.
func (s Spent) Since(before Spent) Spent {
	return Spent{s.Process - before.Process, s.Database - before.Database}
}

// Each is the share of one of n.
func (s Spent) Each(n int) Spent {
	if n == 0 {
		return Spent{}
	}
	return Spent{s.Process / time.Duration(n), s.Database / time.Duration(n)}
}

// Meter reads what was spent so far.
type Meter struct{ postmaster int }

// NewMeter finds the PostgreSQL server behind a URL, which must run on this machine.
func NewMeter(ctx context.Context, url string) (*Meter, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	var backend int
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return nil, err
	}
	p, err := read(backend)
	if err != nil {
		return nil, fmt.Errorf("the database server is not on this machine: %w", err)
	}
	return &Meter{p.parent}, nil
}

// Read gives what was spent since the start of the process and of the server, to 10 ms a process.
func (m *Meter) Read() (s Spent, err error) {
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return s, err
	}
	s.Process = time.Duration(own.Utime.Nano() + own.Stime.Nano())
	server, err := read(m.postmaster)
	if err != nil {
		return s, err
	}
	s.Database = server.own + server.children
	id := strconv.Itoa(m.postmaster)
	backends, err := os.ReadFile(filepath.Join("/proc", id, "task", id, "children"))
	if err != nil {
		return s, err
	}
	for name := range strings.FieldsSeq(string(backends)) {
		pid, err := strconv.Atoi(name)
		if err != nil {
			return s, err
		}
		p, err := read(pid)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // it ended meanwhile
		}
		if err != nil {
			return s, err
		}
		s.Database += p.own
	}
	return s, nil
}

// process is one line of /proc.
type process struct {
	parent        int
	own, children time.Duration // children: of those that ended
}

// Places in /proc/PID/stat behind the name in brackets, which may hold spaces.
const (
	fieldParent = 1
	fieldUser   = 11
	fieldLast   = 14
)

func read(pid int) (p process, err error) {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return p, err
	}
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(fields) <= fieldLast {
		return p, fmt.Errorf("/proc/%d/stat is not as known", pid)
	}
	if p.parent, err = strconv.Atoi(string(fields[fieldParent])); err != nil {
		return p, err
	}
	var ticks [4]time.Duration
	for i := range ticks {
		n, err := strconv.ParseInt(string(fields[fieldUser+i]), 10, 64)
		if err != nil {
			return p, err
		}
		ticks[i] = time.Duration(n) * tick
	}
	p.own, p.children = ticks[0]+ticks[1], ticks[2]+ticks[3]
	return p, nil
}
