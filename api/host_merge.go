package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type hostDuplicate struct {
	Host    HostBody `json:"host"`
	Reasons []string `json:"reasons" nullable:"false" doc:"hostname, hostname_variant (one has the other's name without its domain), ip_address, hardware:<field of host_metadata>"`
}

type hostDuplicatesOut struct {
	Body []hostDuplicate `nullable:"false"`
}

func (a *API) hostDuplicates(ctx context.Context, in *IDInput) (*hostDuplicatesOut, error) {
	found, err := a.tenant(ctx).HostDuplicates(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &hostDuplicatesOut{Body: make([]hostDuplicate, 0, len(found))}
	for i := range found {
		out.Body = append(out.Body, hostDuplicate{Host: shapeHost(&found[i].Host), Reasons: found[i].Reasons})
	}
	return out, nil
}

type mergeHostsIn struct {
	IDInput

	Body struct {
		FromIDs []int64 `json:"from_ids" minItems:"1" maxItems:"50" nullable:"false" doc:"hosts that are the same machine; they are gone afterwards"`
		DryRun  bool    `json:"dry_run,omitempty" doc:"only say what would come of it"`
	}
}

type hostsMoved struct {
	Observations int `json:"observations"`
	Cases        int `json:"cases"`
	Labels       int `json:"labels"`
	Sightings    int `json:"sightings"`
	Executions   int `json:"executions"`
}

type mergeHostsOut struct {
	Body struct {
		Host  HostBody   `json:"host" doc:"as it is now; in a dry run, as it would be"`
		Moved hostsMoved `json:"moved"`
	}
}

func (a *API) mergeHosts(ctx context.Context, in *mergeHostsIn) (*mergeHostsOut, error) {
	out := &mergeHostsOut{}
	err := a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		before, err := t.Host(ctx, in.ID)
		if err != nil {
			return err
		}
		row, moved, err := t.MergeHosts(ctx, in.ID, in.Body.FromIDs, in.Body.DryRun)
		if err != nil {
			return inBody(err)
		}
		out.Body.Host, out.Body.Moved = shapeHost(row), hostsMoved(moved)
		if in.Body.DryRun {
			return nil
		}
		return audit.Write(ctx, t, entry("host.merge", in.ID, shapeHost(before), map[string]any{
			"from_ids": in.Body.FromIDs, "moved": out.Body.Moved, "host": out.Body.Host,
		}))
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type hostAlias struct {
	ID         int64     `json:"id"`
	Kind       string    `json:"kind" enum:"client_id,hostname"`
	Value      string    `json:"value"`
	FromHostID int64     `json:"from_host_id" doc:"the host that had it, and is gone"`
	CreatedAt  time.Time `json:"created_at"`
}

func shapeHostAlias(row *models.HostAlias) hostAlias {
	return hostAlias{ID: row.ID, Kind: row.Kind, Value: row.Value, FromHostID: row.FromHostID, CreatedAt: row.CreatedAt.UTC()}
}

type hostAliasesOut struct {
	Body []hostAlias `nullable:"false"`
}

func (a *API) hostAliases(ctx context.Context, in *IDInput) (*hostAliasesOut, error) {
	rows, err := a.tenant(ctx).HostAliases(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &hostAliasesOut{Body: make([]hostAlias, 0, len(rows))}
	for i := range rows {
		out.Body = append(out.Body, shapeHostAlias(&rows[i]))
	}
	return out, nil
}

type deleteHostAliasIn struct {
	IDInput

	AliasID int64 `path:"alias_id" minimum:"1"`
}

func (a *API) deleteHostAlias(ctx context.Context, in *deleteHostAliasIn) (*struct{}, error) {
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		row, err := t.DeleteHostAlias(ctx, in.ID, in.AliasID)
		if err != nil {
			return audit.Entry{}, err
		}
		return entry("host.forget_alias", in.ID, shapeHostAlias(row), nil), nil
	})
}
