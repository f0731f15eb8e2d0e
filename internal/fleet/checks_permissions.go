package fleet

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// trial is how a permission is tried without an effect: the server asks for the permission first, and refuses what is asked
// for after that for another reason.
type trial struct {
	permission string
	grants     string // what to do where it lacks
	try        func(ctx context.Context) error
}

// permissions tries what the product needs, one by one.
func (x *examination) permissions(ctx context.Context, tried bool) {
	if x.q.Transport == models.TransportREST {
		x.check(ctx, tried, Check{Name: CheckPermission + ".any_query", Optional: true}, func(context.Context) (string, error) {
			return "", fault.New(fault.Invalid, "the gateway runs no queries: this transport is a reduced one").WithCode(velociraptor.CodeReduced)
		})
	}
	for _, p := range x.trials() {
		x.check(ctx, tried, Check{Name: CheckPermission + "." + p.permission, Field: x.keyField()}, func(ctx context.Context) (string, error) {
			err := p.try(ctx)
			if err == nil {
				return "granted", nil
			}
			if fault.Is(err, fault.Forbidden) {
				return "", fault.Wrap(err, fault.Forbidden, "our user lacks %s: %s", p.permission, p.grants).WithCode(velociraptor.CodeDenied)
			}
			return "", err
		})
	}
}

func (x *examination) trials() []trial {
	nobody, name := "C.0000000000000000", "VelociCompanion.Check."+clock.Token(8) // an artifact that no server has
	all := []trial{
		{"any_query", "grant it the role api", func(ctx context.Context) error {
			_, err := x.server.Whoami(ctx)
			return err
		}},
		{"read_results", "grant it the role reader or above", func(ctx context.Context) error {
			_, err := x.server.Clients(ctx, "", 1)
			return err
		}},
		{"collect_client", "grant it the role investigator", func(ctx context.Context) error {
			_, err := x.server.Collect(ctx, velociraptor.Collection{ClientID: nobody, Artifact: name})
			return butForbidden(err)
		}},
		{"start_hunt", "grant it the role investigator", func(ctx context.Context) error {
			id, err := x.server.CreateHunt(ctx, velociraptor.HuntRequest{Description: "VelociCompanion checks its permission", Artifacts: []string{name}, Paused: true})
			if err == nil && id != "" { // no server takes it; one that does is not left with it
				_, err = x.server.StopHunt(ctx, id)
			}
			return butForbidden(err)
		}},
		{"label_clients", "grant it the role analyst or above", func(ctx context.Context) error {
			return butForbidden(x.server.SetLabel(ctx, nobody, name, false))
		}},
	}
	if x.q.Transport == models.TransportREST {
		return all[1:4] // it has neither queries nor labels
	}
	return all
}

// butForbidden is err where it says something of the permission: what was asked for can't be done in any case.
func butForbidden(err error) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
