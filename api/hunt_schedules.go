package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// scheduleRoutes are about hunts that are started again and again.
func (a *API) scheduleRoutes() {
	const tag, path = "hunts", "/api/velociraptor/hunts/schedules"
	get, post := http.MethodGet, http.MethodPost
	register(a, op{Method: get, Path: path, ID: "list-hunt-schedules", Summary: "The tenant's scheduled hunts", Tag: tag, Needs: auth.VelociraptorRead, Sorts: []string{"name", "created_at"}}, a.listSchedules)
	register(a, op{Method: post, Path: path, ID: "create-hunt-schedule", Summary: "Have a hunt started again and again", Tag: tag, Needs: auth.HuntsStart, Status: http.StatusCreated}, a.createSchedule)
	register(a, op{Method: get, Path: path + "/{id}", ID: "get-hunt-schedule", Summary: "One schedule with its next times", Tag: tag, Needs: auth.VelociraptorRead}, a.getSchedule)
	register(a, op{Method: http.MethodPut, Path: path + "/{id}", ID: "put-hunt-schedule", Summary: "Change a schedule (as PATCH)", Tag: tag, Needs: auth.HuntsStart}, a.updateSchedule)
	register(a, op{Method: http.MethodPatch, Path: path + "/{id}", ID: "update-hunt-schedule", Summary: "Change a schedule; its hunts act as the caller from then on", Tag: tag, Needs: auth.HuntsStart}, a.updateSchedule)
	register(a, op{Method: http.MethodDelete, Path: path + "/{id}", ID: "delete-hunt-schedule", Summary: "Remove a schedule; its hunts stay", Tag: tag, Needs: auth.HuntsStart, Status: http.StatusNoContent}, a.deleteSchedule)
	register(a, op{Method: post, Path: path + "/{id}/pause", ID: "pause-hunt-schedule", Summary: "Start no more hunts until it is resumed", Tag: tag, Needs: auth.HuntsStart, EmptyBody: true}, a.pauseSchedule)
	register(a, op{Method: post, Path: path + "/{id}/resume", ID: "resume-hunt-schedule", Summary: "Let a paused schedule go on with its next time", Tag: tag, Needs: auth.HuntsStart, EmptyBody: true}, a.resumeSchedule)
	register(a, op{Method: post, Path: path + "/{id}/trigger", ID: "trigger-hunt-schedule", Summary: "Start its hunt now", Tag: tag, Needs: auth.HuntsStart, Status: http.StatusAccepted, EmptyBody: true}, a.triggerSchedule)
	register(a, op{Method: get, Path: path + "/{id}/runs", ID: "list-hunt-schedule-runs", Summary: "The times of a schedule with the hunts that came of them, newest first", Tag: tag, Needs: auth.VelociraptorRead, Sorts: []string{"scheduled_at"}}, a.listScheduleRuns)
	register(a, op{Method: get, Path: path + "/{id}/diff", ID: "diff-hunt-schedule-runs", Summary: "What is new and what is gone between two hunts of a schedule, the last two unless named", Tag: tag, Needs: auth.VelociraptorRead}, a.diffSchedule)
}

// ScheduleRun is one time of a schedule on the wire.
type ScheduleRun struct {
	ID          int64      `json:"id"`
	ScheduledAt time.Time  `json:"scheduled_at"`
	ByHand      bool       `json:"by_hand"`
	Status      string     `json:"status" doc:"waiting (for the run before), skipped, failed (no hunt came of it), or the hunt's own"`
	HuntID      *int64     `json:"hunt_id" doc:"of ours"`
	Description string     `json:"description"`
	Error       string     `json:"error"`
	Hosts       int        `json:"hosts" doc:"that it was scheduled on"`
	Errors      int        `json:"errors"`
	Rows        int64      `json:"rows"`
	RowsNew     int64      `json:"rows_new"`
	FinishedAt  *time.Time `json:"finished_at"`
}

