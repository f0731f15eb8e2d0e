package runs

import (
	"slices"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// MayRun refuses a run that would do more than the person it acts as may. Faults: Forbidden (role_too_low).
func MayRun(who auth.Principal, plan *playbooks.Plan) error {
	for _, s := range slices.Concat(plan.Steps, plan.OnFailure) {
		if s.Role != "" && !who.Role.AtLeast(auth.Role(s.Role)) {
			return fault.New(fault.Forbidden, "step %s (%s) needs the role %s, and you are %s", s.ID, s.Action, s.Role, who.Role).WithCode("role_too_low")
		}
	}
	return nil
}
