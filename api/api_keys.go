package api

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// ServiceKey is a service key as the wire has it: never the key itself.
type ServiceKey struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Hint       string     `json:"hint" doc:"the key's first characters, to tell keys apart"`
	Scopes     []string   `json:"scopes" nullable:"false" doc:"the permissions that it holds"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at,omitempty"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty" doc:"to the minute"`
	LastUsedIP string     `json:"last_used_ip,omitempty"`
}

func shapeAPIKey(row *models.APIKey) ServiceKey {
	return ServiceKey{
		ID: row.ID, Name: row.Name, Hint: row.Hint, Scopes: notNil(row.Scopes), CreatedAt: row.CreatedAt.UTC(), ExpiresAt: utc(row.ExpiresAt),
		LastUsedAt: utc(row.LastUsedAt), LastUsedIP: row.LastUsedIP,
	}
}

type apiKeysOut struct {
	Body []ServiceKey `nullable:"false"`
}

func (a *API) listAPIKeys(ctx context.Context, _ *struct{}) (*apiKeysOut, error) {
	return a.apiKeysOf(ctx, actor(ctx).UserID)
}

func (a *API) apiKeysOf(ctx context.Context, user int64) (*apiKeysOut, error) {
	rows, err := a.tenant(ctx).APIKeys(ctx, user)
	if err != nil {
		return nil, err
	}
	out := &apiKeysOut{Body: make([]ServiceKey, 0, len(rows))}
	for i := range rows {
		out.Body = append(out.Body, shapeAPIKey(&rows[i]))
	}
	return out, nil
}

type createAPIKeyIn struct {
	Body struct {
		Name          string   `json:"name" minLength:"1" maxLength:"100" pattern:"\\S" patternDescription:"more than white space"`
		Scopes        []string `json:"scopes" minItems:"1" maxItems:"100" uniqueItems:"true" nullable:"false" doc:"permissions that a key may hold and that your role has: GET /api/auth/permissions"`
		ExpiresInDays int      `json:"expires_in_days,omitempty" minimum:"1" maximum:"365" default:"90"`
	}
}

type createAPIKeyOut struct {
	Location string `header:"Location"`
	Body     struct {
		ServiceKey

		Key string `json:"key" doc:"the key itself, told this once"`
	}
}

// createAPIKey makes a key that acts as the caller, with no more than the scopes.
func (a *API) createAPIKey(ctx context.Context, in *createAPIKeyIn) (*createAPIKeyOut, error) {
	me := actor(ctx)
	name := strings.TrimSpace(in.Body.Name)
	if strings.ContainsFunc(name, unicode.IsControl) {
		return nil, fault.InvalidField("body.name", "must not contain control characters")
	}
	if err := grantable(me.Role, in.Body.Scopes); err != nil {
		return nil, err
	}
	key, hash, hint := auth.NewAPIKey()
	end := a.clock.Now().AddDate(0, 0, in.Body.ExpiresInDays)
	row := &models.APIKey{UserID: me.UserID, Name: name, Hint: hint, KeyHash: hash, Scopes: in.Body.Scopes, ExpiresAt: &end}
	var owner *models.User
	err := a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) (err error) {
		if owner, err = t.User(ctx, me.UserID); err != nil {
			return err
		}
		if err := t.CreateAPIKey(ctx, row); err != nil {
			return err
		}
		return noteChange(ctx, t, me.UserID, apiKeyCreated(), entry("api_key.create", row.ID, nil, shapeAPIKey(row)))
	})
	if err != nil {
		return nil, err
	}
	a.mailChange(ctx, owner, owner.Email, apiKeyCreated())
	out := &createAPIKeyOut{Location: location("/api/auth/api-keys/", row.ID)}
	out.Body.ServiceKey, out.Body.Key = shapeAPIKey(row), key
	return out, nil
}

// grantable refuses scopes that no key may hold, or that the role lacks.
func grantable(role auth.Role, scopes []string) error {
	for i, s := range scopes {
		where := fmt.Sprintf("body.scopes[%d]", i)
		grant, known := auth.Permission(s).Grant()
		switch {
		case !known:
			return fault.InvalidField(where, "is no permission")
		case !grant.Keys:
			return fault.InvalidField(where, "is a permission that no key may hold")
		case !role.AtLeast(grant.Role):
			return fault.InvalidField(where, "needs the role %s; yours is %s", grant.Role, role)
		}
	}
	return nil
}

func (a *API) revokeAPIKey(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, a.revokeKeyOf(ctx, actor(ctx).UserID, in.ID)
}

func (a *API) revokeKeyOf(ctx context.Context, user, id int64) error {
	return a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		row, err := t.RevokeAPIKey(ctx, id, user)
		if err != nil {
			return audit.Entry{}, err
		}
		return entry("api_key.revoke", row.ID, shapeAPIKey(row), nil), nil
	})
}
