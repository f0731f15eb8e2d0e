package api

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

type dashboardBody struct {
	Hosts            hostNumbers     `json:"hosts"`
	Cases            caseNumbers     `json:"cases"`
	Executions       runNumbers      `json:"executions"`
	NeedsYou         needsNumbers    `json:"needs_you"`
	TopHosts         []HostBody      `json:"top_hosts" nullable:"false" doc:"by threat score; those without one left out"`
	RecentExecutions []executionBody `json:"recent_executions" nullable:"false"`
	Connected        bool            `json:"connected" doc:"a Velociraptor server is connected; whether it answers is another matter"`
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

type dashboardOut struct{ Body dashboardBody }

func (a *API) dashboard(ctx context.Context, _ *struct{}) (*dashboardOut, error) {
	t := a.tenant(ctx)
	d, err := t.Dashboard(ctx, actor(ctx).UserID)
	if err != nil {
		return nil, err
	}
	played := make([]int64, len(d.RecentExecutions))
	for i := range d.RecentExecutions {
		played[i] = d.RecentExecutions[i].PlaybookID
	}
	names, err := t.PlaybookNames(ctx, played)
	if err != nil {
		return nil, err
	}
	_, err = t.VelociraptorConfig(ctx)
	if err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	b := dashboardBody{
		Connected:        err == nil,
		Hosts:            hostNumbers(d.Hosts),
		Cases:            caseNumbers(d.Cases),
		Executions:       runNumbers(d.Executions),
		NeedsYou:         needsNumbers(d.NeedsYou),
		TopHosts:         make([]HostBody, len(d.TopHosts)),
		RecentExecutions: make([]executionBody, len(d.RecentExecutions)),
	}
	for i := range d.TopHosts {
		b.TopHosts[i] = shapeHost(&d.TopHosts[i])
	}
	for i := range d.RecentExecutions {
		b.RecentExecutions[i] = a.executionWire(&d.RecentExecutions[i], names[played[i]], nil)
	}
	return &dashboardOut{Body: b}, nil
}
