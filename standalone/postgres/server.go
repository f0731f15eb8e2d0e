package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

const (
	startPatience = 60 * time.Second // recovery after a crash reads the log since the last checkpoint
	stopImmediate = 5 * time.Second
	logKeep       = 10 << 20 // bytes of log kept from earlier runs
)

// Params configures a server.
type Params struct {
	Dir    string   // folder of its own; made when missing
	BinDir string   // PG_BINDIR; empty: search
	As     *Account // who runs it; nil: the same user
	Log    *slog.Logger
}

// Server is a running PostgreSQL with the product's database in it.
type Server struct {
	port          int
	ownerPassword string
	dataDir       string
	logPath       string
	process       *os.Process
	done          chan struct{}
	exit          error // valid once done is closed
}

// Start brings the server up and returns when the database answers: about 0.3 s, 2 s the first time. The server ends
// with this process, by Stop or by the kernel.
func Start(ctx context.Context, p Params) (*Server, error) {
	dir, err := filepath.Abs(p.Dir)
	if err != nil {
		return nil, fmt.Errorf("find PostgreSQL's folder: %w", err)
	}
	l := layout(dir)
	bin, superuserPassword, err := prepare(ctx, l, p)
	if err != nil {
		return nil, err
	}
	if err := clearOrphan(ctx, l.cluster(), p.Log); err != nil {
		return nil, err
	}
	port, err := l.choosePort(ctx)
	if err != nil {
		return nil, err
	}
	ownerPassword, err := kept(l.ownerPassword())
	if err != nil {
		return nil, err
	}
	s := &Server{port: port, ownerPassword: ownerPassword, dataDir: l.cluster(), logPath: l.log(), done: make(chan struct{})}
	if err := s.launch(ctx, bin, p.As); err != nil {
		return nil, err
	}
	if err := s.provision(ctx, superuserPassword); err != nil {
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// prepare sees to programs, folder and cluster.
func prepare(ctx context.Context, l layout, p Params) (Binaries, string, error) {
	major, err := l.made()
	if err != nil {
		return Binaries{}, "", err
	}
	bin, err := Find(ctx, Search{BinDir: p.BinDir, Major: major, DataDir: l.cluster()})
	if err != nil {
		return Binaries{}, "", err
	}
	if err := os.MkdirAll(string(l), 0o711); err != nil { //nolint:gosec // the server's user passes through
		return Binaries{}, "", fmt.Errorf("make PostgreSQL's folder: %w", err)
	}
	if err := p.As.Reach(string(l)); err != nil {
		return Binaries{}, "", err
	}
	password, err := kept(l.superuserPassword())
	if err != nil || major != 0 {
		return bin, password, err
	}
	return bin, password, makeCluster(ctx, l, bin, p.As, password)
}

// launch starts the server from a goroutine that keeps its thread until the server ends: the kernel ties the death
// signal to the thread that started a process, not to the process. It has a process group of its own, so that a Ctrl-C
// in the terminal reaches us alone and we stop things in order.
func (s *Server) launch(ctx context.Context, bin Binaries, as *Account) error {
	if info, err := os.Stat(s.logPath); err == nil && info.Size() > logKeep {
		_ = os.Rename(s.logPath, s.logPath+".1") // worst case the log grows on
	}
	logFile, err := os.OpenFile(s.logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open PostgreSQL's log: %w", err)
	}
	// No CommandContext: the end of ctx must not kill the server, Stop ends it in good order.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), bin.program("postgres"), arguments(s.dataDir, s.port)...) //nolint:gosec // programs found by Find
	cmd.Dir = "/"
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as.credential(), Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(s.done)
		defer func() { _ = logFile.Close() }()
		err := cmd.Start()
		started <- err
		if err == nil {
			s.exit = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	s.process = cmd.Process
	return nil
}

// URL names the database as its owner.
func (s *Server) URL() string { return s.url(owner, s.ownerPassword, database) }

// Address is the host and port it listens on.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// LogPath is the server's own log.
func (s *Server) LogPath() string { return s.logPath }

// Done is closed when the server has ended, asked or not.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err says how the server ended, with the end of its log; nil while it runs and after a clean end.
func (s *Server) Err() error {
	select {
	case <-s.done:
	default:
		return nil
	}
	if s.exit == nil {
		return nil
	}
	return fmt.Errorf("PostgreSQL ended: %w\n%s", s.exit, tail(s.logPath))
}

// Stop asks for a fast shutdown: open transactions are rolled back, a checkpoint is written. When ctx ends first, it
// asks for an immediate one, which costs a recovery at the next start but loses nothing that was committed.
func (s *Server) Stop(ctx context.Context) error {
	if err := s.process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	select {
	case <-s.done:
		return s.Err()
	case <-ctx.Done():
	}
	if err := s.process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop PostgreSQL at once: %w", err)
	}
	timeout, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopImmediate)
	defer cancel()
	select {
	case <-s.done:
		return s.Err()
	case <-timeout.Done():
		return fmt.Errorf("PostgreSQL (pid %d) does not stop", s.process.Pid)
	}
}

func (s *Server) url(user, password, db string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, password), Host: s.Address(), Path: "/" + db,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}
