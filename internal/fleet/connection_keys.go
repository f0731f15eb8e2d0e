package fleet

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// sealPurpose is what the keys of a tenant's server are sealed for.
const sealPurpose = "velociraptor"

// Candidate is a connection that somebody proposes, with its keys in the open. It is never logged or answered.
type Candidate struct {
	Transport string
	Address   string // of the REST gateway; a file names its own
	OrgID     string // empty: the root org
	Secret    []byte // the api_client file, or the gateway's token
}

// Format keeps the keys out of whatever prints a candidate.
func (Candidate) Format(f fmt.State, _ rune) {
	_, _ = f.Write([]byte("(a Velociraptor server with its keys)"))
}

// unseal opens the row's keys. Faults: Unavailable (key_missing, seal_broken).
func (c *Connections) unseal(ctx context.Context, t *store.Tenant, row *models.VelociraptorConfig) ([]byte, error) {
	if c.p.Sealer == nil {
		return nil, noSealer()
	}
	secret, err := c.p.Sealer.Open(row.TenantID, sealPurpose, row.Secret)
	if isCode(err, seal.CodeSealBroken) {
		return nil, fault.Wrap(err, fault.Unavailable, "the saved keys of the Velociraptor server can't be opened: an administrator saves the api_client file anew on the page Velociraptor").
			WithCode(seal.CodeSealBroken)
	}
	if err != nil {
		return nil, err
	}
	if c.p.Sealer.NeedsReseal(row.Secret) {
		c.reseal(ctx, t, row, secret)
	}
	return secret, nil
}

// reseal brings the keys under the encryption key that seals now, so that the old one can be taken out of the list. It works
// without that, so a failure is a line in the log.
func (c *Connections) reseal(ctx context.Context, t *store.Tenant, row *models.VelociraptorConfig, secret []byte) {
	sealed, err := c.p.Sealer.Seal(row.TenantID, sealPurpose, secret)
	if err == nil {
		err = t.ResealVelociraptorConfig(ctx, row.Version, sealed)
	}
	if err != nil {
		c.p.Log.WarnContext(ctx, "the keys of a Velociraptor server stay under an older encryption key",
			slog.Int64("tenant_id", row.TenantID), slog.String("error", err.Error()))
	}
}

func noSealer() error {
	return fault.New(fault.Unavailable, "no encryption key is configured (ENCRYPTION_KEY)").WithCode("key_missing")
}

// make makes a connection of a candidate. Faults: Invalid, at the field of the file or the body that won't do.
func (c *Connections) make(q Candidate, observe func(context.Context, error)) (link, error) {
	if q.Transport == models.TransportREST {
		return velociraptor.NewReduced(velociraptor.ReducedParams{
			BaseURL: q.Address, APIKey: string(q.Secret), OrgID: q.OrgID, Dial: c.p.Dial, Clock: c.p.Clock, Roots: c.p.Roots, InUse: c.p.InUse, Observe: observe,
		})
	}
	file, err := velociraptor.ParseAPIClient(q.Secret)
	if err != nil {
		return nil, err
	}
	return velociraptor.New(velociraptor.Params{
		File: file, OrgID: q.OrgID, Dial: c.p.Dial, Clock: c.p.Clock, InUse: c.p.InUse, Observe: observe,
	})
}
