package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

// callbackPlaybook waits for an endpoint and goes on.
const callbackPlaybook = `name: bench callback
trigger: {type: manual}
inputs:
  client: {type: string, required: true}
actions:
  - {id: get, type: collect_artifact, params: {client_id: "${inputs.client}", artifact_name: Generic.System.Pstree}}
  - {id: next, type: add_artifact, params: {artifact_type: other, value: "${inputs.client}"}}
`

// prepare brings everything to where runs wait.
func (b *callbackBench) prepare(ctx context.Context) error {
	if err := b.connect(ctx); err != nil {
		return err
	}
	if _, err := b.fullPass(ctx, nil); err != nil {
		return err
	}
	settings := map[string]any{"settings": map[string]any{"max_concurrent_runs": 2 * callbackRounds}}
	if err := b.call(ctx, http.MethodPatch, "/api/tenants/1", settings, nil); err != nil {
		return err
	}
	if err := b.install(ctx); err != nil {
		return err
	}
	return b.startRuns(ctx)
}

// install sets callbacks up as a person does by hand, so that the server makes none itself.
func (b *callbackBench) install(ctx context.Context) error {
	var installed struct {
		URL    string `json:"url"`
		Manual struct {
			Key string `json:"key"`
		} `json:"manual"`
	}
	err := b.call(ctx, http.MethodPost, "/api/velociraptor/callbacks/install", map[string]any{"base_url": b.baseURL, "manual": true}, &installed)
	if err != nil {
		return err
	}
	b.url, b.key = installed.URL, installed.Manual.Key
	return nil
}

// startRuns starts runs on endpoints that are away: what waits looks for those seldom.
func (b *callbackBench) startRuns(ctx context.Context) error {
	var playbook struct {
		ID int64 `json:"id"`
	}
	if err := b.call(ctx, http.MethodPost, "/api/playbooks", map[string]any{"source": callbackPlaybook}, &playbook); err != nil {
		return err
	}
	var hosts []struct {
		ClientID string `json:"client_id"`
	}
	if err := b.call(ctx, http.MethodGet, fmt.Sprintf("/api/hosts?online=false&limit=%d", callbackRounds), nil, &hosts); err != nil {
		return err
	}
	for _, host := range hosts {
		in := map[string]any{"inputs": map[string]any{"client": host.ClientID}}
		if err := b.call(ctx, http.MethodPost, fmt.Sprintf("/api/playbooks/%d/execute", playbook.ID), in, nil); err != nil {
			return err
		}
		if err := clock.Sleep(ctx, callbackPace); err != nil { // no flood: how fast runs start is measured elsewhere
			return err
		}
	}
	return b.settled(ctx)
}

// settled waits until each run waits for its flow.
func (b *callbackBench) settled(ctx context.Context) error {
	conn, err := b.tenantConn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for range callbackReady / time.Second {
		rows, err := conn.Query(ctx, "SELECT client_id, flow_id, execution_id FROM collections WHERE status = 'waiting' AND flow_id <> '' ORDER BY id")
		if err != nil {
			return err
		}
		b.waits = b.waits[:0]
		for rows.Next() {
			var w wait
			if err := rows.Scan(&w.client, &w.flow, &w.execution); err != nil {
				return err
			}
			b.waits = append(b.waits, w)
		}
		if rows.Err() != nil || len(b.waits) == callbackRounds {
			return rows.Err()
		}
		if err := clock.Sleep(ctx, time.Second); err != nil {
			return err
		}
	}
	return fmt.Errorf("%d of %d runs wait for their endpoint after %s", len(b.waits), callbackRounds, callbackReady)
}