func shapeScheduleRun(row *models.HuntScheduleRun) ScheduleRun {
	out := ScheduleRun{
		ID: row.ID, ScheduledAt: row.ScheduledAt.UTC(), ByHand: row.ByHand, Status: row.Status, HuntID: row.HuntID, Description: row.Description, Error: row.Error,
		Hosts: row.Hosts, Errors: row.Errors, Rows: row.Rows, RowsNew: row.RowsNew, FinishedAt: utc(row.FinishedAt),
	}
	if row.Status == models.ScheduledStarted && row.HuntStatus != "" {
		out.Status, out.Error = row.HuntStatus, row.HuntError
	}
	return out
}

// HuntSchedule is a schedule on the wire.
type HuntSchedule struct {
	ID            int64         `json:"id"`
	Name          string        `json:"name"`
	Hunt          fleet.HuntAsk `json:"hunt" doc:"what each run starts"`
	Cron          string        `json:"cron" doc:"empty: interval"`
	Interval      string        `json:"interval" doc:"empty: cron"`
	Timezone      string        `json:"timezone"`
	Overlap       string        `json:"overlap" enum:"skip,buffer_one,allow_all"`
	JitterSeconds int           `json:"jitter_seconds"`
	Paused        bool          `json:"paused"`
	Note          string        `json:"note"`
	Owner         string        `json:"owner" doc:"whom its hunts act as"`
	NextRuns      []time.Time   `json:"next_runs" nullable:"false" doc:"the next five, without jitter; none while it is paused"`
	LastRun       *ScheduleRun  `json:"last_run"`
	CreatedAt     time.Time     `json:"created_at"`
	UpdatedAt     time.Time     `json:"updated_at"`
}

const shownTimes = 5

func (a *API) shapeSchedule(row *models.HuntSchedule, last *models.HuntScheduleRun) HuntSchedule {
	out := HuntSchedule{
		ID: row.ID, Name: row.Name, Cron: row.Cron, Interval: spanText(row.EverySeconds), Timezone: row.Timezone, Overlap: row.Overlap, JitterSeconds: row.JitterSeconds,
		Paused: row.Paused, Note: row.Note, Owner: row.Owner, NextRuns: []time.Time{}, CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(),
	}
	_ = json.Unmarshal(row.Hunt, &out.Hunt) // it was written by us; what can't be read shows as nothing
	if !row.Paused {
		if next, err := row.NextTimes(a.clock.Now(), shownTimes); err == nil {
			out.NextRuns = next
		}
	}
	if last != nil {
		out.LastRun = new(shapeScheduleRun(last))
	}
	return out
}

// spanText is seconds as people write them: 90m, 6h, 1d; "" for none.
func spanText(seconds int) string {
	for _, u := range []struct {
		of   int
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}} {
		if seconds > 0 && seconds%u.of == 0 {
			return strconv.Itoa(seconds/u.of) + u.name
		}
	}
	if seconds > 0 {
		return strconv.Itoa(seconds) + "s"
	}
	return ""
}

// spanOf reads 90s, 30m, 6h, 1d, 2w. Faults: Invalid.
func spanOf(text string) (seconds int, err error) {
	bad := fault.InvalidField("body.interval", "must be a span such as 30m, 6h, 1d or 2w")
	if len(text) < 2 {
		return 0, bad
	}
	n, failed := strconv.Atoi(text[:len(text)-1])
	unit := map[byte]int{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800}[text[len(text)-1]]
	if failed != nil || unit == 0 || n <= 0 || n > 366*86400/unit {
		return 0, bad
	}
	return n * unit, nil
}

type scheduleOut struct {
	Location string `header:"Location"`
	Body     HuntSchedule
}

