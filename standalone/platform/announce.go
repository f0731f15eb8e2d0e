package platform

import (
	"fmt"
	"io"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/config"
)

// announce says where everything is.
func announce(out io.Writer, f *folder, cfg *config.Config, addr string) error {
	rows := []string{
		"",
		"  VelociCompanion is up",
		"",
		"  Screen          " + cfg.PublicURL,
		"  API             " + cfg.PublicURL + "/api  (reference: " + cfg.PublicURL + "/docs, listening on " + addr + ")",
		"  Temporal Web UI " + cfg.PublicURL + "/temporal  (sign in on the screen first)",
		"  Temporal        " + cfg.TemporalAddress + ", namespace " + cfg.TemporalNamespace,
		"  Data            " + f.path,
		"  Connections     " + f.join(runFile) + "  (DATABASE_URL and the rest, for your shell)",
	}
	if _, err := fmt.Fprintln(out, strings.Join(rows, "\n")); err != nil {
		return fmt.Errorf("say where everything is: %w", err)
	}
	return nil
}

// announceServers gives the addresses of the servers alone as lines that a shell or a test can read.
func announceServers(out io.Writer, f *folder, vars variables, want wanted) error {
	rows := []string{"", "  The servers are up; Ctrl-C stops them. Settings for api and worker: " + f.join(runFile), ""}
	if want.postgres {
		rows = append(rows, "DATABASE_URL="+vars["DATABASE_URL"])
	}
	if want.temporal {
		rows = append(rows, "TEMPORAL_ADDRESS="+vars["TEMPORAL_ADDRESS"])
	}
	if want.ui {
		rows = append(rows, "TEMPORAL_UI_URL="+vars["TEMPORAL_UI_URL"])
	}
	if _, err := fmt.Fprintln(out, strings.Join(rows, "\n")); err != nil {
		return fmt.Errorf("say where the servers are: %w", err)
	}
	return nil
}
