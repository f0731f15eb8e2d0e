package api

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type updateUserIn struct {
	IDInput

	Body struct {
		Email    *string `json:"email,omitempty" format:"email" maxLength:"254"`
		Role     *string `json:"role,omitempty" enum:"viewer,user,admin,super_admin"`
		IsActive *bool   `json:"is_active,omitempty" doc:"false ends all sessions at once"`
		Password *string `json:"password,omitempty" maxLength:"200" doc:"12 characters to 72 bytes; ends all sessions"`
	}
}

func (a *API) updateUser(ctx context.Context, in *updateUserIn) (*userOut, error) {
	before, err := a.subordinate(ctx, a.tenant(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	change, err := a.userChange(ctx, in, before)
	if err != nil {
		return nil, err
	}
	var row *models.User
	err = a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if before, err = a.subordinate(ctx, t, in.ID); err != nil {
			return err
		}
		if row, err = t.UpdateUser(ctx, in.ID, change); err != nil {
			return err
		}
		if before.IsActive && !row.IsActive {
			if err := notOneself(ctx, in.ID, "deactivate"); err != nil {
				return err
			}
		}
		return audit.Write(ctx, t, userEntry("user.update", in.ID, before, row))
	})
	if err != nil {
		return nil, err
	}
	a.tellOfUpdate(ctx, before, row, change)
	return &userOut{Body: a.showUser(row)}, nil
}

// userChange is what the body asks for, once it was found that the caller may.
func (a *API) userChange(ctx context.Context, in *updateUserIn, user *models.User) (store.UserChange, error) {
	change := store.UserChange{Email: in.Body.Email, Role: in.Body.Role, IsActive: in.Body.IsActive}
	if in.Body.Role != nil {
		if err := mayGrant(ctx, auth.Role(*in.Body.Role)); err != nil {
			return change, err
		}
	}
	if email := in.Body.Email; email != nil && *email != "" {
		if err := auth.CheckEmail(*email); err != nil {
			return change, err
		}
	}
	if in.Body.Password != nil {
		if err := notOneself(ctx, user.ID, "set the password of"); err != nil {
			return change, err
		}
		hash, err := a.newPassword(ctx, "body.password", *in.Body.Password, user)
		if err != nil {
			return change, err
		}
		change.PasswordHash = &hash
	}
	return change, nil
}

// tellOfUpdate mails the owner what an administrator changed, and a link to prove another address.
func (a *API) tellOfUpdate(ctx context.Context, before, row *models.User, change store.UserChange) {
	if change.PasswordHash != nil && before.PasswordHash != "" {
		a.mailChange(ctx, row, before.Email, passwordChanged())
	}
	if before.Email == row.Email {
		return
	}
	if before.EmailVerified {
		a.mailChange(ctx, row, before.Email, emailChanged())
	}
	if row.PasswordHash != "" {
		a.verifyLater(ctx, row)
	}
}
