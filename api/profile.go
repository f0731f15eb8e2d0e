package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Profile is what a user chose for himself; empty means the screen's default.
type Profile struct {
	Language string `json:"language,omitempty" maxLength:"20" pattern:"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$" doc:"BCP 47, for example de or pt-BR"`
	Timezone string `json:"timezone,omitempty" maxLength:"64" doc:"IANA name, for example Europe/Berlin"`
	Theme    string `json:"theme,omitempty" enum:"light,dark,auto"`
	Density  string `json:"density,omitempty" enum:"compact,normal,comfortable"`
}

// Me is one's own account.
type Me struct {
	User

	Profile

	Tenant      Tenant            `json:"tenant"`
	Permissions []auth.Permission `json:"permissions" nullable:"false" doc:"what the role may; a service key may no more than its scopes"`
	Visit       *MyVisit          `json:"visit,omitempty" doc:"the visit to another tenant that the token is for: role and permissions are those there"`
}

type meOut struct{ Body Me }

func (a *API) me(ctx context.Context, _ *struct{}) (*meOut, error) {
	var out *meOut
	err := a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		row, err := t.User(ctx, actor(ctx).UserID)
		if err != nil {
			return err
		}
		out, err = shapeMe(ctx, t, row)
		return err
	})
	return out, err
}

func shapeMe(ctx context.Context, t *store.Tenant, row *models.User) (*meOut, error) {
	tenant, err := t.Own(ctx)
	if err != nil {
		return nil, err
	}
	out := &meOut{Body: Me{User: shapeUser(row), Tenant: shapeTenant(tenant), Permissions: auth.Role(row.Role).Permissions()}}
	if err := json.Unmarshal(row.Profile, &out.Body.Profile); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the profile can't be read")
	}
	tellVisit(ctx, &out.Body)
	return out, nil
}

type updateMeIn struct {
	Body struct {
		Profile

		Email *string `json:"email,omitempty" format:"email" maxLength:"254"`
	}
}

// updateMe changes the parts that are given.
func (a *API) updateMe(ctx context.Context, in *updateMeIn) (*meOut, error) {
	want := in.Body.Profile
	if want.Timezone != "" {
		if _, err := time.LoadLocation(want.Timezone); err != nil || want.Timezone == "Local" {
			return nil, fault.InvalidField("body.timezone", "is not a time zone's IANA name")
		}
	}
	var out *meOut
	err := a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		me := actor(ctx)
		row, err := t.User(ctx, me.UserID)
		if err != nil {
			return err
		}
		change := store.UserChange{Email: in.Body.Email}
		if change.Profile, err = merged(row.Profile, want); err != nil {
			return err
		}
		if row, err = t.UpdateUser(ctx, me.UserID, change); err != nil {
			return err
		}
		out, err = shapeMe(ctx, t, row)
		return err
	})
	return out, err
}

// merged lays the given fields over a profile.
func merged(have json.RawMessage, want Profile) (json.RawMessage, error) {
	fields := map[string]any{}
	if err := json.Unmarshal(have, &fields); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the profile can't be read")
	}
	b, err := json.Marshal(want)
	if err == nil {
		err = json.Unmarshal(b, &fields)
	}
	if err == nil {
		b, err = json.Marshal(fields)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the profile can't be written")
	}
	return b, nil
}

type passwordIn struct {
	Body struct {
		Current string `json:"current_password" minLength:"1" maxLength:"1000"`
		New     string `json:"new_password" minLength:"1" maxLength:"200" doc:"12 characters to 72 bytes"`
	}
}

// changePassword asks for the old one, under the brake of logins, and ends every other session.
func (a *API) changePassword(ctx context.Context, in *passwordIn) (*struct{}, error) {
	me, ip := actor(ctx), requestFrom(ctx).ip
	if err := a.brake.check(ip, me.Username); err != nil {
		return nil, err
	}
	t := a.tenant(ctx)
	row, err := t.User(ctx, me.UserID)
	if err != nil {
		return nil, err
	}
	right, err := a.hasher.Verify(ctx, row.PasswordHash, in.Body.Current)
	if err != nil {
		return nil, err
	}
	if !right {
		a.brake.failed(ip, me.Username)
		return nil, fault.InvalidField("body.current_password", "is not your password")
	}
	hash, err := a.hasher.Hash(ctx, in.Body.New)
	if err != nil {
		return nil, err
	}
	return nil, t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.Rehash(ctx, me.UserID, hash); err != nil {
			return err
		}
		if _, err := t.EndSessions(ctx, me.UserID, me.SessionID); err != nil {
			return err
		}
		return audit.Write(ctx, t, audit.Entry{Action: "auth.change_password"})
	})
}
