package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const referenceQueue = "bench-reference"

// reference is the workflow somebody would write by hand: five local activities, each one committed INSERT of the row that
// the playbook's step writes. It has no tenancy, no step records, no audit and no live progress.
type reference struct {
	pool   *pgxpool.Pool
	client client.Client
	worker sdkworker.Worker
	first  chan time.Time
}

func startReference(ctx context.Context, p *platform) (*reference, error) {
	pool, err := pgxpool.New(ctx, p.databaseURL)
	if err != nil {
		return nil, err
	}
	// Forced row-level security holds for the owner too: the reference gets a table of the same shape without it.
	if _, err := pool.Exec(ctx, "CREATE TABLE bench_artifacts (LIKE artifacts INCLUDING ALL)"); err != nil {
		return nil, err
	}
	c, err := client.Dial(client.Options{
		HostPort: p.temporalAddress, Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return nil, err
	}
	r := &reference{pool: pool, client: c, first: make(chan time.Time, 1)}
	r.worker = sdkworker.New(c, referenceQueue, sdkworker.Options{})
	r.worker.RegisterWorkflow(r.fiveInserts)
	r.worker.RegisterWorkflow(r.oneActivity)
	r.worker.RegisterActivity(r.stamp)
	return r, r.worker.Start()
}

func (r *reference) close() {
	r.worker.Stop()
	r.client.Close()
	r.pool.Close()
}

func (r *reference) fiveInserts(ctx workflow.Context, tag string) error {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 10 * time.Second})
	for _, step := range []string{"-a", "-b", "-c", "-d", "-e"} {
		if err := workflow.ExecuteLocalActivity(ctx, r.insert, tag+step).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

func (r *reference) insert(ctx context.Context, value string) error {
	_, err := r.pool.Exec(ctx, "INSERT INTO bench_artifacts (tenant_id, artifact_type, value, key) VALUES (1, 'other', $1, $1)", value)
	return err
}

func (r *reference) oneActivity(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
	return workflow.ExecuteActivity(ctx, r.stamp).Get(ctx, nil)
}

func (r *reference) stamp(context.Context) error {
	r.first <- time.Now() //nolint:forbidigo // a program that measures real time
	return nil
}

func (r *reference) one(ctx context.Context, tag string) error {
	run, err := r.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "bench-" + tag + clock.Token(6), TaskQueue: referenceQueue}, r.fiveInserts, tag)
	if err != nil {
		return err
	}
	return run.Get(ctx, nil)
}

// firstStep is the time from the call that starts to the first step at work, one at a time.
func firstStep(ctx context.Context, ours *runner, ref *reference) ([]row, error) {
	const rounds = 60
	var our, their []time.Duration
	pool := ref.pool
	for i := range rounds {
		start := time.Now() //nolint:forbidigo // a program that measures real time
		id, err := ours.start(ctx, "first-"+clock.Token(6))
		if err != nil {
			return nil, err
		}
		if err := ours.wait(ctx, id); err != nil {
			return nil, err
		}
		at, err := firstStarted(ctx, pool, id)
		if err != nil {
			return nil, err
		}
		begin := time.Now() //nolint:forbidigo // a program that measures real time
		run, err := ref.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "first-" + clock.Token(9), TaskQueue: referenceQueue}, ref.oneActivity)
		if err != nil {
			return nil, err
		}
		if err := run.Get(ctx, nil); err != nil {
			return nil, err
		}
		if moment := <-ref.first; i >= rounds/6 { // the first ones warm up
			our, their = append(our, at.Sub(start)), append(their, moment.Sub(begin))
		}
	}
	a, b := percentile(our, 0.5), percentile(their, 0.5)
	if b == 0 {
		return nil, errors.New("the reference took no time")
	}
	ratio := float64(a) / float64(b)
	return []row{{what: "start → first step, p50", ours: ms(a), reference: ms(b), ratio: ratio, target: "≤ 1.5 ×", met: ratio <= 1.5}}, nil
}

// firstStarted reads when the first step began, as the owner of the database in the tenant of the first user.
func firstStarted(ctx context.Context, pool *pgxpool.Pool, execution int64) (at time.Time, err error) {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return at, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	var role string
	if err := tx.QueryRow(ctx, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'vc\\_app\\_%' LIMIT 1").Scan(&role); err != nil {
		return at, err
	}
	if _, err := tx.Exec(ctx, "SELECT set_config('role', $1, true), set_config('app.tenant_id', '1', true)", role); err != nil {
		return at, err
	}
	err = tx.QueryRow(ctx, "SELECT min(started_at) FROM playbook_execution_steps WHERE execution_id = $1", execution).Scan(&at)
	return at, err
}
