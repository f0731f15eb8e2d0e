package fleet

import (
	"fmt"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const manyHosts = 1000

func (e *HuntEstimate) warnf(format string, args ...any) {
	e.Warnings = append(e.Warnings, fmt.Sprintf(format, args...))
}

// wrongSystem warns of an artifact whose name says that it is for another system.
func (e *HuntEstimate) wrongSystem(artifact, os string) {
	prefixes := map[string]string{"windows": "Windows.", "linux": "Linux.", "darwin": "MacOS."}
	for system, prefix := range prefixes {
		if !strings.HasPrefix(artifact, prefix) {
			continue
		}
		others := 0
		for family, n := range e.ByOS {
			if family != system {
				others += n
			}
		}
		switch {
		case os != "" && os != system:
			e.warnf("%s is for %s hosts: on %s it finds nothing or fails", artifact, system, os)
		case os == "" && others > 0:
			e.warnf("%s is for %s hosts: %d hosts of other systems will find nothing or fail; limit the hunt to %s", artifact, system, others, system)
		}
	}
}

// aboutScope warns of what the limits let through.
func (e *HuntEstimate) aboutScope(row *models.Hunt, targets store.HuntTargets) {
	switch {
	case targets.Of == 0:
		e.warnf("no host of the Velociraptor server is known here yet: the numbers say nothing until they are")
	case e.Hosts == 0:
		e.warnf("no host fits these limits")
	case e.Online == 0:
		e.warnf("none of the hosts is online: nothing comes until one is")
	case e.Online < e.Hosts && row.Until == models.HuntUntilIdle:
		e.warnf("%d hosts are offline: the hunt is over without them unless it is open until it expires", e.Hosts-e.Online)
	}
	if e.Hosts >= manyHosts {
		e.warnf("%d hosts are many: a limit or a label makes a good first try", e.Hosts)
	}
	if row.Mode == models.HuntByCollections {
		e.warnf("carried out as one collection on each host, because a hunt of the Velociraptor server would not keep these limits: hosts that enrol later are not in it")
	}
}
