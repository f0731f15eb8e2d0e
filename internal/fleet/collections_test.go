package fleet_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	pslist = "Windows.System.Pslist"
	info   = "Generic.Client.Info"
	upload = "Generic.Collectors.File"
)

// endpoint finds an endpoint of the simulated server.
func (b *bundle) endpoint(want func(e velociraptor.Endpoint) bool) velociraptor.Endpoint {
	b.Helper()
	list, err := b.talk().Clients(b.Context(), "", 1000)
	require.NoError(b, err)
	for _, e := range list {
		if want(e) {
			return e
		}
	}
	b.Fatal("no such endpoint")
	return velociraptor.Endpoint{}
}

func online(e velociraptor.Endpoint) bool { return time.Since(e.LastSeen) < time.Minute }

// collect asks for a collection.
func (b *bundle) collect(q fleet.CollectRequest) *models.Collection {
	b.Helper()
	row, err := b.fleet.CheckCollection(b.Context(), b.tenant, q, b.who)
	require.NoError(b, err)
	require.NoError(b, b.tenant.CreateCollection(b.Context(), row))
	return row
}

// advance does slices until the collection has ended or waits for more than a moment, and gives the row as it is then.
func (b *bundle) advance(id int64) *models.Collection {
	b.Helper()
	for begun := time.Now(); time.Since(begun) < 30*time.Second; {
		step, err := b.fleet.AdvanceCollection(b.Context(), b.tenant, id, true)
		require.NoError(b, err)
		if models.JobFinal(step.Status) || step.Wait > 5*time.Second {
			break
		}
		if step.Wait > 0 {
			time.Sleep(20 * time.Millisecond)
		}
	}
	return b.collection(id)
}

func (b *bundle) collection(id int64) *models.Collection {
	b.Helper()
	row, err := b.tenant.Collection(b.Context(), id)
	require.NoError(b, err)
	return row
}

func TestACollectionBringsItsRows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.endpoint(online)
	row := b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: info})
	require.True(t, row.Checked)
	require.Nil(t, row.HostID, "the endpoint is no host yet")
	done := b.advance(row.ID)
	require.Equal(t, models.JobCompleted, done.Status, "%s %s", done.ErrorKind, done.Error)
	require.NotNil(t, done.HostID)
	require.Equal(t, done.RowsFound, done.Rows)
	require.Positive(t, done.Rows)
	require.Zero(t, done.RowsBad)
	require.NotNil(t, done.FinishedAt)
	found, err := b.tenant.CollectionRows(t.Context(), done, store.ObservationQuery{})
	require.NoError(t, err)
	require.EqualValues(t, done.RowsNew, found.Total)
	require.Equal(t, "collection", found.Rows[0].SourceKind)
	require.Equal(t, *done.HostID, found.Rows[0].HostID)
	_, err = b.tenant.Job(t.Context(), models.JobCollection, row.ID)
	require.True(t, fault.Is(err, fault.NotFound), "nothing is left to be carried out")
	flow, err := b.talk().Flow(t.Context(), e.ClientID, row.FlowID)
	require.NoError(t, err)
	require.Equal(t, velociraptor.FlowFinished, flow.State)
}

func TestAStartThatTheAnswerOfWasLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.endpoint(online)
	row := b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: info})
	b.server.Trouble(velotest.Trouble{LoseAnswer: map[string]bool{"collect_client": true}})
	step, err := b.fleet.AdvanceCollection(t.Context(), b.tenant, row.ID, true)
	require.NoError(t, err)
	require.Positive(t, step.Wait)
	away := b.collection(row.ID)
	require.Equal(t, models.JobRunning, away.Status)
	require.NotEmpty(t, away.Reason)
	require.NotNil(t, away.ServerAwayAt)
	before := b.calls()
	b.server.Trouble(velotest.Trouble{})
	done := b.advance(row.ID)
	require.Equal(t, models.JobCompleted, done.Status, done.Error)
	require.Equal(t, before, b.calls(), "it is looked for instead")
	require.Nil(t, done.ServerAwayAt)
	flows, err := b.talk().Flows(t.Context(), e.ClientID, 10)
	require.NoError(t, err)
	require.Len(t, flows, 1)
}

