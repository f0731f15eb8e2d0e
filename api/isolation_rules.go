package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// IsolationNever names hosts that nobody may isolate.
type IsolationNever struct {
	HostIDs   []int64  `json:"host_ids" nullable:"false" maxItems:"10000"`
	Labels    []string `json:"labels" nullable:"false" maxItems:"100" doc:"hosts with one of these labels, in any case"`
	Hostnames []string `json:"hostnames" nullable:"false" maxItems:"500" doc:"names with or without their domain, in any case; * stands for any run of characters"`
}

type isolationRulesOut struct {
	Body struct {
		Never     IsolationNever `json:"never"`
		UpdatedBy *int64         `json:"updated_by"`
		UpdatedAt *time.Time     `json:"updated_at" doc:"null: nobody wrote any rules yet"`
	}
}

func shapeRules(row *models.IsolationRules) *isolationRulesOut {
	out := &isolationRulesOut{}
	out.Body.Never, out.Body.UpdatedBy = never(row), row.UpdatedBy
	if !row.UpdatedAt.IsZero() {
		out.Body.UpdatedAt = utc(&row.UpdatedAt)
	}
	return out
}

func never(row *models.IsolationRules) IsolationNever {
	out := IsolationNever{HostIDs: row.HostIDs, Labels: notNil(row.Labels), Hostnames: notNil(row.Hostnames)}
	if out.HostIDs == nil {
		out.HostIDs = []int64{}
	}
	return out
}

func (a *API) getIsolationRules(ctx context.Context, _ *struct{}) (*isolationRulesOut, error) {
	return found(shapeRules)(a.tenant(ctx).IsolationRules(ctx))
}

type putIsolationRulesIn struct {
	Body struct {
		Never IsolationNever `json:"never" doc:"replaces the rules"`
	}
}

func (a *API) putIsolationRules(ctx context.Context, in *putIsolationRulesIn) (*isolationRulesOut, error) {
	who, n := actor(ctx), in.Body.Never
	row := &models.IsolationRules{HostIDs: n.HostIDs, Labels: n.Labels, Hostnames: n.Hostnames}
	if !who.Visiting() {
		row.UpdatedBy = &who.UserID
	}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		before, err := t.IsolationRules(ctx)
		if err != nil {
			return e, err
		}
		if err := t.SaveIsolationRules(ctx, row); err != nil {
			return e, err
		}
		return audit.Entry{Action: "isolation_rules.update", ResourceType: "isolation_rules", Before: never(before), After: never(row)}, nil
	})
	if err != nil {
		return nil, err
	}
	return shapeRules(row), nil
}
