package fleet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// identify asks the server who we are, in the org that was named: two lines from one question, because a server tells of an
// org that we may not enter only there. The line of the org comes after that of the version.
func (x *examination) identify(ctx context.Context, tried bool) bool {
	var me velociraptor.Identity
	var noOrg error
	known := x.check(ctx, tried, Check{Name: CheckIdentity, Field: x.keyField()}, func(ctx context.Context) (string, error) {
		var err error
		if me, err = x.server.Whoami(ctx); isCode(err, velociraptor.CodeNoOrg) {
			noOrg = err
			return "the server takes the certificate", nil
		}
		if err != nil {
			return "", err
		}
		x.report.Username, x.report.Version, x.report.Org = me.User, me.Version, me.Org
		return x.introduced(me), nil
	})
	in := x.check(ctx, known, Check{Name: CheckOrg, Field: "org_id"}, func(ctx context.Context) (string, error) {
		if noOrg != nil {
			return "", fault.New(fault.Invalid, "there is no org %s on this server, or our user has no access to it: grant it with `velociraptor user grant`", quoted(x.q.OrgID)).
				WithCode(velociraptor.CodeNoOrg)
		}
		return x.org(ctx, me)
	})
	return known && in
}

func (x *examination) keyField() string {
	if x.server.Expires().IsZero() {
		return "api_key"
	}
	return "api_client"
}

func (x *examination) introduced(me velociraptor.Identity) string {
	until := x.server.Expires()
	if until.IsZero() {
		return "the server knows us as " + me.User
	}
	return fmt.Sprintf("the server knows us as %s; our certificate ends on %s", me.User, until.UTC().Format(time.DateOnly))
}

// org says whether we are where we were to be: the gateway answers with the root org's data, silently, where our user has no
// access to the one that was named.
func (x *examination) org(ctx context.Context, me velociraptor.Identity) (string, error) {
	wanted := x.q.OrgID
	if wanted == "" {
		wanted = "root"
	}
	if me.Org != "" && !strings.EqualFold(me.Org, wanted) {
		return "", fault.New(fault.Invalid, "the server answers for the org %s instead of %s: our user has no access to that one", quoted(me.Org), quoted(wanted)).
			WithCode(velociraptor.CodeNoOrg)
	}
	if list, err := x.server.Orgs(ctx); err == nil {
		x.report.Orgs = list
	}
	return "in the org " + wanted, nil
}

func (x *examination) version(context.Context) (string, error) {
	if x.report.Version == "" {
		return "the server doesn't say its version", nil
	}
	if strings.Contains(x.report.Version, "simulated") {
		return "Velociraptor " + x.report.Version + ": a simulated server, its endpoints are not real", nil
	}
	return "Velociraptor " + x.report.Version, nil
}

// isolation says which systems' endpoints can be cut off.
func (x *examination) isolation(ctx context.Context) (string, error) {
	list, err := x.server.Artifacts(ctx)
	if err != nil {
		return "", err
	}
	has := func(name string) bool {
		return slices.ContainsFunc(list, func(a velociraptor.Artifact) bool { return a.Name == name })
	}
	var can, cannot []string
	for _, system := range []string{"windows", "linux", "darwin"} {
		switch name := x.row.QuarantineFor(system); {
		case name == "":
			cannot = append(cannot, system+" (none is named)")
		case has(name):
			can = append(can, system+" ("+name+")")
		default:
			cannot = append(cannot, system+" (the server has no "+name+")")
		}
	}
	if len(can) == 0 {
		return "", fault.New(fault.Invalid, "no host can be isolated: %s", strings.Join(cannot, ", ")).WithCode(CodeArtifactUnknown)
	}
	text := "can isolate " + strings.Join(can, ", ") + "; our user needs execve and network for it too"
	if len(cannot) > 0 {
		text += "; can't isolate " + strings.Join(cannot, ", ")
	}
	return text, nil
}

// callbacks says whether the server tells us of ends.
func (x *examination) callbacks(ctx context.Context) (string, error) {
	setup, err := x.t.CallbackSetup(ctx)
	if fault.Is(err, fault.NotFound) {
		return "", fault.New(fault.Conflict, "not installed: ends are seen by asking, some seconds later").WithCode("callbacks_not_installed")
	}
	if err != nil {
		return "", err
	}
	counts, err := x.t.CallbackCounts(ctx)
	switch {
	case err != nil:
		return "", err
	case counts.LastAt != nil:
		return "the server last called on " + counts.LastAt.UTC().Format(time.DateTime) + " UTC", nil
	case setup.Status == models.CallbacksManual:
		return "", fault.New(fault.Conflict, "somebody still has to install the artifact on the server: see the steps").WithCode("callbacks_manual")
	default:
		return "installed; the server has had nothing to say so far", nil
	}
}

func isCode(err error, code string) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.StableCode() == code
}

// Reduced are what a transport can't do, in words; none for one that can do all.
func Reduced(transport string) []string {
	if transport != "rest" {
		return []string{}
	}
	return slices.Sorted(maps.Values(velociraptor.ReducedLacks()))
}
