package webui

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/temporalio/ui-server/v2/server"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/standalone/ports"
)

// PublicPath is where browsers see the UI.
const PublicPath = "/temporal"

const (
	loopback      = "127.0.0.1"
	startPatience = 20 * time.Second
	startPoll     = 20 * time.Millisecond
)

// Params configures the UI.
type Params struct {
	TemporalAddress string // frontend, host:port
	Namespace       string // shown first
	PublicURL       string // the address people use, without a slash at its end
}

// Server is a running Web UI.
type Server struct {
	ui  *server.Server
	url string
}

// Start brings the UI up on a free loopback port and returns when it answers.
func Start(ctx context.Context, p Params) (*Server, error) {
	port, err := ports.Free(ctx)
	if err != nil {
		return nil, fmt.Errorf("find a free port for the temporal web UI: %w", err)
	}
	s := &Server{
		ui:  server.NewServer(server_options.WithConfigProvider(settings(p, port))),
		url: "http://" + net.JoinHostPort(loopback, strconv.Itoa(port)),
	}
	ended := make(chan error, 1)
	go func() { ended <- s.ui.Start() }()
	if err := s.answer(ctx, ended); err != nil {
		s.ui.Stop()
		return nil, fmt.Errorf("start the temporal web UI: %w", err)
	}
	return s, nil
}

// URL is the base address for the proxy, without PublicPath.
func (s *Server) URL() string { return s.url }

// Stop ends the UI at once; it holds nothing.
func (s *Server) Stop() { s.ui.Stop() }

// settings: the UI may look, not act, and asks our codec to open payloads with the cookie of its own path.
func settings(p Params, port int) *config.Config {
	return &config.Config{
		TemporalGRPCAddress: p.TemporalAddress,
		Host:                loopback,
		Port:                port,
		PublicPath:          PublicPath,
		EnableUI:            true,
		DefaultNamespace:    p.Namespace,
		DisableNewsFetch:    true,
		HideLogs:            true,
		DisableWriteActions: true,

		WorkflowTerminateDisabled: true,
		WorkflowCancelDisabled:    true,
		WorkflowSignalDisabled:    true,
		WorkflowUpdateDisabled:    true,
		WorkflowResetDisabled:     true,
		WorkflowPauseDisabled:     true,
		BatchActionsDisabled:      true,
		StartWorkflowDisabled:     true,
		ActivityCommandsDisabled:  true,

		Codec: config.Codec{
			Endpoint:            p.PublicURL + PublicPath + "/codec",
			IncludeCredentials:  true,
			DefaultErrorMessage: "Open this page from VelociCompanion again: the session that may decode payloads has ended.",
		},
	}
}

func (s *Server) answer(ctx context.Context, ended <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		err := s.healthy(ctx)
		if err == nil {
			return nil
		}
		select {
		case end := <-ended:
			return errors.Join(errors.New("it ended"), end)
		default:
		}
		if clock.Sleep(ctx, startPoll) != nil {
			return err
		}
	}
}

func (s *Server) healthy(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/healthz", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", resp.Status)
	}
	return nil
}
