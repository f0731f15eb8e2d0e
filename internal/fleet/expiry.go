package fleet

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	day        = 24 * time.Hour
	expiryLink = "/connection"
)

// warnings are how many days before the end of a certificate administrators are told, the last first; 0: it has ended.
func warnings() []int { return []int{0, 1, 7, 30} }

// TellOfExpiry tells the administrators of each tenant whose certificate ends soon: once for each of the warnings, and only
// the last of those that are due. It answers how many tenants it told.
func (s *Service) TellOfExpiry(ctx context.Context) (told int64, err error) {
	now := s.p.Clock.Now()
	var errs []error
	for _, days := range warnings() {
		before := now.Add(time.Duration(days) * day)
		tenants, err := s.p.Store.System().ExpiringVelociraptorConfigs(ctx, before, days)
		errs = append(errs, err)
		for _, id := range tenants {
			did, err := s.tellExpiry(ctx, s.p.Store.Tenant(id), before, days)
			if errs = append(errs, err); did {
				told++
			}
		}
	}
	return told, errors.Join(errs...)
}

func (s *Service) tellExpiry(ctx context.Context, t *store.Tenant, before time.Time, days int) (did bool, err error) {
	err = t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		row, err := t.TellVelociraptorExpiry(ctx, before, days)
		if err != nil || row == nil {
			return err
		}
		admins, err := t.ActiveUsers(ctx, nil, []string{"admin", "super_admin"})
		if err != nil || len(admins) == 0 {
			return err
		}
		n := s.expiryNotice(row)
		for _, u := range admins {
			n.Users = append(n.Users, u.ID)
		}
		did = true
		_, err = t.Notify(ctx, n)
		return err
	})
	return did && err == nil, err
}

func (s *Service) expiryNotice(row *models.VelociraptorConfig) store.Notice {
	left := row.ExpiresAt.Sub(s.p.Clock.Now())
	n := store.Notice{
		Type: "velociraptor.certificate", Severity: models.SeverityMedium, Link: expiryLink,
		Message: fmt.Sprintf("It ends on %s. Make a new one with `velociraptor config api_client` and save it on the page Velociraptor: what runs goes on.",
			row.ExpiresAt.UTC().Format("2 January 2006, 15:04 MST")),
	}
	switch days := int((left + day - 1) / day); {
	case left <= 0:
		n.Severity, n.Title = models.SeverityHigh, "The certificate for the Velociraptor server has expired"
		n.Message = "Nothing can be collected, hunted or isolated until there is a new one: make it with `velociraptor config api_client` and save it on the page Velociraptor."
	case days == 1:
		n.Severity, n.Title = models.SeverityHigh, "The certificate for the Velociraptor server ends within a day"
	default:
		n.Title = "The certificate for the Velociraptor server ends in " + strconv.Itoa(days) + " days"
	}
	return n
}
