package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// The names of checks, in their order. Those of permissions are CheckPermission with what is needed after a dot.
const (
	CheckReach      = "reach"
	CheckTLS        = "tls"
	CheckIdentity   = "identity"
	CheckVersion    = "version"
	CheckOrg        = "org"
	CheckPermission = "permission"
	CheckIsolation  = "isolation"
	CheckCallbacks  = "callbacks"
)

const checkWithin = 20 * time.Second // all of them

// Check is one thing that a connection must be able to do, and whether it is.
type Check struct {
	Name     string
	OK       bool
	Optional bool   // the product works without it
	Skipped  bool   // not tried: what it builds on failed
	Message  string // for people: what was found, or what to do
	Code     string // of the fault; empty where it is well
	Field    string // of the request where it failed
	Took     time.Duration
}

// Report is what came of a test.
type Report struct {
	Checks   []Check
	Address  string // host:port, or the gateway's
	Username string // that the server takes us for
	Version  string // of the server
	Org      string // that we are in, by its id
	Orgs     []velociraptor.Org
	Expires  time.Time // of our certificate; zero: there is none
}

// OK says whether all that must be well is.
func (r *Report) OK() bool { return r.failed() == nil }

func (r *Report) failed() *Check {
	for i := range r.Checks {
		if c := &r.Checks[i]; !c.OK && !c.Optional {
			return c
		}
	}
	return nil
}

// Usable says whether the connection can be saved: it reaches a server that knows us, in the org that was named. Permissions
// can be granted later. Faults: Invalid, at the field that won't do, with the code of what went wrong.
func (r *Report) Usable() error {
	for _, c := range r.Checks {
		if !c.OK && (c.Name == CheckReach || c.Name == CheckTLS || c.Name == CheckIdentity || c.Name == CheckOrg) {
			return fault.InvalidField(c.Field, "%s", c.Message).WithCode(c.Code)
		}
	}
	return nil
}

// Test tries a connection, check by check, and changes nothing on the server. row says what the tenant chose; it may be one
// that is not saved. Faults: Invalid for keys that can't be read at all.
func (c *Connections) Test(ctx context.Context, t *store.Tenant, q Candidate, row *models.VelociraptorConfig) (*Report, error) {
	server, err := c.make(q, nil)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	defer func() { _ = server.Drain(ctx) }()
	x := &examination{c: c, t: t, q: q, row: row, server: server, report: &Report{}}
	x.run(ctx)
	return x.report, nil
}

// TestStored is Test with the keys that are saved; with org those in another org.
func (c *Connections) TestStored(ctx context.Context, t *store.Tenant, org *string) (*Report, error) {
	row, err := t.VelociraptorConfig(ctx)
	if err != nil {
		return nil, err
	}
	secret, err := c.unseal(ctx, t, row)
	if err != nil {
		return nil, err
	}
	q := Candidate{Transport: row.Transport, Address: row.Address, OrgID: row.OrgID, Secret: secret}
	if org != nil {
		q.OrgID = *org
	}
	return c.Test(ctx, t, q, row)
}

// examination is one test at work.
type examination struct {
	c      *Connections
	t      *store.Tenant
	q      Candidate
	row    *models.VelociraptorConfig
	server link
	report *Report
}

// run makes the checks in their order. Those that build on one that failed are named, not tried.
func (x *examination) run(ctx context.Context) {
	field := "api_client"
	if x.q.Transport == models.TransportREST {
		field = "base_url"
	}
	well := x.check(ctx, true, Check{Name: CheckReach, Field: field}, x.reach)
	well = x.check(ctx, well, Check{Name: CheckTLS, Field: field}, x.handshake)
	well = x.identify(ctx, well)
	x.check(ctx, well, Check{Name: CheckVersion}, x.version)
	x.permissions(ctx, well)
	x.check(ctx, well, Check{Name: CheckIsolation, Optional: true}, x.isolation)
	x.check(ctx, well, Check{Name: CheckCallbacks, Optional: true}, x.callbacks)
}

// check makes one check and adds its line; fn gives the words for what is well.
func (x *examination) check(ctx context.Context, tried bool, c Check, fn func(context.Context) (string, error)) bool {
	if !tried {
		c.Skipped, c.Message = true, "not tried, because a check before it failed"
		x.report.Checks = append(x.report.Checks, c)
		return false
	}
	began := x.c.p.Clock.Now()
	message, err := fn(ctx)
	c.Took, c.OK, c.Message = x.c.p.Clock.Now().Sub(began), err == nil, message
	if err != nil {
		c.Message, c.Code = saidOf(err)
	}
	x.report.Checks = append(x.report.Checks, c)
	return c.OK
}

// saidOf is a fault in words that are safe to show, and its code.
func saidOf(err error) (message, code string) {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return f.Message, f.StableCode()
	case errors.Is(err, context.DeadlineExceeded):
		return "the Velociraptor server didn't answer in time", velociraptor.CodeTimeout
	default:
		return fault.Safe(err), string(fault.KindOf(err))
	}
}