// scheduleFields are what a schedule is made of and changed by; what is left out stays.
type scheduleFields struct {
	Name          *string        `json:"name,omitempty" minLength:"1" maxLength:"100" pattern:"\\S" patternDescription:"more than white space"`
	Hunt          *fleet.HuntAsk `json:"hunt,omitempty" doc:"as the body of POST /api/velociraptor/hunts"`
	Cron          *string        `json:"cron,omitempty" maxLength:"200" example:"0 6 * * 1-5" doc:"five fields: minute, hour, day of the month, month, day of the week; or @daily and its like"`
	Interval      *string        `json:"interval,omitempty" maxLength:"20" example:"6h" doc:"a span instead of cron, counted from when the schedule was made: 30m, 6h, 1d, 2w"`
	Timezone      *string        `json:"timezone,omitempty" maxLength:"64" example:"Europe/Berlin" doc:"of cron; UTC where it is left out"`
	Overlap       *string        `json:"overlap,omitempty" enum:"skip,buffer_one,allow_all" doc:"what happens while the run before is at work; skip where it is left out"`
	JitterSeconds *int           `json:"jitter_seconds,omitempty" minimum:"0" maximum:"86400" doc:"each run starts up to so much later, at random"`
	Paused        *bool          `json:"paused,omitempty"`
	Note          *string        `json:"note,omitempty" maxLength:"1000"`
}

// apply puts the fields into a row, which then acts as the caller. Faults: Invalid.
func (f *scheduleFields) apply(ctx context.Context, row *models.HuntSchedule) error {
	if f.Hunt != nil {
		raw, err := json.Marshal(f.Hunt)
		if err != nil {
			return fault.InvalidField("body.hunt", "can't be kept")
		}
		row.Hunt = raw
	}
	if f.Cron != nil && *f.Cron != "" {
		row.Cron, row.EverySeconds = strings.Join(strings.Fields(*f.Cron), " "), 0
	}
	if f.Interval != nil && *f.Interval != "" {
		every, err := spanOf(*f.Interval)
		if err != nil {
			return err
		}
		if row.EverySeconds = every; f.Cron == nil || *f.Cron == "" {
			row.Cron = ""
		}
	}
	set(&row.Name, f.Name)
	set(&row.Timezone, f.Timezone)
	set(&row.Overlap, f.Overlap)
	set(&row.JitterSeconds, f.JitterSeconds)
	set(&row.Paused, f.Paused)
	set(&row.Note, f.Note)
	who := actor(ctx)
	row.OwnerID, row.Owner = &who.UserID, who.Username
	return nil
}

type createScheduleIn struct {
	Body scheduleFields
}

// createSchedule makes a schedule. Faults: Invalid, Conflict (name_taken, schedule_limit, velociraptor_not_configured),
// Forbidden for artifacts that the caller may not collect.
func (a *API) createSchedule(ctx context.Context, in *createScheduleIn) (*scheduleOut, error) {
	if err := a.hasFleet(); err != nil {
		return nil, err
	}
	switch {
	case in.Body.Name == nil:
		return nil, fault.InvalidField("body.name", "is needed")
	case in.Body.Hunt == nil:
		return nil, fault.InvalidField("body.hunt", "is needed: what each run starts")
	}
	row := &models.HuntSchedule{Timezone: "UTC", Overlap: models.OverlapSkip, Anchor: a.clock.Now()}
	if err := in.Body.apply(ctx, row); err != nil {
		return nil, err
	}
	if err := a.fleet.CheckSchedule(ctx, a.tenant(ctx), row, actor(ctx).Role, true); err != nil {
		return nil, belowBody(err)
	}
	out := &scheduleOut{}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		if err := t.CreateHuntSchedule(ctx, row); err != nil {
			return audit.Entry{}, err
		}
		out.Body, out.Location = a.shapeSchedule(row, nil), location("/api/velociraptor/hunts/schedules/", row.ID)
		return entry("hunt_schedule.create", row.ID, nil, out.Body), nil
	})
	return out, err
}

type updateScheduleIn struct {
	IDInput

	Body scheduleFields
}

