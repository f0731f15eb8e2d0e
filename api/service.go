package api

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// readyTimeout is how long /ready waits for each dependency.
const readyTimeout = 3 * time.Second

// root tells programs who we are and gives browsers the screen.
func (a *API) root(c *gin.Context) {
	c.Header("Vary", "Accept")
	if wantsPage(c) && a.screen.serve(c) {
		return
	}
	c.JSON(http.StatusOK, gin.H{"name": "VelociCompanion", "version": a.version})
}

type healthOut struct {
	Body struct {
		Status string `json:"status" example:"healthy"`
	}
}

func (*API) health(context.Context, *struct{}) (*healthOut, error) {
	out := &healthOut{}
	out.Body.Status = "healthy"
	return out, nil
}

type readyOut struct {
	Status int
	Body   struct {
		Status string            `json:"status" enum:"ready,not_ready"`
		Checks map[string]string `json:"checks" doc:"each dependency: ok, or unavailable"`
	}
}

// readiness asks every dependency at once.
func (a *API) readiness(ctx context.Context, _ *struct{}) (*readyOut, error) {
	checks := map[string]func(context.Context) error{"database": a.store.Ping}
	maps.Copy(checks, a.ready)
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	type result struct {
		name string
		err  error
	}
	results := make(chan result, len(checks))
	for name, check := range checks {
		go func() { results <- result{name, check(ctx)} }()
	}
	out := &readyOut{Status: http.StatusOK}
	out.Body.Status, out.Body.Checks = "ready", map[string]string{}
	for range checks {
		r := <-results
		out.Body.Checks[r.name] = "ok"
		if r.err != nil {
			a.log.WarnContext(ctx, "not ready", slog.String("dependency", r.name), slog.String("error", r.err.Error()))
			out.Status, out.Body.Status, out.Body.Checks[r.name] = http.StatusServiceUnavailable, "not_ready", "unavailable"
		}
	}
	return out, nil
}
