package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const goOn = "go-on"

// signals are bare workflows that wait for a signal each and go on with an activity.
type signals struct {
	client client.Client
	worker sdkworker.Worker
	runs   []client.WorkflowRun
	went   chan time.Time
}

func startSignals(ctx context.Context, p *platform, n int) (*signals, error) {
	c, err := client.Dial(client.Options{
		HostPort: p.temporalAddress, Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return nil, err
	}
	s := &signals{client: c, went: make(chan time.Time, 1)}
	s.worker = sdkworker.New(c, referenceQueue, sdkworker.Options{})
	s.worker.RegisterWorkflow(s.waiting)
	s.worker.RegisterActivity(s.stamp)
	if err := s.worker.Start(); err != nil {
		return nil, err
	}
	for i := range n {
		run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: fmt.Sprintf("bench-signal-%d", i), TaskQueue: referenceQueue}, s.waiting)
		if err != nil {
			s.close()
			return nil, err
		}
		s.runs = append(s.runs, run)
	}
	return s, clock.Sleep(ctx, time.Second) // until they wait
}

func (s *signals) close() {
	s.worker.Stop()
	s.client.Close()
}

func (s *signals) waiting(ctx workflow.Context) error {
	workflow.GetSignalChannel(ctx, goOn).Receive(ctx, nil)
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
	return workflow.ExecuteActivity(ctx, s.stamp).Get(ctx, nil)
}

func (s *signals) stamp(context.Context) error {
	s.went <- time.Now() //nolint:forbidigo // a program that measures real time
	return nil
}

// round signals one of them: until it goes on.
func (s *signals) round(ctx context.Context, i int) (time.Duration, error) {
	begun := time.Now() //nolint:forbidigo // a program that measures real time
	if err := s.client.SignalWorkflow(ctx, s.runs[i].GetID(), "", goOn, nil); err != nil {
		return 0, err
	}
	at := <-s.went
	return at.Sub(begun), s.runs[i].Get(ctx, nil)
}
