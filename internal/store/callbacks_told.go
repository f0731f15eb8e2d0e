package store

import (
	"context"

	"github.com/velocicompanion/velocicompanion/models"
)

// callbackTold wakes what waits for a word's subject. What the word says is not believed: whoever is woken asks the server.
func (t *Tenant) callbackTold(ctx context.Context, c *models.Callback) error {
	switch c.Kind {
	case models.CallbackFlowCompleted:
		if err := t.FlowTold(ctx, c.OrgID, c.ClientID, c.Subject); err != nil {
			return err
		}
		return t.HuntFlowTold(ctx, c.ClientID, c.Subject)
	case models.CallbackHuntCreated:
		return t.HuntTold(ctx, c.Subject)
	}
	return nil
}