// calls counts the statements of a name that the server was asked.
func (b *bundle) calls() (n int) {
	for _, call := range b.server.Statements() {
		if call == "collect_client" {
			n++
		}
	}
	return n
}

func TestAServerThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.endpoint(online)
	row := b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: info})
	for name, trouble := range map[string]velotest.Trouble{"down": {Down: true}, "garbage": {Garbage: true}, "cut": {CutAfter: 1}} {
		b.server.Trouble(trouble)
		step, err := b.fleet.AdvanceCollection(t.Context(), b.tenant, row.ID, true)
		require.NoError(t, err, name)
		require.False(t, models.JobFinal(step.Status), name)
	}
	b.server.Trouble(velotest.Trouble{})
	require.Equal(t, models.JobCompleted, b.advance(row.ID).Status)
}

func TestWhatIsAskedForIsCheckedFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.endpoint(online)
	for name, q := range map[string]fleet.CollectRequest{
		"host_id":            {Artifact: info},
		"client_id":          {ClientID: "not a client", Artifact: info},
		"artifact_name":      {ClientID: e.ClientID, Artifact: "No.Such.Artifact"},
		"parameters.Nothing": {ClientID: e.ClientID, Artifact: pslist, Params: map[string]string{"Nothing": "x"}},
		"timeout":            {ClientID: e.ClientID, Artifact: info, Timeout: 48 * time.Hour},
		"max_rows":           {ClientID: e.ClientID, Artifact: info, MaxRows: -1},
		"wait":               {ClientID: e.ClientID, Artifact: info, Wait: 365 * 24 * time.Hour},
	} {
		_, err := b.fleet.CheckCollection(t.Context(), b.tenant, q, b.who)
		var f *fault.Error
		require.ErrorAs(t, err, &f, name)
		require.Equal(t, fault.Invalid, f.Kind, name)
		require.Equal(t, name, f.Fields[0].Location)
	}
	user := b.who
	user.Role = auth.RoleUser
	_, err := b.fleet.CheckCollection(t.Context(), b.tenant, fleet.CollectRequest{ClientID: e.ClientID, Artifact: "Windows.Remediation.Quarantine"}, user)
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
}

func TestAStepsArtifactIsCheckedBeforeTheServerIsAsked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.endpoint(online)
	for kind, row := range map[string]*models.Collection{
		models.CollectionArtifact:   {ClientID: e.ClientID, ArtifactName: "No.Such.Artifact", Role: "admin"},
		models.CollectionPermission: {ClientID: e.ClientID, ArtifactName: "Windows.Remediation.Quarantine", Role: "user"},
		models.CollectionGone:       {ClientID: "C.00000000000000ff", ArtifactName: info, Role: "user"},
	} {
		require.NoError(t, b.tenant.CreateCollection(t.Context(), row))
		done := b.advance(row.ID)
		require.Equal(t, models.JobFailed, done.Status, kind)
		require.Equal(t, kind, done.ErrorKind, done.Error)
		require.NotEmpty(t, done.Error)
	}
}

func TestAnEndpointThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Endpoints = 67 })
	e := b.endpoint(func(e velociraptor.Endpoint) bool { return strings.HasSuffix(e.Hostname, "00065") })
	done := b.advance(b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: info}).ID)
	require.Equal(t, models.JobFailed, done.Status)
	require.Contains(t, []string{models.CollectionTimeout, models.CollectionPermission, models.CollectionEndpoint}, done.ErrorKind)
	require.Contains(t, done.Error, done.FlowWords)
	require.NotEmpty(t, done.FlowWords)
}

