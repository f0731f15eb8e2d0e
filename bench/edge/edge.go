package edge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

const secretKey = "the benchmark's own signing secret of 32 characters"

// Params are what an edge stands on.
type Params struct {
	Store         *store.Store
	Bus           *notify.Bus // nil: the edge asks the database for the caller of each request
	Authenticator func(ctx context.Context, token string) (auth.Principal, error)
}

// Edge is the product's HTTP handler.
type Edge struct {
	store   *store.Store
	hasher  *auth.Hasher
	handler http.Handler
}

// New builds an edge as the product does, but with the cheapest password hashing.
func New(p Params) (*Edge, error) {
	cfg, err := config.FromMap(map[string]string{"SECRET_KEY": secretKey})
	if err != nil {
		return nil, err
	}
	keys, err := auth.NewKeys([]string{secretKey})
	if err != nil {
		return nil, err
	}
	hasher, err := auth.NewHasher(auth.HasherParams{Cost: bcrypt.MinCost})
	if err != nil {
		return nil, err
	}
	catalog, err := playbooks.NewCatalog(nil)
	if err != nil {
		return nil, err
	}
	a, err := api.New(api.Params{
		Store: p.Store, Config: cfg, Log: slog.New(slog.DiscardHandler), Keys: keys, Hasher: hasher, Catalog: catalog,
		Bus: p.Bus, Authenticator: p.Authenticator,
	})
	if err != nil {
		return nil, err
	}
	return &Edge{store: p.Store, hasher: hasher, handler: a.Handler()}, nil
}

// SignIn makes a user of a tenant and gives an access token of his.
func (e *Edge) SignIn(ctx context.Context, tenant int64, role auth.Role) (token string, user *models.User, err error) {
	name, pass := "bench-"+strings.ToLower(clock.Token(6)), clock.Token(12)
	hash, err := e.hasher.Hash(ctx, pass)
	if err != nil {
		return "", nil, err
	}
	user = &models.User{TenantID: tenant, Username: name, Role: string(role), IsActive: true, PasswordHash: hash}
	if err := e.store.System().CreateUser(ctx, user); err != nil {
		return "", nil, err
	}
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/auth/login", strings.NewReader(fmt.Sprintf(`{"username": %q, "password": %q}`, name, pass)))
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, req)
	var tokens struct {
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &tokens); err != nil || tokens.Access == "" {
		return "", nil, errors.New("sign in: " + w.Body.String())
	}
	return tokens.Access, user, nil
}

// Get reads a resource that must not be empty.
func (e *Edge) Get(ctx context.Context, path, token string) error {
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	req.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, req)
	if w.Code != http.StatusOK || w.Body.Len() <= len("[]\n") {
		return fmt.Errorf("status %d: %s", w.Code, w.Body.String())
	}
	_, err := io.Copy(io.Discard, w.Body)
	return err
}
