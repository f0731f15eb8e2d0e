package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// MinMajor is the oldest PostgreSQL major version the product is built and tested against.
const MinMajor = 15

// ErrNotInstalled says that no usable PostgreSQL server programs were found.
var ErrNotInstalled = errors.New("PostgreSQL's server programs were not found")

// Binaries is one installation of PostgreSQL's server programs.
type Binaries struct {
	Dir   string // absolute folder that holds initdb and postgres
	Major int    // major version, 15 and up
}

// Search says where to look for server programs.
type Search struct {
	BinDir  string   // PG_BINDIR: the only place looked at when set
	Globs   []string // folders of distributions and Homebrew; DefaultGlobs when nil
	Major   int      // the version existing data needs; 0: the newest found
	NoPATH  bool     // leaves PATH out, for tests
	DataDir string   // named in the error when existing data needs another version
}

// DefaultGlobs are the places where distributions and Homebrew put server programs that are not in PATH.
func DefaultGlobs() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/usr/lib64/pgsql/bin",
		"/usr/local/pgsql/bin",
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	}
}

// Find picks the newest installation, or the one with the version that existing data needs. The error wraps
// ErrNotInstalled and says what to install.
func Find(ctx context.Context, s Search) (Binaries, error) {
	var found []Binaries
	for _, dir := range s.candidates() {
		if b, ok := inspect(ctx, dir); ok {
			found = append(found, b)
		}
	}
	if s.BinDir != "" && len(found) == 0 {
		return Binaries{}, fmt.Errorf("%w: PG_BINDIR=%s holds no initdb and postgres", ErrNotInstalled, s.BinDir)
	}
	slices.SortStableFunc(found, func(a, b Binaries) int { return cmp.Compare(b.Major, a.Major) })
	for _, b := range found {
		if (s.Major == 0 && b.Major >= MinMajor) || (s.Major != 0 && b.Major == s.Major) {
			return b, nil
		}
	}
	return Binaries{}, s.missing(found)
}

func (s Search) candidates() []string {
	if s.BinDir != "" {
		return []string{s.BinDir}
	}
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil && !s.NoPATH {
		dirs = append(dirs, filepath.Dir(path))
	}
	globs := s.Globs
	if globs == nil {
		globs = DefaultGlobs()
	}
	for _, g := range globs {
		matches, err := filepath.Glob(g)
		if err == nil {
			dirs = append(dirs, matches...)
		}
	}
	return dirs
}

func (s Search) missing(found []Binaries) error {
	var have []string
	for _, b := range found {
		have = append(have, fmt.Sprintf("%d in %s", b.Major, b.Dir))
	}
	if s.Major != 0 {
		return fmt.Errorf("%w: the data in %s was made by PostgreSQL %d (found: %s); install that version "+
			"(Debian, Ubuntu: apt install postgresql-%d; macOS: brew install postgresql@%d) or set PG_BINDIR to its bin folder",
			ErrNotInstalled, s.DataDir, s.Major, cmp.Or(strings.Join(have, ", "), "none"), s.Major, s.Major)
	}
	return fmt.Errorf("%w: version %d or newer is needed (found: %s); install it "+
		"(Debian, Ubuntu: apt install postgresql; Fedora, RHEL: dnf install postgresql-server postgresql-contrib; "+
		"Alpine: apk add postgresql postgresql-contrib; macOS: brew install postgresql@17), set PG_BINDIR to the folder "+
		"of initdb and postgres, or set DATABASE_URL to a server you run",
		ErrNotInstalled, MinMajor, cmp.Or(strings.Join(have, ", "), "none"))
}

// inspect asks the programs in dir for their version; false when they are not a server installation.
func inspect(ctx context.Context, dir string) (Binaries, bool) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Binaries{}, false
	}
	if info, err := os.Stat(filepath.Join(abs, "initdb")); err != nil || info.IsDir() {
		return Binaries{}, false
	}
	cmd := exec.CommandContext(ctx, filepath.Join(abs, "postgres"), "--version") //nolint:gosec // a folder the operator or the distribution names
	out, err := cmd.Output()
	if err != nil {
		return Binaries{}, false
	}
	major, ok := parseVersion(string(out))
	return Binaries{Dir: abs, Major: major}, ok
}

// parseVersion reads the major version from "postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)".
func parseVersion(out string) (int, bool) {
	m := regexp.MustCompile(`PostgreSQL\) (\d+)`).FindStringSubmatch(out)
	if m == nil {
		return 0, false
	}
	major, err := strconv.Atoi(m[1])
	return major, err == nil
}

func (b Binaries) program(name string) string { return filepath.Join(b.Dir, name) }