func TestAnEndpointThatIsOffIsWaitedForAndTakenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.endpoint(online)
	require.NoError(t, b.server.Switch("", e.ClientID, false))
	row := b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: info, Wait: time.Hour})
	late := &later{}
	service := fleet.New(fleet.Params{
		Store: b.store, Servers: b.connections, Ingest: ingest.New(ingest.Params{Clock: late}), Files: b.files, Clock: late, Log: slog.New(slog.DiscardHandler),
	})
	next := func() fleet.Step {
		step, err := service.AdvanceCollection(t.Context(), b.tenant, row.ID, true)
		require.NoError(t, err)
		return step
	}
	next()
	late.by = 20 * time.Minute
	step := next()
	require.Equal(t, models.CollectionWaiting, step.Status)
	require.GreaterOrEqual(t, step.Wait, 10*time.Second)
	waiting := b.collection(row.ID)
	require.Contains(t, waiting.Reason, "doesn't answer")
	require.NotNil(t, waiting.LastSeen)
	late.by = 2 * time.Hour
	require.Equal(t, models.JobFailed, next().Status)
	failed := b.collection(row.ID)
	require.Equal(t, models.CollectionOffline, failed.ErrorKind)
	require.Contains(t, failed.Error, "last seen")
	flow, err := b.talk().Flow(t.Context(), e.ClientID, row.FlowID)
	require.NoError(t, err)
	require.True(t, flow.State.Over(), "the endpoint doesn't do it when it comes back")

	require.NoError(t, b.server.Switch("", e.ClientID, true))
	again, err := b.tenant.RetryCollection(t.Context(), row.ID, "admin")
	require.NoError(t, err)
	require.Equal(t, 2, again.Attempt)
	require.NotEqual(t, row.FlowID, again.FlowID)
	done := b.advance(row.ID)
	require.Equal(t, models.JobCompleted, done.Status, done.Error)
	_, err = b.tenant.RetryCollection(t.Context(), row.ID, "admin")
	require.True(t, fault.Is(err, fault.Conflict))
	inbox, _, err := b.tenant.ListNotifications(t.Context(), store.InboxQuery{UserID: b.who.UserID})
	require.NoError(t, err)
	require.Empty(t, inbox, "who asked a moment ago still looks at it")
}

func TestWhoAskedHearsOfAnEndThatTookLong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row := b.collect(fleet.CollectRequest{ClientID: b.endpoint(online).ClientID, Artifact: info})
	owner, err := pgx.Connect(t.Context(), b.url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = owner.Close(context.WithoutCancel(t.Context())) })
	_, err = owner.Exec(t.Context(), "UPDATE collections SET created_at = created_at - interval '1 hour'")
	require.NoError(t, err)
	done := b.advance(row.ID)
	require.Equal(t, models.JobCompleted, done.Status, done.Error)
	inbox, _, err := b.tenant.ListNotifications(t.Context(), store.InboxQuery{UserID: b.who.UserID})
	require.NoError(t, err)
	require.Len(t, inbox, 1)
	require.Equal(t, info+" is in", inbox[0].Title)
}

// later is the machine's clock, put forward.
type later struct{ by time.Duration }

func (l *later) Now() time.Time { return clock.System{}.Now().Add(l.by) }

func TestACancelledCollectionStopsOnTheEndpoint(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Pace = time.Hour })
	e := b.endpoint(online)
	row := b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: info})
	_, err := b.fleet.AdvanceCollection(t.Context(), b.tenant, row.ID, true)
	require.NoError(t, err)
	wish, err := b.tenant.CancelCollection(t.Context(), row.ID, "cancelled by ada")
	require.NoError(t, err)
	require.Equal(t, models.JobCancelling, wish.Status)
	done := b.advance(row.ID)
	require.Equal(t, models.JobCancelled, done.Status)
	require.Equal(t, "cancelled by ada", done.Error)
	flow, err := b.talk().Flow(t.Context(), e.ClientID, row.FlowID)
	require.NoError(t, err)
	require.Equal(t, velociraptor.FlowError, flow.State)
	_, err = b.tenant.CancelCollection(t.Context(), row.ID, "again")
	require.True(t, fault.Is(err, fault.Conflict))

	early := b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: info})
	ended, err := b.tenant.CancelCollection(t.Context(), early.ID, "never mind")
	require.NoError(t, err)
	require.Equal(t, models.JobCancelled, ended.Status, "the server has not heard of it")
}

