package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// SyncBody is where the synchronisation of hosts with the Velociraptor server stands.
type SyncBody struct {
	Status       string     `json:"status" enum:"queued,running,waiting,failing" doc:"failing: the server can't be read, see error; it is tried again"`
	Pass         string     `json:"pass" enum:",full,recent" doc:"what is at work: all clients, or those seen since the pass before"`
	Progress     float64    `json:"progress" doc:"of a full pass, 0 to 1"`
	Scanned      int64      `json:"scanned" doc:"clients of the pass at work so far"`
	Clients      int64      `json:"clients" doc:"that the last full pass found; likewise the next four"`
	New          int64      `json:"new" doc:"that became hosts, or were found to be one"`
	Changed      int64      `json:"changed"`
	Gone         int64      `json:"gone" doc:"that the server does not know any more"`
	Refused      int64      `json:"refused" doc:"that can't be a host"`
	Refusal      string     `json:"refusal" doc:"why, of the last one"`
	LastFullAt   *time.Time `json:"last_full_at" doc:"null: never"`
	LastFullTook int64      `json:"last_full_took_ms"`
	LastAt       *time.Time `json:"last_at" doc:"the end of the last pass: online states are as of then"`
	NextAt       *time.Time `json:"next_at"`
	NextFullAt   *time.Time `json:"next_full_at"`
	Error        string     `json:"error"`
	ErrorCode    string     `json:"error_code"`
	ErrorAt      *time.Time `json:"error_at"`
}

func shapeSync(row *models.HostSync) SyncBody {
	out := SyncBody{
		Status: row.Status, Pass: row.Pass, Progress: row.Progress(), Clients: row.Clients, New: row.Fresh, Changed: row.Changed, Gone: row.Gone,
		Refused: row.Refused, Refusal: row.Refusal, LastFullAt: utc(row.LastFullAt), LastFullTook: row.LastFullTook, LastAt: utc(row.LastAt),
		NextAt: utc(row.NextAt), NextFullAt: utc(row.NextFullAt), Error: row.Error, ErrorCode: row.ErrorCode, ErrorAt: utc(row.ErrorAt),
	}
	if row.Pass != "" {
		out.Scanned = row.PassClients
	}
	if row.Error != "" {
		out.Status = "failing"
	}
	return out
}

type syncOut struct{ Body SyncBody }

func (a *API) getSync(ctx context.Context, _ *struct{}) (*syncOut, error) {
	row, err := a.tenant(ctx).HostSync(ctx)
	if err != nil {
		return nil, notConnected(err)
	}
	return &syncOut{Body: shapeSync(row)}, nil
}

// startSync has a full pass begin now.
func (a *API) startSync(ctx context.Context, _ *struct{}) (*syncOut, error) {
	var row *models.HostSync
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if row, err = t.WantSync(ctx); err != nil {
			return e, notConnected(err)
		}
		return entry("velociraptor_sync.start", row.ConfigID, nil, nil), nil
	})
	if err != nil {
		return nil, err
	}
	return &syncOut{Body: shapeSync(row)}, nil
}

// notConnected says what to do where there is no connection.
func notConnected(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.Wrap(err, fault.Conflict, "no Velociraptor server is connected: an administrator does that on the page Velociraptor").
			WithCode(store.CodeNotConfigured)
	}
	return err
}
