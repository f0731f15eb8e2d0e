package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// child is a process of its own, which is killed and started anew as a machine that fails does it.
type child struct {
	path string
	args []string
	env  []string
	dir  string
	log  io.Writer

	cmd  *exec.Cmd
	peak int64 // the most memory over all its lives, in bytes
}

// worker describes the production binary's worker, joined to the platform.
func (p *platform) worker(o options) (*child, error) {
	path, err := filepath.Abs(o.production)
	if err != nil {
		return nil, err
	}
	env := []string{"LOG_LEVEL=warn"}
	for name, value := range p.settings {
		env = append(env, name+"="+value)
	}
	return &child{path: path, args: []string{"worker"}, env: env, dir: p.dir, log: o.log}, nil
}

func (c *child) start(ctx context.Context) error {
	c.cmd = exec.CommandContext(context.WithoutCancel(ctx), c.path, c.args...) //nolint:gosec // a path that whoever measures names; whoever starts it ends it
	c.cmd.Env, c.cmd.Dir = c.env, c.dir                                        // no .env of the clone
	c.cmd.Stdout, c.cmd.Stderr = c.log, c.log
	return c.cmd.Start()
}

// kill is a kill -9; it returns when the process is gone.
func (c *child) kill() error { return c.end(syscall.SIGKILL) }

// stop ends the process kindly.
func (c *child) stop() error { return c.end(syscall.SIGINT) }

func (c *child) end(how os.Signal) error {
	if c.cmd == nil {
		return nil
	}
	peak, err := peakOf(strconv.Itoa(c.cmd.Process.Pid))
	if err != nil {
		return errors.Join(errors.New("the process ended by itself"), c.cmd.Wait())
	}
	c.peak = max(c.peak, peak)
	err = c.cmd.Process.Signal(how)
	_ = c.cmd.Wait() // it was ended
	c.cmd = nil
	return err
}
