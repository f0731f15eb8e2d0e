package fleetsim

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// Params say what runs.
type Params struct {
	Fleet      velotest.Params
	User       string        // of the file
	File       string        // api_client file that is written; empty: none
	Control    string        // address of the control port, on loopback; empty: none
	EnrolEvery time.Duration // one endpoint more each; zero: never
	Out        io.Writer     // for the person at the terminal
}

// The bounds of what a machine carries.
const (
	mostEndpoints = 1_000_000
	mostRows      = 1_000_000
)

// Parse reads the flags. flag.ErrHelp stands for a call for help; every other error was said already.
func Parse(args []string, errw io.Writer) (Params, error) {
	p := Params{Fleet: velotest.Params{Clock: clock.System{}}}
	set := flag.NewFlagSet("fleet-sim", flag.ContinueOnError)
	set.SetOutput(errw)
	orgs := set.String("orgs", "", "orgs besides root, comma-separated; each has as many endpoints")
	set.IntVar(&p.Fleet.Endpoints, "endpoints", 200, "how many endpoints there are")
	set.StringVar(&p.Fleet.Address, "addr", "127.0.0.1:8001", "where the gRPC API listens; port 0 takes any free one")
	set.StringVar(&p.File, "out", "api_client.yaml", "where the api_client file is written; empty: nowhere")
	set.StringVar(&p.User, "user", "companion", "the user whom the file is for")
	set.DurationVar(&p.Fleet.Pace, "pace", 2*time.Second, "how long an endpoint takes for a collection, and the latest that it hears of a hunt")
	set.IntVar(&p.Fleet.RowsEach, "rows", 30, "rows of a process list, and of the like")
	set.Uint64Var(&p.Fleet.Seed, "seed", 1, "the same seed, the same fleet")
	set.DurationVar(&p.Fleet.Churn, "churn", 0, "every tenth endpoint comes and goes, so long each; 0: none does")
	set.DurationVar(&p.EnrolEvery, "enrol-every", 0, "one endpoint more each; 0: never")
	set.StringVar(&p.Fleet.State, "state", "", "folder that keeps what was done, so that a restart goes on; empty: nothing outlives the process")
	set.StringVar(&p.Control, "control", "", "loopback address of the control port (docs/SIMULATED_FLEET.md); empty: none")
	set.Usage = func() {
		fmt.Fprint(errw, "usage: velocicompanion-standalone fleet-sim [flags]\n\nA simulated Velociraptor server with its fleet. It says \"simulated\" in its version.\n\n")
		set.PrintDefaults()
	}
	if err := set.Parse(args); err != nil {
		return p, err
	}
	p.Fleet.Orgs = strings.FieldsFunc(*orgs, func(r rune) bool { return r == ',' || r == ' ' })
	err := p.check(set.Args())
	if err != nil {
		fmt.Fprintln(errw, "fleet-sim:", err)
	}
	return p, err
}

func (p Params) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case p.Fleet.Endpoints < 0 || p.Fleet.Endpoints > mostEndpoints:
		return fmt.Errorf("-endpoints must be between 0 and %d", mostEndpoints)
	case p.Fleet.RowsEach < 1 || p.Fleet.RowsEach > mostRows:
		return fmt.Errorf("-rows must be between 1 and %d", mostRows)
	case p.Fleet.Pace <= 0 || p.Fleet.Churn < 0 || p.EnrolEvery < 0:
		return errors.New("-pace must be more than nothing, -churn and -enrol-every not less")
	case p.User == "":
		return errors.New("-user must name somebody")
	case p.Control != "" && !loopback(p.Control):
		return errors.New("-control must be an address of loopback such as 127.0.0.1:8002: whoever reaches it rules the fleet")
	}
	return nil
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
