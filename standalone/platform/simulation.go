package platform

import (
	"fmt"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/standalone/demo"
)

// Simulation is what the application needs to set the demo tenant up.
type Simulation struct {
	File     []byte                     // the simulated server's api_client file
	Tenant   int64                      // that an earlier start made; 0: none yet
	Remember func(tenantID int64) error // keeps the tenant's id
	Ready    func(tenantID int64)       // the tenant is connected
}

// demoName is what internal/app calls the tenant.
const demoName = "Demo (simulated)"

// simulate starts the simulated fleet where there is to be a demo: never beside somebody else's database. What it gives is
// nil then; stop may be called always. The demo is no reason not to start.
func (p Params) simulate(f *folder, vars variables, want wanted) (s *Simulation, stop func()) {
	stop = func() {}
	cfg, err := vars.config()
	if err != nil || !cfg.Demo || !want.postgres {
		return nil, stop
	}
	d, err := demo.Start(demo.Params{Dir: f.join("demo"), Clock: clock.System{}})
	if err != nil {
		p.Log.Error("there is no demo", "error", err)
		return nil, stop
	}
	// Its address is the only one of loopback that tenants may reach.
	vars["EGRESS_ALLOW"] = strings.Trim(vars["EGRESS_ALLOW"]+","+d.Address(), ",")
	return &Simulation{File: d.File(), Tenant: d.Tenant(), Remember: d.Remember, Ready: func(int64) {
		p.progress().line(fmt.Sprintf("Demo            tenant %q with %d simulated endpoints: Tenants, its name, Visit (DEMO=0 leaves it out)", demoName, demo.Endpoints))
	}}, d.Close
}
