package runs

import (
	"context"
	"errors"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

const (
	catchUp       = time.Hour // times that Temporal missed are made up for that long
	scheduleTries = 3         // while the row changes under our hands
	schedulePage  = 200
)

// SyncSchedule makes Temporal's schedule match its row: made, changed, paused or removed. A tenant that may not work has its
// schedules paused. Faults: Unavailable, Invalid.
func (r *Runs) SyncSchedule(ctx context.Context, tenantID, scheduleID int64) error {
	tenant := r.store.Tenant(tenantID)
	for range scheduleTries {
		row, err := tenant.HuntSchedule(ctx, scheduleID)
		if fault.Is(err, fault.NotFound) {
			return r.deleteSchedule(ctx, contract.ScheduleID(tenantID, scheduleID))
		}
		if err != nil {
			return err
		}
		paused := row.Paused || row.TenantStatus != models.TenantActive
		if err := r.putSchedule(ctx, row, paused); err != nil {
			return err
		}
		again, err := tenant.HuntSchedule(ctx, scheduleID)
		if err == nil && again.Version == row.Version && again.TenantStatus == row.TenantStatus {
			return tenant.MarkScheduleApplied(ctx, scheduleID, row.Version, paused)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "the schedule keeps changing")
}

func (r *Runs) putSchedule(ctx context.Context, row *models.HuntSchedule, paused bool) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c, err := r.temporal.Client(ctx, row.TenantID)
	if err != nil {
		return err
	}
	spec, err := ScheduleSpec(row)
	if err != nil {
		return err
	}
	id, overlap := contract.ScheduleID(row.TenantID, row.ID), overlapOf(row.Overlap)
	action := &client.ScheduleWorkflowAction{
		ID: id, Workflow: contract.WorkflowScheduledHunt, TaskQueue: contract.TaskQueue(row.TenantID),
		Args:                  []any{contract.ScheduledHuntInput{TenantID: row.TenantID, ScheduleID: row.ID}},
		WorkflowTaskTimeout:   taskTimeout,
		TypedSearchAttributes: contract.ScheduleAttributes(row.TenantID),
	}
	err = c.ScheduleClient().GetHandle(ctx, id).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			s := in.Description.Schedule
			s.Spec, s.Action, s.Policy = spec, action, &client.SchedulePolicies{Overlap: overlap, CatchupWindow: catchUp}
			s.State = &client.ScheduleState{Paused: paused}
			return &client.ScheduleUpdate{Schedule: &s}, nil
		},
	})
	if _, missing := errors.AsType[*serviceerror.NotFound](err); !missing {
		return translate(err)
	}
	_, err = c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: id, Spec: *spec, Action: action, Overlap: overlap, CatchupWindow: catchUp, Paused: paused,
		TypedSearchAttributes: contract.ScheduleAttributes(row.TenantID),
	})
	return translate(err)
}

func overlapOf(overlap string) enumspb.ScheduleOverlapPolicy {
	switch overlap {
	case models.OverlapBufferOne:
		return enumspb.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE
	case models.OverlapAllowAll:
		return enumspb.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL
	default:
		return enumspb.SCHEDULE_OVERLAP_POLICY_SKIP
	}
}

// ScheduleSpec is when a schedule's times come, in Temporal's terms: exactly those of HuntSchedule.NextTimes. Faults: Invalid.
func ScheduleSpec(row *models.HuntSchedule) (*client.ScheduleSpec, error) {
	spec := &client.ScheduleSpec{Jitter: time.Duration(row.JitterSeconds) * time.Second, TimeZoneName: row.Timezone}
	if row.Cron == "" {
		every := time.Duration(row.EverySeconds) * time.Second
		offset := time.Duration(row.Anchor.Unix()%int64(row.EverySeconds)) * time.Second
		spec.Intervals = []client.ScheduleIntervalSpec{{Every: every, Offset: offset}}
		return spec, nil
	}
	c, err := models.ParseCron(row.Cron)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the schedule's cron can't be read")
	}
	base := client.ScheduleCalendarSpec{
		Second: ranges([]int{0}), Minute: ranges(c.Minutes), Hour: ranges(c.Hours), DayOfMonth: ranges(c.Days), Month: ranges(c.Months), DayOfWeek: ranges(c.Weekdays),
	}
	if !c.EitherDay() {
		spec.Calendars = []client.ScheduleCalendarSpec{base}
		return spec, nil
	}
	byDay, byWeekday := base, base // Temporal wants both to fit: two calendars let either
	byDay.DayOfWeek, byWeekday.DayOfMonth = []client.ScheduleRange{{Start: 0, End: 6}}, []client.ScheduleRange{{Start: 1, End: 31}}
	spec.Calendars = []client.ScheduleCalendarSpec{byDay, byWeekday}
	return spec, nil
}

// ranges are ascending values as spans.
func ranges(values []int) (out []client.ScheduleRange) {
	for _, v := range values {
		if n := len(out); n > 0 && out[n-1].End == v-1 {
			out[n-1].End = v
		} else {
			out = append(out, client.ScheduleRange{Start: v, End: v})
		}
	}
	return out
}

func (r *Runs) deleteSchedule(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := translate(r.temporal.System().ScheduleClient().GetHandle(ctx, id).Delete(ctx))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// StartScheduled starts the workflow of a run by hand, or finds it started. Faults: Unavailable.
func (r *Runs) StartScheduled(ctx context.Context, in contract.ScheduledHuntInput) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c, err := r.temporal.Client(ctx, in.TenantID)
	if err != nil {
		return err
	}
	_, err = c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: contract.ScheduledWorkflowID(in.TenantID, in.RunID), TaskQueue: contract.TaskQueue(in.TenantID),
		WorkflowIDReusePolicy:                    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowTaskTimeout:                      taskTimeout,
		TypedSearchAttributes:                    contract.ScheduleAttributes(in.TenantID),
	}, contract.WorkflowScheduledHunt, in)
	if _, started := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); started {
		return nil
	}
	return translate(err)
}

// schedules lists Temporal's schedules of ours that begin with a prefix, with whether each is paused.
func (r *Runs) schedules(ctx context.Context, prefix string) (map[string]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	list, err := r.temporal.System().ScheduleClient().List(ctx, client.ScheduleListOptions{PageSize: schedulePage})
	if err != nil {
		return nil, translate(err)
	}
	found := map[string]bool{}
	for list.HasNext() {
		entry, err := list.Next()
		if err != nil {
			return nil, translate(err)
		}
		if _, _, ours := contract.ParseScheduleID(entry.ID); ours && strings.HasPrefix(entry.ID, prefix) {
			found[entry.ID] = entry.Paused
		}
	}
	return found, nil
}

// forgetSchedules removes all schedules of a tenant. Faults: Unavailable.
func (r *Runs) forgetSchedules(ctx context.Context, tenantID int64) error {
	found, err := r.schedules(ctx, contract.WorkflowPrefix(tenantID))
	for id := range found {
		err = errors.Join(err, r.deleteSchedule(ctx, id))
	}
	return err
}
