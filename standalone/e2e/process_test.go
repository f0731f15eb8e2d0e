package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/config"
)

const (
	readyPatience = 90 * time.Second // generous: the machine may be building beside us
	stopPatience  = 40 * time.Second
	poll          = 25 * time.Millisecond
	shownLog      = 20_000 // bytes of a child's output shown when a test fails
)

// Process is a program that a test starts, kills and starts again. Its output gathers over all its lives.
type Process struct {
	Name string
	path string
	args []string
	env  map[string]string
	dir  string

	out  output
	cmd  *exec.Cmd
	done chan struct{}
	exit error
}

// output is what a process wrote; it may be read meanwhile.
type output struct {
	mu sync.Mutex
	b  strings.Builder
}

// Write gathers what a child writes.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// newProcess describes a program; t's end kills it and, when t failed, shows its output.
func newProcess(t *testing.T, name, path string, args []string, env map[string]string) *Process {
	t.Helper()
	p := &Process{Name: name, path: path, args: args, env: env, dir: t.TempDir()}
	t.Cleanup(func() {
		p.end()
		if t.Failed() {
			t.Logf("--- output of %s\n%s", name, telling(p.Output()))
		}
	})
	return p
}

// telling is the end of an output without the requests that went well: they would push everything else out.
func telling(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		fine := strings.Contains(line, "status=20") || strings.Contains(line, `"status":20`)
		if !fine {
			b.WriteString(line)
		}
	}
	text = b.String()
	return text[max(0, len(text)-shownLog):]
}

// Launch starts the program without waiting for anything.
func (p *Process) Launch(t *testing.T) {
	t.Helper()
	require.False(t, p.Running(), "%s runs already", p.Name)
	require.NoError(t, p.launch())
}

func (p *Process) launch() error {
	ours, err := config.Environment()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(context.Background(), p.path, p.args...)
	cmd.Dir = p.dir // no .env of the clone
	cmd.Env = []string{"PATH=" + ours["PATH"], "HOME=" + ours["HOME"], "PG_BINDIR=" + ours["PG_BINDIR"]}
	for k, v := range p.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	cmd.Stdout, cmd.Stderr = &p.out, &p.out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C at the test is not one at the child
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	p.cmd, p.done = cmd, done
	go func() {
		p.exit = cmd.Wait()
		close(done)
	}()
	return nil
}

// Output is everything the process wrote so far.
func (p *Process) Output() string { return p.out.String() }

// PID is the process's id in its present or last life.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Running says whether the process is alive.
func (p *Process) Running() bool {
	if p.cmd == nil {
		return false
	}
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Kill is a kill -9. It returns when the process is gone.
func (p *Process) Kill(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGKILL))
	<-p.done
}

// Interrupt is a Ctrl-C. It returns when the process has stopped, and fails the test unless it did so cleanly.
func (p *Process) Interrupt(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, p.Wait(t), "%s must stop cleanly", p.Name)
}

// Wait gives how the process ended: nil for exit code 0.
func (p *Process) Wait(t *testing.T) error {
	t.Helper()
	select {
	case <-p.done:
		return p.exit
	case <-time.After(stopPatience):
		require.FailNow(t, p.Name+" does not end")
		return nil
	}
}

// end stops the process for good: kindly, then not.
func (p *Process) end() {
	if !p.Running() {
		return
	}
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.done:
	case <-time.After(stopPatience):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// until waits for a condition and fails at once when the process ends before.
func (p *Process) until(what string, ok func() bool) error {
	deadline := time.Now().Add(readyPatience)
	for !ok() {
		if !p.Running() {
			return fmt.Errorf("%s ended before %s: %w", p.Name, what, p.exit)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: still waiting for %s after %s", p.Name, what, readyPatience)
		}
		time.Sleep(poll)
	}
	return nil
}
