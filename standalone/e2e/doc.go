// Package e2e tests the product from outside, with real parts: the standalone binary, or the servers alone with the
// production binary's api and worker as processes of their own. It owns starting, killing and restarting them. It
// refuses to reach inside: a test speaks HTTP, SQL and Temporal's API like anybody else.
package e2e
