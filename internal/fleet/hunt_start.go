package fleet

import (
	"context"
	"errors"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// CheckHunt says whether somebody of this role may start a hunt as it is asked for: what the server would take silently and
// do otherwise is refused here. It may ask the server: not to be called inside a transaction. Faults: Invalid at the field;
// Forbidden (artifact_not_allowed, artifact_needs_admin); Conflict (velociraptor_not_configured); Unavailable.
func (s *Service) CheckHunt(ctx context.Context, t *store.Tenant, ask HuntAsk, role auth.Role) error {
	row, err := ask.row(s.p.Clock.Now())
	if err != nil {
		return err
	}
	for i, name := range row.Artifacts {
		err := s.checkHunted(ctx, t, name, row.Parameters[name], role)
		if err != nil {
			return ofHunt(err, i, name, len(row.Parameters) == 1 && !strings.Contains(string(ask.Parameters), `"`+name+`"`))
		}
	}
	targets, err := aimed(ctx, t, row)
	if err != nil {
		return err
	}
	switch {
	case targets.Missing > 0:
		return fault.InvalidField("host_ids", "%d of these hosts don't exist or have no Velociraptor agent: leave them out", targets.Missing)
	case row.Mode == models.HuntByCollections && targets.Hosts == 0:
		return fault.InvalidField("include_labels", "no host with a Velociraptor agent fits these limits").WithCode("nothing_to_hunt")
	}
	return nil
}

// checkHunted is CheckArtifact for one that goes to many hosts: where some must never be isolated, no hunt does that.
func (s *Service) checkHunted(ctx context.Context, t *store.Tenant, name string, params map[string]string, role auth.Role) error {
	if err := s.CheckArtifact(ctx, t, name, params, role); err != nil {
		return err
	}
	config, err := t.VelociraptorConfig(ctx)
	if err != nil || !config.Isolates(name, params) {
		return err
	}
	rules, err := t.IsolationRules(ctx)
	if err != nil || len(rules.HostIDs)+len(rules.Labels)+len(rules.Hostnames) == 0 {
		return err
	}
	return fault.InvalidField("artifact_name", "%s isolates, and the tenant has hosts that must never be: isolate hosts by themselves or in bulk, so that its rules are asked", name).
		WithCode(store.CodeIsolationRefused)
}

// ofHunt puts what is wrong with an artifact to the place where the hunt names it.
func ofHunt(err error, i int, artifact string, flat bool) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	moved := *f
	moved.Fields = make([]fault.Field, len(f.Fields))
	for n, field := range f.Fields {
		if param, found := strings.CutPrefix(field.Location, "parameters."); found && !flat {
			field.Location = "parameters." + artifact + "." + param
		} else if field.Location == "artifact_name" {
			field.Location = at("artifacts", i)
		}
		moved.Fields[n] = field
	}
	moved.Message = moved.Fields[0].Location + ": " + moved.Fields[0].Message
	return &moved
}

// aimed gives the hosts that a hunt is about. Where a label of its limits is known here and not on the server, or the other way
// round, the server's own hunt would find others: then it is carried out by collections.
func aimed(ctx context.Context, t *store.Tenant, row *models.Hunt) (store.HuntTargets, error) {
	targets, err := t.HuntTargets(ctx, store.HuntScope{OS: row.OS, Include: row.IncludeLabels, Exclude: row.ExcludeLabels, HostIDs: row.HostIDs})
	if err == nil && targets.OwnLabels > 0 {
		row.Mode = models.HuntByCollections
	}
	return targets, err
}

// StartHunt writes a hunt and what carries it out, in the handle's transaction. It asks no server: CheckHunt has, or the hunt
// fails with the server's words. Faults: Invalid at the field; Conflict (hunt_exists) for the same step of a run or the same
// time of a schedule.
func (s *Service) StartHunt(ctx context.Context, tx *store.Tenant, ask HuntAsk) (*models.Hunt, error) {
	row, err := ask.row(s.p.Clock.Now())
	if err != nil {
		return nil, err
	}
	targets, err := aimed(ctx, tx, row)
	if err != nil {
		return nil, err
	}
	row.Targets, row.Online = targets.Hosts, targets.Online
	if row.ClientLimit > 0 {
		row.Targets, row.Online = min(row.Targets, row.ClientLimit), min(row.Online, row.ClientLimit)
	}
	if err := tx.CreateHunt(ctx, row); err != nil {
		return nil, err
	}
	return row, nil
}

// HuntEstimate is what a hunt would do.
type HuntEstimate struct {
	Hosts    int            `json:"hosts" doc:"that it would be about, as far as we know of them"`
	Online   int            `json:"online" doc:"of them: these answer soon"`
	Of       int            `json:"of" doc:"hosts with a Velociraptor agent"`
	HighRisk int            `json:"high_risk" doc:"of the hosts, those with a threat score of 0.7 and more"`
	ByOS     map[string]int `json:"by_os" doc:"windows, linux, darwin, other"`
	Mode     string         `json:"mode" enum:"hunt,collections" doc:"hunt: as a hunt of the Velociraptor server; collections: as one collection a host, where a hunt of the server would drop a limit"`
	Warnings []string       `json:"warnings" nullable:"false" doc:"what to know before it is started"`
}

// EstimateHunt says what a hunt would do, without starting it. Faults: as CheckHunt's, but for a scope that nothing is in:
// that is a warning.
func (s *Service) EstimateHunt(ctx context.Context, t *store.Tenant, ask HuntAsk, role auth.Role) (HuntEstimate, error) {
	err := s.CheckHunt(ctx, t, ask, role)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == "nothing_to_hunt" {
		err = nil
	}
	if err != nil {
		return HuntEstimate{}, err
	}
	row, err := ask.row(s.p.Clock.Now())
	if err != nil {
		return HuntEstimate{}, err
	}
	targets, err := aimed(ctx, t, row)
	if err != nil {
		return HuntEstimate{}, err
	}
	out := HuntEstimate{
		Hosts: targets.Hosts, Online: targets.Online, Of: targets.Of, HighRisk: targets.HighRisk, ByOS: targets.ByOS, Mode: row.Mode, Warnings: []string{},
	}
	if row.ClientLimit > 0 {
		out.Hosts, out.Online = min(out.Hosts, row.ClientLimit), min(out.Online, row.ClientLimit)
	}
	artifacts, err := s.Artifacts(ctx, t)
	if err != nil {
		return HuntEstimate{}, err
	}
	for i := range artifacts {
		a := &artifacts[i]
		for _, name := range row.Artifacts {
			if a.Name != name {
				continue
			}
			if NeedsAdmin(a) {
				out.warnf("%s can run programs on the hosts or is no plain question to them (%s)", name, strings.Join(append([]string{a.Type}, a.Permissions...), ", "))
			}
			out.wrongSystem(name, row.OS)
		}
	}
	out.aboutScope(row, targets)
	return out, nil
}
