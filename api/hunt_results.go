package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type huntHostBody struct {
	ClientID  string     `json:"client_id"`
	HostID    *int64     `json:"host_id" doc:"null: not one of the tenant's hosts yet"`
	Hostname  string     `json:"hostname"`
	Online    bool       `json:"online"`
	FlowID    string     `json:"flow_id"`
	Status    string     `json:"status" enum:"pending,launching,scheduled,running,fetching,done,error" doc:"pending and launching: it is about to be started; fetching: it is over and its rows are being read"`
	ErrorKind string     `json:"error_kind" enum:"timeout,offline,refused,endpoint,permission,gone,server_down,cancelled,silent,expired,"`
	Error     string     `json:"error"`
	Cause     string     `json:"cause" doc:"the error as errors are grouped by"`
	Rows      int64      `json:"rows"`
	Refused   int64      `json:"rows_refused"`
	Tries     int        `json:"tries"`
	StartedAt *time.Time `json:"started_at"`
	ActiveAt  *time.Time `json:"active_at" doc:"its last sign of life"`
	UpdatedAt time.Time  `json:"updated_at"`
}

func shapeHuntHost(row *models.HuntHost) huntHostBody {
	return huntHostBody{
		ClientID: row.ClientID, HostID: row.HostID, Hostname: row.Hostname, Online: row.Online, FlowID: row.FlowID, Status: row.Status,
		ErrorKind: row.ErrorKind, Error: row.Error, Cause: row.Cause, Rows: row.Rows, Refused: row.Refused, Tries: row.Tries,
		StartedAt: utc(row.StartedAt), ActiveAt: utc(row.ActiveAt), UpdatedAt: row.UpdatedAt.UTC(),
	}
}

type listHuntHostsIn struct {
	IDInput
	PageInput

	Status []string `query:"status" enum:"pending,launching,scheduled,running,fetching,done,error" doc:"one of these; several with commas"`
	Cause  string   `query:"cause" maxLength:"400" doc:"those that failed for this cause"`
}

func (a *API) listHuntHosts(ctx context.Context, in *listHuntHostsIn) (*listOut[huntHostBody], error) {
	q := store.HuntHostQuery{PageQuery: in.query(), Statuses: in.Status, Cause: in.Cause}
	return listed(ctx, shapeHuntHost)(a.tenant(ctx).ListHuntHosts(ctx, in.ID, q))
}

type huntCauseBody struct {
	Cause     string          `json:"cause" doc:"hand it to errors/retry"`
	ErrorKind string          `json:"error_kind"`
	Example   string          `json:"example" doc:"the words of one of the hosts"`
	Count     int             `json:"count" doc:"hosts"`
	Hosts     []huntCauseHost `json:"hosts" nullable:"false" doc:"the first hundred; all of them: hosts?cause="`
}

type huntCauseHost struct {
	ClientID string `json:"client_id"`
	HostID   *int64 `json:"host_id"`
	Hostname string `json:"hostname"`
}

type huntCausesOut struct {
	Body []huntCauseBody `nullable:"false"`
}

