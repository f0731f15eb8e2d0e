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

	SecondFactor

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
		out, err = a.shapeMe(ctx, t, row)
		return err
	})
	return out, err
}

func (a *API) shapeMe(ctx context.Context, t *store.Tenant, row *models.User) (*meOut, error) {
	tenant, err := t.Own(ctx)
	if err != nil {
		return nil, err
	}
	out := &meOut{Body: Me{User: shapeUser(row), Tenant: shapeTenant(tenant), Permissions: auth.Role(row.Role).Permissions()}}
	if out.Body.SecondFactor, err = a.secondFactor(ctx, t, row, tenant.Chosen().RequiresTOTP(row.Role)); err != nil {
		return nil, err
	}
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
	before, err := a.ownUser(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.mayChangeEmail(ctx, before, in.Body.Email); err != nil {
		return nil, err
	}
	var out *meOut
	var row *models.User
	err = a.ownTenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if before, err = t.User(ctx, before.ID); err != nil {
			return err
		}
		change := store.UserChange{Email: in.Body.Email}
		if change.Profile, err = merged(before.Profile, want); err != nil {
			return err
		}
		if row, err = t.UpdateUser(ctx, before.ID, change); err != nil {
			return err
		}
		if out, err = a.shapeMe(ctx, t, row); err != nil {
			return err
		}
		return audit.Write(ctx, t, entry("user.update_profile", row.ID, profileLine(before), profileLine(row)))
	})
	if err != nil {
		return nil, err
	}
	a.tellOfUpdate(ctx, before, row, store.UserChange{})
	return out, nil
}

// mayChangeEmail asks for more where the address becomes another: it is where a forgotten password is reset, so that a
// session that somebody left open must not be enough. Faults: Invalid, Forbidden (step_up_required), TooMany.
func (a *API) mayChangeEmail(ctx context.Context, user *models.User, email *string) error {
	if email == nil || *email == user.Email {
		return nil
	}
	if err := auth.CheckEmail(*email); err != nil {
		return err
	}
	if err := a.steppedUp(actor(ctx)); err != nil {
		return err
	}
	if !a.post.enabled() {
		return nil
	}
	return a.store.System().Admit(ctx, auth.MailLimits(user.ID))
}

// profileLine is what the trail tells of somebody's own settings.
func profileLine(u *models.User) map[string]any {
	return map[string]any{"email": u.Email, "profile": u.Profile}
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
	me := actor(ctx)
	row, err := a.ownUser(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.provePassword(ctx, row, in.Body.Current, "body.current_password"); err != nil {
		return nil, err
	}
	if in.Body.New == in.Body.Current {
		return nil, fault.InvalidField("body.new_password", "must differ from the present one")
	}
	hash, err := a.newPassword(ctx, "body.new_password", in.Body.New, row)
	if err != nil {
		return nil, err
	}
	err = a.ownTenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.Rehash(ctx, me.UserID, hash); err != nil {
			return err
		}
		if _, err := t.EndSessions(ctx, me.UserID, me.SessionID); err != nil {
			return err
		}
		return noteChange(ctx, t, me.UserID, passwordChanged(), audit.Entry{Action: "auth.change_password"})
	})
	if err != nil {
		return nil, err
	}
	a.mailChange(ctx, row, row.Email, passwordChanged())
	return nil, nil
}
