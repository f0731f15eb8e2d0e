package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/config"
)

// binaries builds each binary at most once a run. VC_STANDALONE_BIN and VC_BIN (absolute paths) name ones that are
// built already, as the Makefile does.
var (
	standaloneOnce = sync.OnceValues(func() (string, error) { return built("VC_STANDALONE_BIN", "..", "velocicompanion-standalone") })
	productionOnce = sync.OnceValues(func() (string, error) { return built("VC_BIN", filepath.Join("..", ".."), "velocicompanion") })
	binaryDir      = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "vc-e2e-bin-*") })
)

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.stack != nil {
		shared.stack.end()
	}
	if dir, err := binaryDir(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func built(variable, module, name string) (string, error) {
	env, err := config.Environment()
	if err != nil {
		return "", err
	}
	if path := env[variable]; path != "" {
		return path, nil
	}
	dir, err := binaryDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	cmd := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", path, "./cmd/"+name)
	cmd.Dir = module
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return path, nil
}

func standaloneBinary(t *testing.T) string {
	t.Helper()
	path, err := standaloneOnce()
	require.NoError(t, err)
	return path
}

func productionBinary(t *testing.T) string {
	t.Helper()
	path, err := productionOnce()
	require.NoError(t, err)
	return path
}
