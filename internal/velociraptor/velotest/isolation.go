package velotest

import (
	"slices"
	"strings"
	"time"
)

// quarantine is what the end of a quarantine artifact does: an attacked Linux endpoint fails its own connectivity test, and
// the artifact takes its policy back.
func (o *org) quarantine(f *flow, at time.Time) {
	i := slices.IndexFunc(f.artifacts, func(a string) bool { return strings.HasSuffix(a, ".Remediation.Quarantine") })
	if state, _, _ := f.state(at, o.p.Pace); i < 0 || state != stateFinished {
		return
	}
	if f.params[f.artifacts[i]]["RemovePolicy"] == "Y" {
		delete(o.cut, f.e.n)
	} else if !f.failsItsTest() {
		o.cut[f.e.n] = true
	}
}

func (f *flow) failsItsTest() bool { return f.e.system() == linux && f.e.attacked() }

// isolated: on Windows the label alone isolates.
func (o *org) isolated(e *endpoint) bool {
	return o.cut[e.n] || e.system() == windows && o.labelled(e, "Quarantine")
}

// quarantineRows say what was done.
func quarantineRows() table {
	return table{count: func(*collected) int { return 1 }, row: func(c *collected, _ int) record {
		result := "Quarantine policy applied"
		switch {
		case c.f.params[c.f.artifacts[0]]["RemovePolicy"] == "Y":
			result = "Quarantine policy removed"
		case c.f.failsItsTest():
			result = "Quarantine failed connectivity test: policy removed"
		}
		return record{{"Time", stamp(c.f.picked)}, {"Result", result}}
	}}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