func (a *API) updateSchedule(ctx context.Context, in *updateScheduleIn) (*scheduleOut, error) {
	if err := a.hasFleet(); err != nil {
		return nil, err
	}
	t := a.tenant(ctx)
	planned, err := t.HuntSchedule(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.Body.apply(ctx, planned); err != nil {
		return nil, err
	}
	if err := a.fleet.CheckSchedule(ctx, t, planned, actor(ctx).Role, in.Body.Hunt != nil); err != nil {
		return nil, belowBody(err)
	}
	return a.changeSchedule(ctx, in.ID, "hunt_schedule.update", func(row *models.HuntSchedule) error { return in.Body.apply(ctx, row) })
}

// changeSchedule changes a row and puts it on record.
func (a *API) changeSchedule(ctx context.Context, id int64, action string, change func(*models.HuntSchedule) error) (*scheduleOut, error) {
	out := &scheduleOut{}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		var before HuntSchedule
		row, err := t.ChangeHuntSchedule(ctx, id, func(row *models.HuntSchedule) error {
			before = a.shapeSchedule(row, nil)
			return change(row)
		})
		if err != nil {
			return audit.Entry{}, err
		}
		out.Body = a.shapeSchedule(row, nil)
		return entry(action, id, before, out.Body), nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type pauseScheduleIn struct {
	IDInput

	Body struct {
		Note *string `json:"note,omitempty" maxLength:"1000" doc:"why"`
	}
}

func (a *API) pauseSchedule(ctx context.Context, in *pauseScheduleIn) (*scheduleOut, error) {
	return a.changeSchedule(ctx, in.ID, "hunt_schedule.pause", func(row *models.HuntSchedule) error {
		row.Paused = true
		set(&row.Note, in.Body.Note)
		return nil
	})
}

func (a *API) resumeSchedule(ctx context.Context, in *IDInput) (*scheduleOut, error) {
	return a.changeSchedule(ctx, in.ID, "hunt_schedule.resume", func(row *models.HuntSchedule) error {
		row.Paused = false
		return nil
	})
}

func (a *API) deleteSchedule(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		row, err := t.HuntSchedule(ctx, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		return entry("hunt_schedule.delete", in.ID, a.shapeSchedule(row, nil), nil), t.DeleteHuntSchedule(ctx, in.ID)
	})
}

type scheduleRunOut struct{ Body ScheduleRun }

// triggerSchedule starts the schedule's hunt now. Faults: NotFound, Conflict (schedule_overlap), Forbidden (schedule_owner).
func (a *API) triggerSchedule(ctx context.Context, in *IDInput) (*scheduleRunOut, error) {
	if err := a.hasFleet(); err != nil {
		return nil, err
	}
	out := &scheduleRunOut{}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		run, err := a.fleet.RunSchedule(ctx, t, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		out.Body = shapeScheduleRun(run)
		return entry("hunt_schedule.trigger", in.ID, nil, out.Body), nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *API) getSchedule(ctx context.Context, in *IDInput) (*scheduleOut, error) {
	t := a.tenant(ctx)
	row, err := t.HuntSchedule(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	last, err := t.LastScheduleRuns(ctx, []int64{in.ID})
	if err != nil {
		return nil, err
	}
	return &scheduleOut{Body: a.shapeSchedule(row, lastOf(last, in.ID))}, nil
}

func lastOf(runs []models.HuntScheduleRun, id int64) *models.HuntScheduleRun {
	for i := range runs {
		if runs[i].ScheduleID == id {
			return &runs[i]
		}
	}
	return nil
}

type listSchedulesIn struct{ PageInput }

func (a *API) listSchedules(ctx context.Context, in *listSchedulesIn) (*listOut[HuntSchedule], error) {
	t := a.tenant(ctx)
	rows, page, err := t.ListHuntSchedules(ctx, in.query())
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	last, err := t.LastScheduleRuns(ctx, ids)
	if err != nil {
		return nil, err
	}
	return list(ctx, rows, page, func(row *models.HuntSchedule) HuntSchedule { return a.shapeSchedule(row, lastOf(last, row.ID)) }), nil
}

type listScheduleRunsIn struct {
	IDInput
	PageInput
}

func (a *API) listScheduleRuns(ctx context.Context, in *listScheduleRunsIn) (*listOut[ScheduleRun], error) {
	q := in.query()
	if q.Sort == "" {
		q.Desc = true
	}
	return listed(ctx, shapeScheduleRun)(a.tenant(ctx).ListScheduleRuns(ctx, in.ID, q))
}

type diffScheduleIn struct {
	IDInput

	From     int64    `query:"from" minimum:"1" doc:"a hunt of ours; the one before the last completed where both are left out"`
	To       int64    `query:"to" minimum:"1" doc:"a hunt of ours; the last completed where both are left out"`
	Artifact string   `query:"artifact" maxLength:"300" doc:"A or A/Source; all where it is left out"`
	Ignore   []string `query:"ignore" maxItems:"50" doc:"columns that differ each time, such as Pid or CreateTime"`
	Limit    int      `query:"limit" minimum:"1" maximum:"500" default:"200" doc:"rows of each sort in the answer; the counts are of all"`
}

// DiffRow is a row that one of two hunts has.
type DiffRow struct {
	ObservationID int64           `json:"observation_id"`
	HostID        int64           `json:"host_id"`
	Hostname      string          `json:"hostname"`
	Artifact      string          `json:"artifact"`
	Data          json.RawMessage `json:"data"`
}

type diffScheduleOut struct {
	Body struct {
		From      int64     `json:"from"`
		To        int64     `json:"to"`
		Artifacts []string  `json:"artifacts" nullable:"false"`
		New       []DiffRow `json:"new" nullable:"false"`
		Gone      []DiffRow `json:"gone" nullable:"false"`
		Counts    struct {
			New       int64 `json:"new"`
			Gone      int64 `json:"gone"`
			Same      int64 `json:"same"`
			HostsBoth int   `json:"hosts_both" doc:"that answered to both, and are compared"`
			HostsFrom int   `json:"hosts_only_from" doc:"that answered to the first only: not compared"`
			HostsTo   int   `json:"hosts_only_to"`
		} `json:"counts"`
		Truncated bool `json:"truncated" doc:"there are more rows than are shown"`
	}
}

// diffSchedule compares two hunts of a schedule. Faults: NotFound; Conflict (too_few_runs); Invalid for one hunt without the
// other, or for one of another schedule.
func (a *API) diffSchedule(ctx context.Context, in *diffScheduleIn) (*diffScheduleOut, error) {
	t := a.tenant(ctx)
	if _, err := t.HuntSchedule(ctx, in.ID); err != nil {
		return nil, err
	}
	from, to := in.From, in.To
	switch {
	case from == 0 && to == 0:
		var err error
		if from, to, err = t.ComparableRuns(ctx, in.ID); err != nil {
			return nil, err
		}
	case from == 0 || to == 0:
		return nil, fault.InvalidField("query.from", "and to go together: name both, or neither")
	}
	for field, id := range map[string]int64{"from": from, "to": to} {
		hunt, err := t.Hunt(ctx, id)
		if err == nil && (hunt.ScheduleID == nil || *hunt.ScheduleID != in.ID) || fault.Is(err, fault.NotFound) {
			return nil, fault.InvalidField("query."+field, "is no hunt of this schedule")
		}
		if err != nil {
			return nil, err
		}
	}
	diff, err := t.DiffHunts(ctx, store.HuntDiffQuery{From: from, To: to, Artifact: in.Artifact, Ignore: append([]string{}, in.Ignore...), Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return shapeDiff(from, to, diff), nil
}

func shapeDiff(from, to int64, d *store.HuntDiff) *diffScheduleOut {
	out := &diffScheduleOut{}
	b := &out.Body
	b.From, b.To, b.Artifacts, b.New, b.Gone = from, to, d.Artifacts, diffRows(d.New), diffRows(d.Gone)
	b.Counts.New, b.Counts.Gone, b.Counts.Same = d.NewCount, d.GoneCount, d.SameCount
	b.Counts.HostsBoth, b.Counts.HostsFrom, b.Counts.HostsTo = d.HostsBoth, d.HostsFrom, d.HostsTo
	b.Truncated = d.NewCount > int64(len(d.New)) || d.GoneCount > int64(len(d.Gone))
	return out
}

func diffRows(rows []store.HuntDiffRow) []DiffRow {
	out := make([]DiffRow, len(rows))
	for i, r := range rows {
		out[i] = DiffRow{ObservationID: r.ID, HostID: r.HostID, Hostname: r.Hostname, Artifact: r.Artifact, Data: r.Data}
	}
	return out
}
