package fleet

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

// Bounds of a query of somebody's own.
const (
	MaxVQL      = 16 << 10 // bytes of its text
	MaxVQLRows  = 1000
	maxVQLBytes = 48 << 10 // of its rows together, so that they travel with a run
	maxVQLEnv   = 64 << 10 // bytes of its values together
)

// VQL is a query of somebody's own. The server logs text and values: neither may hold a secret.
type VQL struct {
	Text   string
	Env    map[string]string // bound as variables, all of them texts
	Within time.Duration     // deadline; 30 s when zero
	Rows   int               // at most; MaxVQLRows when zero
}

// VQLRows is what came of it.
type VQLRows struct {
	Rows      []velociraptor.Row
	Truncated bool // there were more, or they were too long together
}

// forbiddenQueues are events whose watching makes a server lose clients from its hunts, for good.
var forbiddenQueues = regexp.MustCompile(`(?i)System\.Hunt\.Participation|Server\.Internal\.Hunt`)

// RunVQL runs a query on the tenant's server, where a super_admin lets the tenant do so. Faults: Forbidden (run_vql_disabled),
// Invalid for a query that won't do or that the server refuses, Unavailable.
func (s *Service) RunVQL(ctx context.Context, t *store.Tenant, q VQL) (out VQLRows, err error) {
	row, err := t.Own(ctx)
	if err != nil {
		return out, err
	}
	if !row.Chosen().RunVQLEnabled {
		return out, fault.New(fault.Forbidden, "queries of one's own are off for this tenant: a super_admin can turn them on (the setting run_vql_enabled)").
			WithCode("run_vql_disabled")
	}
	if err := q.check(); err != nil {
		return out, err
	}
	server, err := s.p.Servers.Server(ctx, t)
	if err != nil {
		return out, err
	}
	most := q.Rows
	if most <= 0 || most > MaxVQLRows {
		most = MaxVQLRows
	}
	size := 0
	enough := errors.New("enough rows")
	err = server.Query(ctx, velociraptor.Statement{Name: "run_vql", VQL: q.Text, Env: q.Env, Within: q.Within}, func(r velociraptor.Row) error {
		if size += len(r); len(out.Rows) == most || size > maxVQLBytes {
			out.Truncated = true
			return enough
		}
		out.Rows = append(out.Rows, append(velociraptor.Row(nil), r...)) // it holds for the call only
		return nil
	})
	if errors.Is(err, enough) {
		err = nil
	}
	return out, err
}

// check refuses what no server should be asked. Faults: Invalid at vql and env.<name>.
func (q *VQL) check() error {
	switch {
	case strings.TrimSpace(q.Text) == "":
		return fault.InvalidField("vql", "must hold a query, for example SELECT * FROM info()")
	case len(q.Text) > MaxVQL:
		return fault.InvalidField("vql", "longer than %d KiB", MaxVQL>>10)
	case forbiddenQueues.MatchString(q.Text):
		return fault.InvalidField("vql", "names System.Hunt.Participation or Server.Internal.Hunt…: whoever watches those takes clients out of the server's hunts, for good")
	}
	size := 0
	for name, value := range q.Env {
		if !envName.MatchString(name) {
			return fault.InvalidField("env", "%s is no variable's name: letters, digits and _", quoted(name))
		}
		if forbiddenQueues.MatchString(value) {
			return fault.InvalidField("env."+name, "names System.Hunt.Participation or Server.Internal.Hunt…: whoever watches those takes clients out of the server's hunts, for good")
		}
		if size += len(value); size > maxVQLEnv || strings.ContainsRune(value, 0) {
			return fault.InvalidField("env."+name, "must not hold NUL, and all values together at most %d KiB", maxVQLEnv>>10)
		}
	}
	return nil
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`)