func TestHostileRowsCostOnlyThemselves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.endpoint(online)
	done := b.advance(b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: "Custom.Simulated.Hostile"}).ID)
	require.Equal(t, models.JobCompleted, done.Status, done.Error)
	require.Equal(t, done.RowsFound, done.Rows+done.RowsBad)
	require.Positive(t, done.Rows)
	require.EqualValues(t, 2, done.RowsBad, "one nested too deep, one with a number of thousands of digits")
	require.NotEmpty(t, done.BadReason)
	found, err := b.tenant.CollectionRows(t.Context(), done, store.ObservationQuery{Field: "Formula"})
	require.NoError(t, err)
	require.Len(t, found.Rows, 1)
	require.Contains(t, string(found.Rows[0].Data), "caf\uFFFD", "a byte that is no UTF-8 costs itself")
	found, err = b.tenant.CollectionRows(t.Context(), done, store.ObservationQuery{Field: "BeyondDoubles"})
	require.NoError(t, err)
	require.Len(t, found.Rows, 1)
	for _, exact := range []string{"9007199254740993", "18446744073709551615", "-170141183460469231731687303715884105728", "0.1000000000000000055511151231257827"} {
		require.Contains(t, string(found.Rows[0].Data), exact)
	}
}

func TestManyRowsComeInExactlyOnceWhoeverBringsThem(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.RowsEach = 9_000 })
	e := b.endpoint(func(e velociraptor.Endpoint) bool { return online(e) && e.System == "windows" })
	row := b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: pslist})
	for done := false; !done; {
		var wg sync.WaitGroup
		for range 2 { // a worker that was taken for dead, and the one that took over
			wg.Go(func() {
				step, err := b.fleet.AdvanceCollection(context.WithoutCancel(t.Context()), b.tenant, row.ID, false)
				if err == nil && models.JobFinal(step.Status) {
					return
				}
			})
		}
		wg.Wait()
		done = models.JobFinal(b.collection(row.ID).Status)
	}
	done := b.collection(row.ID)
	require.Equal(t, models.JobCompleted, done.Status, done.Error)
	require.GreaterOrEqual(t, done.RowsFound, int64(9_000))
	require.Equal(t, done.RowsFound, done.Rows)
	found, err := b.tenant.CollectionRows(t.Context(), done, store.ObservationQuery{})
	require.NoError(t, err)
	require.EqualValues(t, done.RowsNew, found.Total)
	require.Equal(t, 1, b.calls())
}

func TestFilesComeWithTheirHash(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.endpoint(online)
	done := b.advance(b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: upload}).ID)
	require.Equal(t, models.JobCompleted, done.Status, done.Error)
	require.Equal(t, 1, done.Files)
	require.Equal(t, 1, done.FilesKept)
	files, _, err := b.tenant.ListCollectionFiles(t.Context(), done.ID, store.PageQuery{})
	require.NoError(t, err)
	require.Equal(t, models.FileKept, files[0].Status, files[0].Error)
	require.Equal(t, files[0].Size, files[0].KeptSize)
	r, err := b.files.Open(t.Context(), b.tenant.ID(), files[0].FileRef)
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	hash := sha256.New()
	n, err := io.Copy(hash, r)
	require.NoError(t, err)
	require.Equal(t, files[0].KeptSize, n)
	require.Equal(t, files[0].SHA256, hex.EncodeToString(hash.Sum(nil)))
	kept, err := b.store.System().FilesKept(t.Context(), b.tenant.ID(), []string{files[0].FileRef, "other"})
	require.NoError(t, err)
	require.Equal(t, map[string]bool{files[0].FileRef: true}, kept)
}

