package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// standing is a user with a session and a second factor in a tenant, and what commits told since the test began.
type standing struct {
	s      *store.Store
	h      *store.Tenant
	user   int64
	family string

	mu   sync.Mutex
	told store.Committed
}

func stand(t *testing.T) *standing {
	t.Helper()
	s := testkit.Store(t)
	b := &standing{s: s, h: newTenant(t, s, "A"), family: uuid.NewString()}
	newUser(t, b.h, "root", "admin")
	b.user = newUser(t, b.h, "ada", "admin").ID
	require.NoError(t, b.h.CreateSession(t.Context(), store.NewSession{UserID: b.user, Family: b.family, TokenHash: digest(50), TTL: time.Hour}))
	s.OnCommit(func(c store.Committed) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.told.Users = append(b.told.Users, c.Users...)
		b.told.Tenants = b.told.Tenants || c.Tenants
	})
	return b
}

// Other processes remember callers for a moment: whatever changes who may call must be told.
func TestEveryChangeOfACallersStandingIsTold(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(ctx context.Context, b *standing) error{
		"role": func(ctx context.Context, b *standing) error {
			_, err := b.h.UpdateUser(ctx, b.user, store.UserChange{Role: new("viewer")})
			return err
		},
		"activity": func(ctx context.Context, b *standing) error {
			_, err := b.h.UpdateUser(ctx, b.user, store.UserChange{IsActive: new(false)})
			return err
		},
		"removal": func(ctx context.Context, b *standing) error { return b.h.DeleteUser(ctx, b.user) },
		"one session": func(ctx context.Context, b *standing) error {
			_, err := b.h.EndSession(ctx, b.user, b.family)
			return err
		},
		"all sessions": func(ctx context.Context, b *standing) error {
			_, err := b.h.EndSessions(ctx, b.user, "")
			return err
		},
		"a copied token": func(ctx context.Context, b *standing) error {
			for next := range byte(2) {
				if _, _, err := b.h.RotateSession(ctx, digest(50), store.NewSession{TokenHash: digest(51 + next), TTL: time.Hour}); err != nil {
					return err
				}
			}
			return nil
		},
		"second factor on": func(ctx context.Context, b *standing) error {
			if err := b.h.BeginTOTP(ctx, b.user, []byte("sealed")); err != nil {
				return err
			}
			row, err := b.h.TOTP(ctx, b.user)
			if err != nil {
				return err
			}
			return b.h.ConfirmTOTP(ctx, row, 1, nil)
		},
		"second factor off": func(ctx context.Context, b *standing) error { return b.h.DisableTOTP(ctx, b.user) },
		"elevation": func(ctx context.Context, b *standing) error {
			return b.h.Elevate(ctx, b.user, b.family, "password", b.s.Now().Add(time.Minute))
		},
		"visit": func(ctx context.Context, b *standing) error {
			other := &models.Tenant{Name: "B"}
			if err := b.s.System().CreateTenant(ctx, other); err != nil {
				return err
			}
			now := b.s.Now()
			_, err := b.s.System().StartVisit(ctx, &models.Visit{
				TenantID: other.ID, HomeTenantID: b.h.ID(), HomeTenantName: "A", UserID: b.user, Username: "ada", Family: b.family,
				Reason: "help", StartedAt: now, ExpiresAt: now.Add(time.Minute),
			})
			if err != nil {
				return err
			}
			b.mu.Lock()
			told := slices.Contains(b.told.Users, b.user)
			b.told = store.Committed{}
			b.mu.Unlock()
			if !told {
				return nil // and the test says so
			}
			_, err = b.s.System().EndVisit(ctx, b.user, b.family)
			return err
		},
		"suspension": func(ctx context.Context, b *standing) error {
			_, _, err := b.s.System().SuspendTenant(ctx, b.h.ID(), "not paid")
			return err
		},
		"deletion": func(ctx context.Context, b *standing) error {
			_, _, err := b.s.System().DeleteTenant(ctx, b.h.ID(), store.Deletion{Reason: "gone", By: b.user, At: b.s.Now().Add(time.Hour)})
			return err
		},
		"settings": func(ctx context.Context, b *standing) error {
			_, _, err := b.s.System().UpdateTenant(ctx, b.h.ID(), func(*models.Tenant) (store.TenantChange, error) {
				return store.TenantChange{Settings: &models.TenantSettings{RequireTOTPRoles: []string{"admin"}}}, nil
			})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := stand(t)
			require.NoError(t, change(t.Context(), b))
			b.mu.Lock()
			defer b.mu.Unlock()
			require.True(t, b.told.Tenants || slices.Contains(b.told.Users, b.user), "told %+v", b.told)
		})
	}
}
