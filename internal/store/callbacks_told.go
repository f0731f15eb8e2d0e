package store

import (
	"context"

	"github.com/velocicompanion/velocicompanion/models"
)

// callbackTold wakes what waits for a word's subject. What the word says is not believed: whoever is woken asks the server.
func (t *Tenant) callbackTold(_ context.Context, c *models.Callback) error {
	switch c.Kind {
	case models.CallbackFlowCompleted:
		return nil
	case models.CallbackHuntCreated:
		return nil
	}
	return nil
}
