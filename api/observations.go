package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type observationBody struct {
	ID          int64      `json:"id"`
	HostID      int64      `json:"host_id"`
	Source      string     `json:"source"`
	SourceKind  string     `json:"source_kind" enum:"ingestion,collection,hunt,webhook"`
	CollectedAt time.Time  `json:"collected_at"`
	EventTime   *time.Time `json:"event_time" doc:"when the row says it happened; null when it does not"`
	Data        freeObject `json:"data"`
}

func shapeObservation(row *models.Observation) observationBody {
	return observationBody{
		ID: row.ID, HostID: row.HostID, Source: row.SourceName, SourceKind: row.SourceKind, CollectedAt: row.CollectedAt.UTC(),
		EventTime: utc(row.EventTime), Data: freeObject(row.Data),
	}
}

type hostObservationsIn struct {
	IDInput
	PageInput

	Source string `query:"source" maxLength:"200" doc:"exactly this source"`
}

func (a *API) listObservations(ctx context.Context, in *hostObservationsIn) (*listOut[observationBody], error) {
	q := store.ObservationQuery{PageQuery: in.query(), Source: in.Source}
	if q.Sort == "" {
		q.Desc = true // the newest first
	}
	rows, p, err := a.tenant(ctx).ListObservations(ctx, in.ID, q)
	if err != nil {
		return nil, err
	}
	return list(ctx, rows, p, shapeObservation), nil
}
