// Package testkit gives tests real parts: one private PostgreSQL per test binary, a migrated database per test, factories.
// Production code never imports it.
package testkit
