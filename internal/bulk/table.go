package bulk

import (
	"slices"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// Actions is the table of everything that can be done to many rows at once.
func Actions() []Action {
	return slices.Concat(hostActions(), artifactActions(), caseActions())
}

func hostActions() []Action {
	return []Action{
		lift(addLabels()), lift(removeLabels()), lift(setCriticality()), lift(setOwner()), lift(addHostsToCase()), lift(runPlaybookOn(models.BulkHosts)),
		lift(isolateHosts()), lift(releaseHosts()),
		exporting(models.BulkHosts, auth.HostsRead), lift(deleteHosts()),
	}
}

func artifactActions() []Action {
	return []Action{
		lift(setTLP()), lift(setExpiry()), lift(markFalsePositive()), lift(unmarkFalsePositive()), lift(addArtifactTags()), lift(removeArtifactTags()),
		lift(addArtifactsToCase()), lift(runPlaybookOn(models.BulkArtifacts)), exporting(models.BulkArtifacts, auth.IndicatorsRead), lift(deleteArtifacts()),
	}
}

func caseActions() []Action {
	return []Action{
		lift(setCaseStatus()), lift(setCaseSeverity()), lift(assignCases()), lift(addCaseTags()), lift(removeCaseTags()),
		lift(runPlaybookOn(models.BulkCases)), exporting(models.BulkCases, auth.CasesRead), lift(deleteCases()),
	}
}

// Find gives an action by resource and name. Faults: Invalid on the field "body.action".
func Find(resource, name string) (Action, error) {
	all := Actions()
	i := slices.IndexFunc(all, func(a Action) bool { return a.Resource == resource && a.Name == name })
	if i < 0 {
		return Action{}, fault.InvalidField("body.action", "there is no such action on %s", resource)
	}
	return all[i], nil
}

// Reading is the permission that seeing rows of a resource needs.
func Reading(resource string) auth.Permission {
	switch resource {
	case models.BulkArtifacts:
		return auth.IndicatorsRead
	case models.BulkCases:
		return auth.CasesRead
	default:
		return auth.HostsRead
	}
}
