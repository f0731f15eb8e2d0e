package app

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// Demo is a tenant of its own that is connected to a simulated Velociraptor server, for whoever looks at the product first.
type Demo struct {
	File   []byte                     // the simulated server's api_client file
	Tenant int64                      // that an earlier start made; 0: none yet
	Made   func(tenantID int64) error // remembers the tenant
	Ready  func(tenantID int64)       // called once when the tenant is connected
}

const (
	// DemoName is the demo tenant's name when it is made.
	DemoName   = "Demo (simulated)"
	demoAbout  = "A tenant to try things in: its 200 endpoints are simulated, and so is everything that they report. Delete it when you are done; DEMO=0 ends the simulation."
	demoAuthor = "demo set-up"
	demoRetry  = 5 * time.Second
	demoTries  = 60
)

// demonstrate sets the demo tenant up once the API serves, and tries again while something isn't there yet. It never keeps
// the process from working.
func (x *parts) demonstrate(ctx context.Context) error {
	select {
	case <-x.serving:
	case <-ctx.Done():
		return nil
	}
	for range demoTries {
		tenant, err := x.setUpDemo(ctx)
		if err == nil {
			if tenant != 0 && x.p.Demo.Ready != nil {
				x.p.Demo.Ready(tenant)
			}
			return nil
		}
		x.p.Log.WarnContext(ctx, "the demo tenant is not set up; trying again", slog.String("error", err.Error()))
		if clock.Sleep(ctx, demoRetry) != nil {
			return nil //nolint:nilerr // the end was asked for
		}
	}
	x.p.Log.ErrorContext(ctx, "the demo tenant could not be set up; restart to try again, or set DEMO=0")
	return nil
}

// setUpDemo gives the demo tenant's id; 0 where somebody deleted it, who doesn't want it back.
func (x *parts) setUpDemo(ctx context.Context) (int64, error) {
	id, err := x.demoTenant(ctx)
	if err != nil || id == 0 {
		return 0, err
	}
	t := x.store.Tenant(id)
	if err := x.connectDemo(ctx, t); err != nil {
		return 0, err
	}
	return id, x.callDemo(ctx, t)
}

func (x *parts) demoTenant(ctx context.Context) (int64, error) {
	if x.p.Demo.Tenant != 0 {
		row, err := x.store.System().TenantByID(ctx, x.p.Demo.Tenant)
		if fault.Is(err, fault.NotFound) || err == nil && row.Status != models.TenantActive {
			return 0, nil
		}
		return x.p.Demo.Tenant, err
	}
	row := &models.Tenant{Name: DemoName, Description: demoAbout}
	err := x.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		if err := y.CreateTenant(ctx, row); err != nil {
			return err
		}
		return audit.WriteFor(ctx, y, row.ID, audit.Entry{
			Action: "tenant.create", ResourceType: "tenant", ResourceID: strconv.FormatInt(row.ID, 10), Username: demoAuthor,
			After: map[string]any{"name": row.Name, "description": row.Description},
		})
	})
	if err != nil {
		return 0, err
	}
	x.p.Demo.Tenant = row.ID
	return row.ID, x.p.Demo.Made(row.ID)
}

// connectDemo saves the connection where there is none, and again where the simulated server has moved. One that somebody
// put in its place stays.
func (x *parts) connectDemo(ctx context.Context, t *store.Tenant) error {
	file, err := velociraptor.ParseAPIClient(x.p.Demo.File)
	if err != nil {
		return err
	}
	have, err := t.VelociraptorConfig(ctx)
	if err == nil && (have.Username != file.Name || have.Address == file.Address && have.ExpiresAt != nil && have.ExpiresAt.Equal(file.Expires)) {
		return nil
	}
	q := fleet.Candidate{Transport: models.TransportGRPC, Secret: x.p.Demo.File}
	report, err := x.fleet.Test(ctx, t, &q, &models.VelociraptorConfig{})
	if err != nil {
		return err
	}
	return t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		row, err := x.fleet.Keep(ctx, t, q, report, store.VelociraptorChange{})
		if err != nil {
			return err
		}
		return audit.Write(ctx, t, audit.Entry{
			Action: "velociraptor.connect", ResourceType: "velociraptor", ResourceID: strconv.FormatInt(row.ID, 10), Username: demoAuthor,
			After: map[string]any{"address": row.Address, "username": row.Username, "server_version": row.ServerVersion},
		})
	})
}

// callDemo installs callbacks once: who removes them has seen enough of them. They work by an address of this process.
func (x *parts) callDemo(ctx context.Context, t *store.Tenant) error {
	_, err := t.CallbackSetup(ctx)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	var plan *fleet.CallbackPlan
	line := func(action string) audit.Entry {
		return audit.Entry{
			Action: action, ResourceType: "callbacks", ResourceID: plan.Callback.Artifact, Username: demoAuthor,
			After: map[string]any{"base_url": plan.Setup.BaseURL, "status": plan.Setup.Status},
		}
	}
	err = t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if plan, err = x.fleet.PrepareCallbacks(ctx, t, fleet.CallbackWish{BaseURL: "http://" + x.listens}); err != nil {
			return err
		}
		return audit.Write(ctx, t, line("callbacks.prepare"))
	})
	if err != nil {
		return err
	}
	if _, err := x.fleet.InstallCallbacks(ctx, t, plan); err != nil {
		return err
	}
	return t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.SaveCallbackSetup(ctx, plan.Setup); err != nil {
			return err
		}
		return audit.Write(ctx, t, line("callbacks.install"))
	})
}

// onThisMachine is an address by which this machine reaches what listens at addr.
func onThisMachine(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip, err := netip.ParseAddr(host); err != nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
