package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/standalone/ports"
)

// layout names the files in the server's folder.
type layout string

func (l layout) cluster() string           { return filepath.Join(string(l), "data") }
func (l layout) unfinished() string        { return filepath.Join(string(l), "data.new") }
func (l layout) portFile() string          { return filepath.Join(string(l), "port") }
func (l layout) superuserPassword() string { return filepath.Join(string(l), "superuser_password") }
func (l layout) ownerPassword() string     { return filepath.Join(string(l), "owner_password") }
func (l layout) log() string               { return filepath.Join(string(l), "postgres.log") }

// made says whether a complete cluster is there, and by which major version; 0 when none is.
func (l layout) made() (int, error) {
	b, err := os.ReadFile(filepath.Join(l.cluster(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of the existing data: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("read the version of the existing data in %s: %w", l.cluster(), err)
	}
	return major, nil
}

// kept reads a password, or makes one and keeps it in a file of mode 0600.
func kept(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err == nil && len(b) > 0 {
		return strings.TrimSpace(string(b)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read a kept password: %w", err)
	}
	password := clock.Token(24)
	if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep a password: %w", err)
	}
	return password, nil
}

// choosePort gives the port of the last time when it is free, else another, and keeps it.
func (l layout) choosePort(ctx context.Context) (int, error) {
	if b, err := os.ReadFile(l.portFile()); err == nil {
		if port, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil && free(ctx, port) == nil {
			return port, nil
		}
	}
	lis, port, err := ports.Listen(ctx)
	if err != nil {
		return 0, fmt.Errorf("find a free port for PostgreSQL: %w", err)
	}
	defer func() { _ = lis.Close() }()
	if err := os.WriteFile(l.portFile(), []byte(strconv.Itoa(port)+"\n"), 0o600); err != nil {
		return 0, fmt.Errorf("keep PostgreSQL's port: %w", err)
	}
	return port, nil
}

func free(ctx context.Context, port int) error {
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	return lis.Close()
}
