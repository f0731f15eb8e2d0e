package fleet

import (
	"context"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Test tries a connection that somebody proposes; nil: the one that is saved. See Connections.Test.
func (s *Service) Test(ctx context.Context, t *store.Tenant, q *Candidate, row *models.VelociraptorConfig) (*Report, error) {
	if s.p.Connections == nil {
		return nil, noSealer()
	}
	return s.p.Connections.Test(ctx, t, *q, row)
}

// TestStored tries the connection that is saved, in another org where one is named.
func (s *Service) TestStored(ctx context.Context, t *store.Tenant, org *string) (*Report, error) {
	if s.p.Connections == nil {
		return nil, noSealer()
	}
	return s.p.Connections.TestStored(ctx, t, org)
}

// Keep saves a connection whose test found it usable, in the handle's transaction, and what follows from it: row says what the
// tenant chooses besides, nil fields stay as they were. Connections that are open serve until then, and what they do now to
// its end. Faults: Invalid for one that isn't usable, Unavailable (key_missing).
func (s *Service) Keep(ctx context.Context, t *store.Tenant, q Candidate, r *Report, choices store.VelociraptorChange) (*models.VelociraptorConfig, error) {
	if err := r.Usable(); err != nil {
		return nil, err
	}
	if s.p.Connections == nil || s.p.Connections.p.Sealer == nil {
		return nil, noSealer()
	}
	sealed, err := s.p.Connections.p.Sealer.Seal(t.ID(), sealPurpose, q.Secret)
	if err != nil {
		return nil, err
	}
	now := s.p.Clock.Now()
	row := &models.VelociraptorConfig{
		Transport: q.Transport, Address: r.Address, Username: clipped(r.Username), OrgID: q.OrgID, Secret: sealed, ServerVersion: clipped(r.Version),
		Status: models.VelociraptorConnected, LastOKAt: &now,
	}
	if !r.Expires.IsZero() {
		row.ExpiresAt = &r.Expires
	}
	if err := t.SaveVelociraptorConfig(ctx, row); err != nil {
		return nil, err
	}
	if choices.Quarantine != nil || choices.AllowArtifacts != nil {
		choices.OrgID = nil
		if row, err = t.UpdateVelociraptorConfig(ctx, choices); err != nil {
			return nil, err
		}
	}
	s.ForgetArtifacts(t.ID())
	return row, nil
}

// Choose changes what a tenant chose about its connection; another org must have been tested. Faults: Conflict
// (velociraptor_not_configured).
func (s *Service) Choose(ctx context.Context, t *store.Tenant, c store.VelociraptorChange) (*models.VelociraptorConfig, error) {
	row, err := t.UpdateVelociraptorConfig(ctx, c)
	if err != nil || c.OrgID == nil {
		return row, err
	}
	s.ForgetArtifacts(t.ID())
	return row, nil
}

// Disconnect forgets the tenant's connection and its keys. Faults: Conflict (velociraptor_not_configured).
func (s *Service) Disconnect(ctx context.Context, t *store.Tenant) (*models.VelociraptorConfig, error) {
	row, err := t.DeleteVelociraptorConfig(ctx)
	if err != nil {
		return nil, err
	}
	s.disconnected(t) //nolint:contextcheck // the connection drains after the request
	return row, nil
}

// disconnected forgets what is remembered of a connection that was deleted.
func (s *Service) disconnected(t *store.Tenant) {
	s.ForgetArtifacts(t.ID())
	if s.p.Connections != nil {
		s.p.Connections.Forget(t.ID())
	}
}

// CheckChoices says whether choices will do. Faults: Invalid, at quarantine.<system> and allow_artifacts.
func (s *Service) CheckChoices(ctx context.Context, t *store.Tenant, c store.VelociraptorChange) error {
	if c.Quarantine == nil {
		return nil
	}
	for system, name := range *c.Quarantine {
		if _, known := models.QuarantineArtifacts()[system]; !known {
			return fault.InvalidField("quarantine", "%s is no system: there are windows, linux and darwin", quoted(system))
		}
		if name == "" {
			continue // these can't be isolated
		}
		_, err := s.Artifact(ctx, t, name)
		if f := asUnknown(err); f != nil {
			return fault.InvalidField("quarantine."+system, "%s", f.Message).WithCode(CodeArtifactUnknown)
		}
		if err != nil && !fault.Is(err, fault.Unavailable) && !isCode(err, store.CodeNotConfigured) { // a server that is away is asked when it is needed
			return err
		}
	}
	return nil
}

// clipped bounds what a foreign server says of itself.
func clipped(s string) string {
	const most = 200
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "")
	}
	return s
}
