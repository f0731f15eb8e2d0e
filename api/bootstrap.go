package api

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
)

// Bootstrap makes the first user where the configuration names one, and otherwise prints what the first registration needs.
// It does nothing once there is a user. notices is for the person at the terminal; nil: nobody.
func (a *API) Bootstrap(ctx context.Context, notices io.Writer) error {
	there, err := a.store.System().AnyUser(ctx)
	if err != nil || there {
		return err
	}
	if a.cfg.FirstAdminUsername != "" {
		if a.cfg.FirstAdminPassword == "" {
			return errors.New("FIRST_ADMIN_USERNAME is set but FIRST_ADMIN_PASSWORD is not")
		}
		_, err := a.tenancy.First(ctx, tenancy.NewUser{Username: a.cfg.FirstAdminUsername, Password: a.cfg.FirstAdminPassword})
		if err != nil {
			return fmt.Errorf("make the first user: %w", err)
		}
		return nil
	}
	if !a.needsSetupToken() {
		return nil
	}
	if a.cfg.SetupToken == "" {
		a.cfg.SetupToken = clock.Token(18)
	}
	if notices == nil {
		return nil
	}
	_, err = fmt.Fprintf(notices, "There is no user yet. Register the first one at %s with the set-up token %s\n", a.cfg.PublicURL, a.cfg.SetupToken)
	return err
}
