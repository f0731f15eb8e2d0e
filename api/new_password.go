package api

import (
	"context"
	"errors"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// newPassword judges and hashes the password that somebody chose for an account. What is wrong with it is told of the
// field at that location. Faults: Invalid, Unavailable.
func (a *API) newPassword(ctx context.Context, location, password string, u *models.User) (hash string, err error) {
	hash, err = a.hasher.Hash(ctx, password, u.Username, u.Email)
	return hash, about(location, err)
}

// about says of the first field that was refused that it stands at that location.
func about(location string, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid || len(f.Fields) == 0 {
		return err
	}
	return fault.InvalidField(location, "%s", f.Fields[0].Message)
}
