// Package api is the HTTP edge: one Gin engine with huma operations, one file a resource, routes.go the table of contents.
// A handler says what is done; the ground around it binds and validates input, finds out who calls, checks the role the
// operation declares, replays idempotent requests, and turns every error into an RFC 9457 problem, once, in problem.go.
//
// It refuses to run SQL (internal/store does), to know workflows (internal/runs does), and to hold state that another
// instance would miss, apart from the brake on logins and the numbers of /metrics.
package api
