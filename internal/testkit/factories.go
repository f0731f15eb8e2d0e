package testkit

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Every factory inserts one row with what a test does not care about filled in; the functions after the tenant change it
// before it is inserted. Names are random, so that parallel tests of one database don't meet.

// name is a random lower-case name that begins with prefix.
func name(prefix string) string { return prefix + "-" + strings.ToLower(rand.Text()[:10]) }

func apply[T any](row *T, with []func(*T)) *T {
	for _, f := range with {
		f(row)
	}
	return row
}

// Tenant makes an active tenant.
func Tenant(t testing.TB, s *store.Store, with ...func(*models.Tenant)) *models.Tenant {
	t.Helper()
	row := apply(&models.Tenant{Name: name("tenant")}, with)
	require.NoError(t, s.System().CreateTenant(context.Background(), row))
	return row
}

// User makes an active user without a password.
func User(t testing.TB, s *store.Store, tenantID int64, role string, with ...func(*models.User)) *models.User {
	t.Helper()
	row := apply(&models.User{Username: name("user"), Role: role, IsActive: true, Profile: json.RawMessage(`{}`)}, with)
	require.NoError(t, s.Tenant(tenantID).CreateUser(context.Background(), row))
	return row
}

// Host makes a host.
func Host(t testing.TB, s *store.Store, tenantID int64, with ...func(*models.Host)) *models.Host {
	t.Helper()
	row := apply(&models.Host{Hostname: name("host"), IPAddress: "10.0.0.1", OS: "linux"}, with)
	require.NoError(t, s.Tenant(tenantID).CreateHost(context.Background(), row))
	return row
}

// Case makes an open case of medium severity.
func Case(t testing.TB, s *store.Store, tenantID int64, with ...func(*models.Case)) *models.Case {
	t.Helper()
	row := apply(&models.Case{Title: name("case")}, with)
	require.NoError(t, s.Tenant(tenantID).CreateCase(context.Background(), row))
	return row
}

// Artifact makes an indicator: a domain of no case.
func Artifact(t testing.TB, s *store.Store, tenantID int64, with ...func(*models.Artifact)) *models.Artifact {
	t.Helper()
	row := apply(&models.Artifact{ArtifactType: "domain", Value: name("bad") + ".example"}, with)
	row, did, err := s.Tenant(tenantID).AddArtifact(context.Background(), row)
	require.NoError(t, err)
	require.True(t, did.Created, "a factory makes a new row")
	return row
}

// Rows reads JSON objects, one a text, as rows for ingestion.
func Rows(t testing.TB, objects ...string) []store.Row {
	t.Helper()
	rows := make([]store.Row, len(objects))
	for i, o := range objects {
		row, err := store.NewRow(json.RawMessage(o), "row")
		require.NoError(t, err)
		rows[i] = row
	}
	return rows
}
