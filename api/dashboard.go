package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/models"
)

type dashboardBody struct {
	Hosts            hostNumbers  `json:"hosts"`
	Cases            caseNumbers  `json:"cases"`
	Executions       runNumbers   `json:"executions"`
	NeedsYou         needsNumbers `json:"needs_you"`
	TopHosts         []HostBody   `json:"top_hosts" nullable:"false" doc:"by threat score; those without one left out"`
	RecentExecutions []recentRun  `json:"recent_executions" nullable:"false"`
}

type hostNumbers struct {
	Total  int            `json:"total"`
	Online int            `json:"online"`
	ByBand map[string]int `json:"by_band" doc:"hosts by threat band: benign, low, medium, high, critical"`
	Exact  bool           `json:"exact" doc:"false where a number above 10,000 is an estimate"`
}

type caseNumbers struct {
	Open          int            `json:"open"`
	Investigating int            `json:"investigating"`
	Closed        int            `json:"closed"`
	BySeverity    map[string]int `json:"by_severity" doc:"cases that are not closed, by severity"`
}

type runNumbers struct {
	Running      int `json:"running" doc:"not ended yet"`
	Failed24h    int `json:"failed_24h"`
	Completed24h int `json:"completed_24h"`
}

type needsNumbers struct {
	UnreadNotifications int `json:"unread_notifications"`
	CasesAssigned       int `json:"cases_assigned" doc:"to the caller and not closed"`
	FailedExecutions24h int `json:"failed_executions_24h"`
}

// recentRun is an execution at a glance.
type recentRun struct {
	ID              int64      `json:"id"`
	PlaybookID      int64      `json:"playbook_id"`
	PlaybookName    string     `json:"playbook_name"`
	PlaybookVersion int        `json:"playbook_version"`
	Status          string     `json:"status"`
	TriggerType     string     `json:"trigger_type"`
	CreatedAt       time.Time  `json:"created_at"`
	StartedAt       *time.Time `json:"started_at"`
	FinishedAt      *time.Time `json:"finished_at"`
	Error           string     `json:"error"`
}

type dashboardOut struct{ Body dashboardBody }

func (a *API) dashboard(ctx context.Context, _ *struct{}) (*dashboardOut, error) {
	d, err := a.tenant(ctx).Dashboard(ctx, actor(ctx).UserID)
	if err != nil {
		return nil, err
	}
	b := dashboardBody{
		Hosts:            hostNumbers(d.Hosts),
		Cases:            caseNumbers(d.Cases),
		Executions:       runNumbers(d.Executions),
		NeedsYou:         needsNumbers(d.NeedsYou),
		TopHosts:         make([]HostBody, len(d.TopHosts)),
		RecentExecutions: make([]recentRun, len(d.RecentExecutions)),
	}
	for i := range d.TopHosts {
		b.TopHosts[i] = shapeHost(&d.TopHosts[i])
	}
	for i := range d.RecentExecutions {
		b.RecentExecutions[i] = shapeRecent(&d.RecentExecutions[i])
	}
	return &dashboardOut{Body: b}, nil
}

func shapeRecent(row *models.Execution) recentRun {
	return recentRun{
		ID: row.ID, PlaybookID: row.PlaybookID, PlaybookName: row.PlaybookName, PlaybookVersion: row.PlaybookVersion, Status: row.Status,
		TriggerType: row.TriggerType, CreatedAt: row.CreatedAt.UTC(), StartedAt: utc(row.StartedAt), FinishedAt: utc(row.FinishedAt), Error: row.Error,
	}
}
