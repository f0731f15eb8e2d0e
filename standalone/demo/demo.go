package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// Endpoints is how many the demo has.
const Endpoints = 200

const (
	user        = "demo-companion"
	pace        = 4 * time.Second // slow enough to watch a hunt fill
	churn       = 20 * time.Minute
	renewBefore = 30 * 24 * time.Hour // of the file's year

	addressFile = "address"
	clientFile  = "api_client.yaml"
	tenantFile  = "tenant"
	renewFile   = "renew_after" // Unix seconds
	stateFolder = "state"
)

// Params say where the demo lives.
type Params struct {
	Dir   string // its own
	Clock clock.Clock
}

// Demo is a simulated server that runs.
type Demo struct {
	dir    string
	server *velotest.Server
	file   []byte
}

// Start starts the server: at the address of last time when that is free, else at another.
func Start(p Params) (*Demo, error) {
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("the demo's folder: %w", err)
	}
	d := &Demo{dir: p.Dir}
	params := velotest.Params{
		Address: d.read(addressFile), Endpoints: Endpoints, Clock: p.Clock, Seed: 1, Pace: pace, Churn: churn, State: filepath.Join(p.Dir, stateFolder),
	}
	server, err := velotest.Start(params)
	if err != nil && params.Address != "" {
		params.Address = ""
		server, err = velotest.Start(params)
	}
	if err != nil {
		return nil, fmt.Errorf("the simulated Velociraptor server: %w", err)
	}
	d.server = server
	if err := d.provide(params.Address, p.Clock.Now()); err != nil {
		server.Close()
		return nil, err
	}
	return d, nil
}

// provide keeps the file of last time while the address is the same and it is good for a while.
func (d *Demo) provide(lastAddress string, now time.Time) error {
	renew, err := strconv.ParseInt(d.read(renewFile), 10, 64)
	if text := d.read(clientFile); err == nil && text != "" && lastAddress == d.server.Address() && now.Unix() < renew {
		d.file = []byte(text + "\n")
		return nil
	}
	if d.file, err = d.server.APIClient(user); err != nil {
		return err
	}
	return errors.Join(
		d.write(clientFile, string(d.file)), d.write(addressFile, d.server.Address()),
		d.write(renewFile, strconv.FormatInt(now.AddDate(1, 0, 0).Add(-renewBefore).Unix(), 10)))
}

// Address is where the server listens, on loopback.
func (d *Demo) Address() string { return d.server.Address() }

// File is the api_client file of the demo tenant.
func (d *Demo) File() []byte { return d.file }

// Tenant is the demo tenant that an earlier start made; 0 when none did.
func (d *Demo) Tenant() int64 {
	id, err := strconv.ParseInt(d.read(tenantFile), 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// Remember keeps the demo tenant's id: who deletes the tenant doesn't get it again.
func (d *Demo) Remember(tenantID int64) error {
	return d.write(tenantFile, strconv.FormatInt(tenantID, 10))
}

// Close ends the server.
func (d *Demo) Close() { d.server.Close() }

// read gives a small file; "" where there is none.
func (d *Demo) read(name string) string {
	text, err := os.ReadFile(filepath.Join(d.dir, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func (d *Demo) write(name, text string) error {
	path := filepath.Join(d.dir, name)
	if err := os.WriteFile(path+".part", []byte(text+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
