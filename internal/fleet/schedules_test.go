package fleet_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// schedule makes a schedule of the bundle's tenant.
func (b *bundle) schedule(overlap string) *models.HuntSchedule {
	b.Helper()
	row := &models.HuntSchedule{
		Name: "nightly " + overlap, Hunt: []byte(`{"description":"nightly","artifacts":["Generic.Client.Info"],"expires":"1h"}`), EverySeconds: 3600, Timezone: "UTC",
		Overlap: overlap, OwnerID: &b.who.UserID, Owner: b.who.Username,
	}
	require.NoError(b, b.fleet.CheckSchedule(b.Context(), b.tenant, row, auth.RoleAdmin, true))
	require.NoError(b, b.tenant.CreateHuntSchedule(b.Context(), row))
	return row
}

// stopHunt ends a hunt.
func (b *bundle) endHunt(id int64) {
	b.Helper()
	b.inTx(func(ctx context.Context, t *store.Tenant) error {
		row, err := t.LockHunt(ctx, id)
		if err != nil {
			return err
		}
		return t.EndHunt(ctx, row, models.JobCompleted, models.HuntEndedDone, "")
	})
}

func TestOneHuntComesOfATimeAndRunsDoNotOverlap(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.schedule(models.OverlapSkip)
	at := time.Now().UTC().Truncate(time.Second)
	first, err := b.fleet.AdvanceSchedule(t.Context(), b.tenant, s.ID, 0, at)
	require.NoError(t, err)
	require.Equal(t, models.ScheduledStarted, first.Status)
	require.False(t, first.Done)
	again, err := b.fleet.AdvanceSchedule(t.Context(), b.tenant, s.ID, 0, at) // the same time once more
	require.NoError(t, err)
	require.Equal(t, first.RunID, again.RunID)
	second, err := b.fleet.AdvanceSchedule(t.Context(), b.tenant, s.ID, 0, at.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, models.ScheduledSkipped, second.Status)
	require.True(t, second.Done)
	hunts, _, err := b.tenant.ListHunts(t.Context(), store.HuntQuery{ScheduleID: s.ID})
	require.NoError(t, err)
	require.Len(t, hunts, 1)
	err = b.tenant.InTx(t.Context(), func(ctx context.Context, tx *store.Tenant) error {
		_, err := b.fleet.RunSchedule(ctx, tx, s.ID)
		return err
	})
	require.Equal(t, fault.Conflict, fault.KindOf(err)) // nor by hand
	b.endHunt(hunts[0].ID)
	over, err := b.fleet.AdvanceSchedule(t.Context(), b.tenant, s.ID, first.RunID, time.Time{})
	require.NoError(t, err)
	require.True(t, over.Done)
	require.Equal(t, models.JobCompleted, over.Status)
	third, err := b.fleet.AdvanceSchedule(t.Context(), b.tenant, s.ID, 0, at.Add(2*time.Hour))
	require.NoError(t, err)
	require.Equal(t, models.ScheduledStarted, third.Status)
}

func TestOneRunWaitsForTheOneBefore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.schedule(models.OverlapBufferOne)
	at := time.Now().UTC().Truncate(time.Second)
	var steps [3]string
	var ids [3]int64
	for i := range steps {
		step, err := b.fleet.AdvanceSchedule(t.Context(), b.tenant, s.ID, 0, at.Add(time.Duration(i)*time.Hour))
		require.NoError(t, err)
		steps[i], ids[i] = step.Status, step.RunID
	}
	require.Equal(t, [3]string{models.ScheduledStarted, models.ScheduledWaiting, models.ScheduledSkipped}, steps)
	run, err := b.tenant.ScheduleRun(t.Context(), ids[0])
	require.NoError(t, err)
	b.endHunt(*run.HuntID)
	step, err := b.fleet.AdvanceSchedule(t.Context(), b.tenant, s.ID, ids[1], time.Time{})
	require.NoError(t, err)
	require.Equal(t, models.ScheduledStarted, step.Status)
}

func TestAScheduleWhoseOwnerMayNoLongerFailsAndSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.schedule(models.OverlapSkip)
	_, err := b.tenant.ChangeHuntSchedule(t.Context(), s.ID, func(row *models.HuntSchedule) error { row.OwnerID = nil; return nil })
	require.NoError(t, err)
	step, err := b.fleet.AdvanceSchedule(t.Context(), b.tenant, s.ID, 0, time.Now())
	require.NoError(t, err)
	require.Equal(t, models.ScheduledFailed, step.Status)
	require.NoError(t, b.tenant.DeleteHuntSchedule(t.Context(), s.ID))
	step, err = b.fleet.AdvanceSchedule(t.Context(), b.tenant, s.ID, step.RunID, time.Time{}) // deleted meanwhile
	require.NoError(t, err)
	require.True(t, step.Done)
}

func TestSchedulesThatCannotBe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	good := models.HuntSchedule{Hunt: []byte(`{"description":"x","artifacts":["Generic.Client.Info"]}`), Cron: "0 6 * * *", Timezone: "Europe/Berlin"}
	for field, change := range map[string]func(*models.HuntSchedule){
		"cron":           func(s *models.HuntSchedule) { s.Cron = "0 25 * * *" },
		"timezone":       func(s *models.HuntSchedule) { s.Timezone = "Mars/Olympus" },
		"interval":       func(s *models.HuntSchedule) { s.Cron, s.EverySeconds = "", 5 },
		"jitter_seconds": func(s *models.HuntSchedule) { s.JitterSeconds = 90_000 },
		"hunt.expires": func(s *models.HuntSchedule) {
			s.Hunt = []byte(`{"description":"x","artifacts":["Generic.Client.Info"],"expires":"2999-01-01T00:00:00Z"}`)
		},
		"hunt.artifacts[0]": func(s *models.HuntSchedule) { s.Hunt = []byte(`{"description":"x","artifacts":["No.Such"]}`) },
	} {
		row := good
		change(&row)
		err := b.fleet.CheckSchedule(t.Context(), b.tenant, &row, auth.RoleAdmin, true)
		var f *fault.Error
		require.ErrorAs(t, err, &f, field)
		require.NotEmpty(t, f.Fields, field)
		require.Equal(t, field, f.Fields[0].Location)
	}
}