func TestWhatWasToldWakesTheCollectionOnly(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Pace = time.Hour })
	e := b.endpoint(online)
	row := b.collect(fleet.CollectRequest{ClientID: e.ClientID, Artifact: info})
	_, err := b.fleet.AdvanceCollection(t.Context(), b.tenant, row.ID, true)
	require.NoError(t, err)
	var woken []int64
	b.store.OnCommit(func(c store.Committed) { woken = append(woken, c.Outbox...) })
	require.NoError(t, b.tenant.FlowTold(t.Context(), "", e.ClientID, "F.0123456789ABCDEF"))
	require.NoError(t, b.tenant.FlowTold(t.Context(), "", "C.ffff", row.FlowID))
	require.Empty(t, woken)
	require.NoError(t, b.tenant.FlowTold(t.Context(), "", e.ClientID, row.FlowID))
	require.NoError(t, b.tenant.FlowTold(t.Context(), "", e.ClientID, row.FlowID))
	require.Len(t, woken, 1, "thrice is once")
	require.Equal(t, models.JobRunning, b.collection(row.ID).Status, "it is a hint, no more")
}

func TestACollectionIsClosedFromOutside(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row := b.collect(fleet.CollectRequest{ClientID: b.endpoint(online).ClientID, Artifact: info})
	status, err := b.tenant.EndJob(t.Context(), store.JobEnd{Kind: models.JobCollection, ID: row.ID, Status: models.JobFailed, Error: "its workflow is gone"})
	require.NoError(t, err)
	require.Equal(t, models.JobFailed, status)
	done := b.collection(row.ID)
	require.Equal(t, models.CollectionInternal, done.ErrorKind)
	step, err := b.fleet.AdvanceCollection(t.Context(), b.tenant, row.ID, true)
	require.NoError(t, err)
	require.Equal(t, models.JobFailed, step.Status)
	require.Zero(t, b.calls())
}

func TestACollectionWhoseRunIsOverIsCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Pace = time.Hour })
	run := testkit.Execution(t, b.store, b.tenant.ID(), testkit.Playbook(t, b.store, b.tenant.ID(), b.who.UserID, map[string]any{}), b.who.UserID)
	row := &models.Collection{ClientID: b.endpoint(online).ClientID, ArtifactName: info, Role: "user", ExecutionID: &run.ID, StepKey: "collect"}
	require.NoError(t, b.tenant.CreateCollection(t.Context(), row))
	_, err := b.fleet.AdvanceCollection(t.Context(), b.tenant, row.ID, true)
	require.NoError(t, err)
	require.Equal(t, models.JobRunning, b.collection(row.ID).Status)
	_, err = b.tenant.EndExecution(t.Context(), store.Ending{ExecutionID: run.ID, Status: models.ExecutionFailed, Error: "Temporal no longer knows it"})
	require.NoError(t, err)
	done := b.advance(row.ID)
	require.Equal(t, models.JobCancelled, done.Status)
	require.Contains(t, done.Error, "is over")
}

func TestSeveralChoicesReachTheEndpoint(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.endpoint(online)
	for chosen, rows := range map[string]int64{`["text","numbers","nesting"]`: 3, "text": 1} {
		row := b.advance(b.collect(fleet.CollectRequest{
			ClientID: e.ClientID, Artifact: "Custom.Simulated.Hostile", Params: map[string]string{"Kinds": chosen},
		}).ID)
		require.Equal(t, models.JobCompleted, row.Status, row.Error)
		require.Equal(t, rows, row.RowsFound, "of %s", chosen)
	}
	_, err := b.fleet.CheckCollection(t.Context(), b.tenant, fleet.CollectRequest{
		ClientID: e.ClientID, Artifact: "Custom.Simulated.Hostile", Params: map[string]string{"Kinds": `["text","noise"]`},
	}, b.who)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.ErrorContains(t, err, `parameters.Kinds: "noise" is none of its choices: must be one of columns, cell, text`)
}
