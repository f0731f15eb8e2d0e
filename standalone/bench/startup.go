package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/velocicompanion/velocicompanion/standalone/ports"
)

// startup measures the standalone binary from its start to ready: the second time on the same data, as on a warm machine.
func startup(ctx context.Context, o options) ([]row, error) {
	bin, err := filepath.Abs(o.standalone)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "vc-bench-start-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the unprivileged server must reach its folder in here
		return nil, err
	}
	cold, err := startOnce(ctx, bin, dir, o.log)
	if err != nil {
		return nil, err
	}
	warm, err := startOnce(ctx, bin, dir, o.log)
	if err != nil {
		return nil, err
	}
	return []row{
		{what: "standalone start to ready, empty data", ours: ms(cold), reference: "–", target: "–", met: true},
		{what: "standalone start to ready, warm", ours: ms(warm), reference: "–", target: "≤ 10 s", met: warm <= 10*time.Second},
	}, nil
}

func startOnce(ctx context.Context, bin, dir string, log io.Writer) (took time.Duration, err error) {
	port, err := ports.Free(ctx)
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, bin, "--temporal-port=0")
	cmd.Env = append(os.Environ(), "DATA_DIR="+filepath.Join(dir, "data"), fmt.Sprintf("HTTP_ADDR=127.0.0.1:%d", port), "LOG_LEVEL=warn")
	cmd.Stdout, cmd.Stderr = io.Discard, log
	begin := time.Now() //nolint:forbidigo // a program that measures real time
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		err = errors.Join(err, cmd.Process.Signal(syscall.SIGINT))
		_ = cmd.Wait()
	}()
	for time.Since(begin) < time.Minute {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/ready", port), nil)
		if err != nil {
			return 0, err
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return time.Since(begin), nil
			}
		}
		time.Sleep(20 * time.Millisecond) //nolint:forbidigo // a program that measures real time
	}
	return 0, errors.New("not ready within a minute")
}