func (a *API) listHuntErrors(ctx context.Context, in *IDInput) (*huntCausesOut, error) {
	rows, err := a.tenant(ctx).HuntCauses(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &huntCausesOut{Body: make([]huntCauseBody, len(rows))}
	for i, r := range rows {
		c := huntCauseBody{Cause: r.Cause, ErrorKind: r.ErrorKind, Example: r.Example, Count: r.Hosts, Hosts: make([]huntCauseHost, len(r.ClientIDs))}
		for n, client := range r.ClientIDs {
			c.Hosts[n] = huntCauseHost{ClientID: client, Hostname: r.Hostnames[n]}
			if id := r.HostIDs[n]; id != 0 {
				c.Hosts[n].HostID = &id
			}
		}
		out.Body[i] = c
	}
	return out, nil
}

type retryHuntIn struct {
	IDInput

	Body struct {
		Cause string `json:"cause,omitempty" maxLength:"400" doc:"of hunts/{id}/errors; left out: all of them"`
	}
}

func (a *API) retryHuntErrors(ctx context.Context, in *retryHuntIn) (*huntOut, error) {
	return a.changeHunt(ctx, "hunt.retry", in.ID, func(t *store.Tenant, ctx context.Context, id int64) (*models.Hunt, error) {
		row, _, err := t.RetryHuntErrors(ctx, id, in.Body.Cause)
		return row, err
	})
}

// HuntResultFilter says which rows of a hunt.
type HuntResultFilter struct {
	HostID   int64  `query:"host_id" minimum:"1" doc:"of this host"`
	Artifact string `query:"artifact" maxLength:"300" doc:"of this artifact, as the hunt's sources name it; its own name alone stands for all of its sources"`
	Field    string `query:"field" maxLength:"200" doc:"dotted path of a field that the row has, such as Hash.SHA256"`
	Value    string `query:"value" maxLength:"1024" doc:"of that field, the whole value in any case; * stands for any run of characters"`
	Q        string `query:"q" maxLength:"200" doc:"part of the row's JSON text, in any case; * stands for any run of characters"`
}

// resultsOf is the query for a hunt's rows; ok is false where there are none. Faults: NotFound, Invalid for an artifact that
// is none of the hunt's.
func (a *API) resultsOf(ctx context.Context, id int64, f HuntResultFilter, p PageInput) (q store.ObservationQuery, ok bool, err error) {
	t := a.tenant(ctx)
	row, err := t.Hunt(ctx, id)
	if err != nil {
		return q, false, err
	}
	sources, err := t.HuntSources(ctx, id)
	if err != nil {
		return q, false, err
	}
	q = store.ObservationQuery{PageQuery: p.query(), HostID: f.HostID, Field: f.Field, Value: f.Value, Q: f.Q}
	for _, s := range sources {
		if f.Artifact == "" || s.Artifact == f.Artifact || artifactOf(s.Artifact) == f.Artifact {
			q.SourceIDs = append(q.SourceIDs, s.SourceID)
		}
	}
	if f.Artifact != "" && len(q.SourceIDs) == 0 && !asksFor(row, artifactOf(f.Artifact)) {
		return q, false, fault.InvalidField("query.artifact", "is none of this hunt's artifacts")
	}
	return q, len(q.SourceIDs) > 0, nil
}

type huntResultsIn struct {
	IDInput
	PageInput
	HuntResultFilter
}

func (a *API) listHuntResults(ctx context.Context, in *huntResultsIn) (*boundedOut[observationBody], error) {
	q, ok, err := a.resultsOf(ctx, in.ID, in.HuntResultFilter, in.PageInput)
	if err != nil {
		return nil, err
	}
	if !ok {
		return bounded(ctx, []models.Observation{}, store.Page{Exact: true}, false, shapeObservation), nil
	}
	out, err := a.tenant(ctx).FindObservations(ctx, q)
	if err != nil {
		return nil, err
	}
	return bounded(ctx, out.Rows, out.Page, out.Truncated, shapeObservation), nil
}

type exportHuntIn struct {
	IDInput
	HuntResultFilter

	Format  string `query:"format" enum:"csv,ndjson" default:"ndjson"`
	Columns string `query:"columns" maxLength:"4000" doc:"dotted paths with commas between them that become columns of a CSV; empty: the whole row as JSON in one"`
}

// exportHuntResults streams a hunt's rows page by page, as exportObservations does.
func (a *API) exportHuntResults(ctx context.Context, in *exportHuntIn) (*huma.StreamResponse, error) {
	columns, err := (&exportObservationsIn{Columns: in.Columns}).columns()
	if err != nil {
		return nil, err
	}
	q, ok, err := a.resultsOf(ctx, in.ID, in.HuntResultFilter, PageInput{Limit: store.MaxLimit})
	if err != nil {
		return nil, err
	}
	t := a.tenant(ctx)
	first := store.Observations{}
	if ok {
		if first, err = t.FindObservations(ctx, q); err != nil {
			return nil, err
		}
	}
	record := map[string]any{"format": in.Format, "artifact": in.Artifact, "host_id": in.HostID}
	if err := audit.Write(ctx, t, entry("hunt.export", in.ID, nil, record)); err != nil {
		return nil, err
	}
	name := "hunt-" + digits(in.ID) + "-" + a.clock.Now().UTC().Format("20060102T150405Z") + "." + in.Format
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		ctx, cancel := context.WithTimeout(ctx, exportLife)
		defer cancel()
		hc.SetHeader("Content-Disposition", `attachment; filename="`+name+`"`)
		hc.SetHeader("Content-Type", map[string]string{"csv": csvType + "; charset=utf-8", "ndjson": ndjsonType}[in.Format])
		hc.SetHeader("Cache-Control", "no-store")
		hc.SetStatus(http.StatusOK)
		if err := a.writeObservations(ctx, patientBody(hc), in.Format, columns, q, first); err != nil {
			a.log.WarnContext(ctx, "an export broke off", slog.String("error", err.Error()))
			panic(http.ErrAbortHandler)
		}
	}}, nil
}
