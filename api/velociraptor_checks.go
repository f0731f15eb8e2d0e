package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fleet"
)

// checkBody is one check of a connection on the wire.
type checkBody struct {
	Name     string `json:"name" doc:"reach, tls, identity, org, version, permission.<name>, isolation or callbacks"`
	OK       bool   `json:"ok"`
	Optional bool   `json:"optional" doc:"the product works without it"`
	Skipped  bool   `json:"skipped" doc:"not tried, because a check before it failed"`
	Message  string `json:"message" doc:"what was found, or what to do"`
	Code     string `json:"code" doc:"stable; empty where it is well"`
	Took     int64  `json:"took_ms"`
}

func shapeChecks(r *fleet.Report) []checkBody {
	out := make([]checkBody, len(r.Checks))
	for i, c := range r.Checks {
		out[i] = checkBody{c.Name, c.OK, c.Optional, c.Skipped, c.Message, c.Code, int64(c.Took / time.Millisecond)}
	}
	return out
}

type orgBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type testVelociraptorIn struct {
	Body struct {
		ConnectionKeys
		ConnectionChoices
	}
}

type testVelociraptorOut struct {
	Body struct {
		OK            bool        `json:"ok" doc:"all checks but the optional ones are well"`
		Usable        bool        `json:"usable" doc:"it can be saved: what lacks can be granted later"`
		Checks        []checkBody `json:"checks" nullable:"false"`
		Address       string      `json:"address"`
		Username      string      `json:"username"`
		ServerVersion string      `json:"server_version"`
		ExpiresAt     *time.Time  `json:"expires_at"`
		Orgs          []orgBody   `json:"orgs" nullable:"false" doc:"that the server tells us of; the root org may be the only one"`
	}
}

// testVelociraptor tries the connection that the body proposes; without keys in it the saved one, in another org where one is
// named. Faults: Invalid for keys that can't be read, Conflict (velociraptor_not_configured).
func (a *API) testVelociraptor(ctx context.Context, in *testVelociraptorIn) (*testVelociraptorOut, error) {
	q, err := in.Body.candidate()
	if err != nil {
		return nil, err
	}
	choices, err := in.Body.change()
	if err != nil {
		return nil, err
	}
	var report *fleet.Report
	if q == nil {
		report, err = a.fleet.TestStored(ctx, a.tenant(ctx), in.Body.org())
	} else if err = a.keepOrg(ctx, in.Body.ConnectionKeys, q); err == nil {
		report, err = a.fleet.Test(ctx, a.tenant(ctx), q, chosen(choices))
	}
	if err != nil {
		return nil, belowBody(err)
	}
	return shapeTest(report), nil
}

func shapeTest(r *fleet.Report) *testVelociraptorOut {
	out := &testVelociraptorOut{}
	b := &out.Body
	b.OK, b.Usable, b.Checks, b.Address, b.Username, b.ServerVersion = r.OK(), r.Usable() == nil, shapeChecks(r), r.Address, r.Username, r.Version
	if !r.Expires.IsZero() {
		b.ExpiresAt = utc(&r.Expires)
	}
	b.Orgs = make([]orgBody, 0, len(r.Orgs))
	for _, o := range r.Orgs {
		b.Orgs = append(b.Orgs, orgBody{o.ID, o.Name})
	}
	return out
}
