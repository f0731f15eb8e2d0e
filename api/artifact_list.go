package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// ArtifactFilter is what lists and exports of indicators are narrowed by; embed it.
type ArtifactFilter struct {
	ArtifactType  string    `query:"artifact_type" enum:"hash,ip,domain,email,url,file,registry,other"`
	Q             string    `query:"q" maxLength:"255" doc:"part of value or description, defanged too; * for any run of characters"`
	Value         string    `query:"value" maxLength:"4096" doc:"the whole value in any spelling, defanged too; with * a pattern"`
	TLP           string    `query:"tlp" enum:"clear,green,amber,amber+strict,red"`
	Expired       string    `query:"expired" enum:"true,false"`
	FalsePositive string    `query:"false_positive" enum:"true,false"`
	Origin        string    `query:"origin" enum:"manual,import,extracted,playbook"`
	Tag           string    `query:"tag" maxLength:"100" doc:"exactly this tag"`
	CaseID        string    `query:"case_id" pattern:"^[0-9]{1,18}$" patternDescription:"a case's id" doc:"a case's id; 0: of no case"`
	SeenAfter     time.Time `query:"seen_after" doc:"last seen after this moment"`
	HostsMin      int       `query:"hosts_min" minimum:"0" maximum:"1000000000" doc:"seen on at least so many hosts"`
}

func (f *ArtifactFilter) query() store.ArtifactQuery {
	return store.ArtifactQuery{
		ArtifactType: f.ArtifactType, Q: f.Q, Value: f.Value, TLP: f.TLP, Expired: truth(f.Expired), FalsePositive: truth(f.FalsePositive),
		Origin: f.Origin, Tag: f.Tag, CaseID: number(f.CaseID), SeenAfter: f.SeenAfter, HostsMin: f.HostsMin,
	}
}

// truth reads a query parameter that is true, false or left out.
func truth(s string) *bool {
	if s == "" {
		return nil
	}
	return new(s == "true")
}

type listArtifactsIn struct {
	PageInput
	ArtifactFilter
}

// filter is the input as the store takes it.
func (in *listArtifactsIn) filter() store.ArtifactQuery {
	q := in.ArtifactFilter.query()
	q.PageQuery = in.PageInput.query()
	return q
}

func (a *API) listArtifacts(ctx context.Context, in *listArtifactsIn) (*listOut[artifactBody], error) {
	return listed(ctx, a.shapeArtifact)(a.tenant(ctx).ListArtifacts(ctx, in.filter()))
}

type listSightingsIn struct {
	IDInput
	PageInput

	HostID int64 `query:"host_id" minimum:"0" doc:"on this host only"`
}

// SightingBody says where an indicator was seen.
type SightingBody struct {
	HostID        int64     `json:"host_id"`
	Hostname      string    `json:"hostname" doc:"empty where the host is gone"`
	SourceID      int64     `json:"source_id"`
	SourceName    string    `json:"source_name" doc:"empty where the source's rows are gone"`
	Field         string    `json:"field" doc:"where in the row it stood the first time"`
	Count         int64     `json:"count" doc:"rows of this source on this host"`
	FirstSeen     time.Time `json:"first_seen"`
	LastSeen      time.Time `json:"last_seen"`
	ObservationID *int64    `json:"observation_id,omitempty" doc:"the first of the rows"`
}

func shapeSighting(row *models.Sighting) SightingBody {
	return SightingBody{
		HostID: row.HostID, Hostname: row.Hostname, SourceID: row.SourceID, SourceName: row.SourceName, Field: row.Field, Count: row.Count,
		FirstSeen: row.FirstSeen.UTC(), LastSeen: row.LastSeen.UTC(), ObservationID: row.ObservationID,
	}
}

func (a *API) listSightings(ctx context.Context, in *listSightingsIn) (*listOut[SightingBody], error) {
	q := store.SightingQuery{PageQuery: in.query(), HostID: in.HostID}
	if q.Sort == "" {
		q.Desc = true
	}
	return listed(ctx, shapeSighting)(a.tenant(ctx).ListSightings(ctx, in.ID, q))
}

type listArtifactCasesIn struct {
	IDInput
	PageInput
}

func (a *API) listArtifactCases(ctx context.Context, in *listArtifactCasesIn) (*listOut[caseBody], error) {
	return listed(ctx, shapeCase)(a.tenant(ctx).ArtifactCases(ctx, in.ID, in.query()))
}
