package activities

import "github.com/velocicompanion/velocicompanion/playbooks"

// catalog lists every action, one line each.
func catalog(d deps) []Action {
	return []Action{
		lift(sendNotification{}),
		lift(createCase{}),
		lift(updateCase{}),
		lift(addComment{}),
		lift(addTask{}),
		lift(addArtifact{}),
		lift(sendWebhook{d.http, d.egress}),
		liftWork(collectArtifact{}),
		lift(runVQL{d.fleet}),
		liftWork(startHunt{d.fleet}),
		liftWork(isolateHost{}),
		liftWork(releaseHost{}),
		lift(labelHost{d.fleet}),
	}
}

// Specs describes every action as pure data, for compiling, checking and showing playbooks.
func Specs() []playbooks.ActionSpec {
	actions := catalog(deps{})
	specs := make([]playbooks.ActionSpec, len(actions))
	for i, a := range actions {
		specs[i] = a.Spec
	}
	return specs
}
