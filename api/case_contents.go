package api

import (
	"context"
	"strconv"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type caseHostsIn struct {
	IDInput
	PageInput
}

func (a *API) listCaseHosts(ctx context.Context, in *caseHostsIn) (*listOut[HostBody], error) {
	rows, p, err := a.tenant(ctx).CaseHosts(ctx, in.ID, in.query())
	if err != nil {
		return nil, err
	}
	return list(ctx, rows, p, shapeHost), nil
}

type addCaseHostIn struct {
	IDInput

	Body struct {
		HostID int64 `json:"host_id" minimum:"1"`
	}
}

// changed is an answer whose status says whether the row is new (201) or was there already (200).
type changed[T any] struct {
	Status   int
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     T
}

// created is 201 for a new row and 200 for one that was there.
func created(fresh bool) int {
	if fresh {
		return 201
	}
	return 200
}

func (a *API) addCaseHost(ctx context.Context, in *addCaseHostIn) (*changed[HostBody], error) {
	var added bool
	var host *models.Host
	err := a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) (err error) {
		if added, err = t.AddCaseHost(ctx, in.ID, in.Body.HostID); err != nil {
			return inBody(err)
		}
		if host, err = t.Host(ctx, in.Body.HostID); err != nil || !added {
			return err
		}
		return audit.Write(ctx, t, entry("case.add_host", in.ID, nil, map[string]int64{"host_id": host.ID}))
	})
	if err != nil {
		return nil, err
	}
	return &changed[HostBody]{Status: created(added), Body: shapeHost(host)}, nil
}

type removeCaseHostIn struct {
	IDInput

	HostID int64 `path:"host_id" minimum:"1"`
}

func (a *API) removeCaseHost(ctx context.Context, in *removeCaseHostIn) (*struct{}, error) {
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		return entry("case.remove_host", in.ID, map[string]int64{"host_id": in.HostID}, nil), t.RemoveCaseHost(ctx, in.ID, in.HostID)
	})
}

type caseArtifactsIn struct {
	IDInput
	PageInput

	ArtifactType string `query:"artifact_type" enum:"hash,ip,domain,email,url,file,registry,other"`
	Q            string `query:"q" maxLength:"255" doc:"part of value or description"`
}

func (a *API) listCaseArtifacts(ctx context.Context, in *caseArtifactsIn) (out *listOut[artifactBody], err error) {
	err = a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if _, err := t.Case(ctx, in.ID); err != nil {
			return err
		}
		rows, p, err := t.ListArtifacts(ctx, store.ArtifactQuery{PageQuery: in.query(), CaseID: &in.ID, ArtifactType: in.ArtifactType, Q: in.Q})
		if err != nil {
			return err
		}
		out = list(ctx, rows, p, a.shapeArtifact)
		return nil
	})
	return out, err
}

type addCaseArtifactIn struct {
	IDInput

	Body ArtifactFields
}

func (a *API) addCaseArtifact(ctx context.Context, in *addCaseArtifactIn) (out *changed[artifactBody], err error) {
	err = a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if _, err := t.Case(ctx, in.ID); err != nil {
			return err
		}
		row := in.Body.row()
		row.CaseIDs = []int64{in.ID}
		out, err = a.addArtifact(ctx, t, row)
		return err
	})
	return out, err
}

type removeCaseArtifactIn struct {
	IDInput

	ArtifactID int64 `path:"artifact_id" minimum:"1"`
}

func (a *API) removeCaseArtifact(ctx context.Context, in *removeCaseArtifactIn) (*struct{}, error) {
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		line := entry("case.remove_artifact", in.ID, map[string]int64{"artifact_id": in.ArtifactID}, nil)
		return line, t.UntieArtifact(ctx, in.ID, in.ArtifactID)
	})
}

// number reads a query parameter that is a whole number or left out.
func number(s string) *int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil
	}
	return &n
}
