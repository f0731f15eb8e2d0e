package activities

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

type labelHost struct{ fleet labeller }

// LabelHostParams are what label_host takes.
type LabelHostParams struct {
	HostID   int64    `json:"host_id" jsonschema:"minimum=1"`
	Labels   []string `json:"labels" jsonschema:"minItems=1,maxItems=20"`
	Remove   bool     `json:"remove,omitempty" jsonschema:"description=Takes the labels off instead"`
	OnServer *bool    `json:"on_server,omitempty" jsonschema:"description=Also at the Velociraptor server where hunts can ask for them; when missing: where the host is enrolled"`
}

// LabelHostResult is what label_host answers.
type LabelHostResult struct {
	HostID   int64    `json:"host_id"`
	Labels   []string `json:"labels" jsonschema:"description=The host's labels now"`
	OnServer bool     `json:"on_server" jsonschema:"description=The server was told as well"`
}

// Spec describes the action.
func (labelHost) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionLabelHost, Summary: "Puts labels on a host, here and at the Velociraptor server, or takes them off.",
		Effect: playbooks.EffectOutside, Timeout: outsideTimeout, Retry: outsideRetry(), Role: string(auth.RoleUser),
		DryRun: "would label a host",
	}
}

// Execute labels the host; a repeat changes nothing. Faults: NotFound, Invalid for labels that won't do, Conflict where the
// server is to be told of a host that it doesn't know, Unavailable.
func (l labelHost) Execute(ctx context.Context, c Call, p LabelHostParams) (LabelHostResult, error) {
	out, err := l.fleet.LabelHost(ctx, c.Tenant, fleet.LabelWish{HostID: p.HostID, Labels: p.Labels, Remove: p.Remove, OnServer: p.OnServer})
	if err != nil {
		return LabelHostResult{}, err
	}
	return LabelHostResult{HostID: p.HostID, Labels: out.Labels, OnServer: out.OnServer}, nil
}
