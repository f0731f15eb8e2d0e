package api

import "context"

type caseTimelineIn struct {
	IDInput
	TimelineInput
}

func (a *API) caseTimeline(ctx context.Context, in *caseTimelineIn) (*timelineOut, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	entries, next, err := a.tenant(ctx).CaseTimeline(ctx, in.ID, q)
	if err != nil {
		return nil, err
	}
	return timelinePage(ctx, entries, next), nil
}
