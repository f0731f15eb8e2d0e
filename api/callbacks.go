package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// callbackRoutes are about the calls by which a Velociraptor server says at once what has ended.
func (a *API) callbackRoutes() {
	const tag, path = "velociraptor", "/api/velociraptor/callbacks"
	registerRaw(a, op{Method: http.MethodPost, Path: path + "/{tenant_key}", ID: "call-back", Summary: "A Velociraptor server says that something has ended; signed", Tag: tag, Needs: auth.Public}, a.receiveCallback, callbackDoc)
	register(a, op{Method: http.MethodGet, Path: path, ID: "get-callbacks", Summary: "Whether the server calls us, and when it last did", Tag: tag, Needs: auth.VelociraptorManage}, a.getCallbacks)
	register(a, op{Method: http.MethodPost, Path: path + "/install", ID: "install-callbacks", Summary: "Have the server call us: its artifact is written, run and checked; or the steps for somebody who may", Tag: tag, Needs: auth.VelociraptorManage, EmptyBody: true}, a.installCallbacks)
	register(a, op{Method: http.MethodDelete, Path: path + "/install", ID: "remove-callbacks", Summary: "Take no calls any more, and take the artifact away from the server", Tag: tag, Needs: auth.VelociraptorManage, Status: http.StatusOK}, a.removeCallbacks)
	register(a, op{Method: http.MethodGet, Path: path + "/manual", ID: "get-callback-steps", Summary: "The artifact, and how to install it by hand", Tag: tag, Needs: auth.VelociraptorManage}, a.callbackSteps)
}

// CallbackCheck is one thing that an installation of callbacks needs, and whether it is so.
type CallbackCheck struct {
	Name     string `json:"name" doc:"key, artifact, monitoring, call; reach where something is removed"`
	OK       bool   `json:"ok"`
	Optional bool   `json:"optional" doc:"the installation stands without it"`
	Skipped  bool   `json:"skipped" doc:"not tried: what it builds on failed"`
	Message  string `json:"message" doc:"what was found, or what to do"`
	Code     string `json:"code"`
	Took     int64  `json:"took_ms"`
}

func shapeCallbackChecks(checks []fleet.Check) []CallbackCheck {
	out := make([]CallbackCheck, len(checks))
	for i, c := range checks {
		out[i] = CallbackCheck{c.Name, c.OK, c.Optional, c.Skipped, c.Message, c.Code, c.Took.Milliseconds()}
	}
	return out
}

// CallbackManual is how a person sets callbacks up on the server.
type CallbackManual struct {
	Artifact     string            `json:"artifact" doc:"its name"`
	ArtifactYAML string            `json:"artifact_yaml"`
	Parameters   map[string]string `json:"parameters" doc:"of the artifact, in the table of server events"`
	KeyName      string            `json:"key_name" doc:"of the server's metadata"`
	Key          string            `json:"key,omitempty" doc:"to be put there; told this once"`
	Steps        []string          `json:"steps" nullable:"false"`
}

func shapeManual(m *fleet.CallbackManual) *CallbackManual {
	return &CallbackManual{Artifact: m.Artifact, ArtifactYAML: m.Definition, Parameters: m.Parameters, KeyName: m.KeyName, Key: m.Key, Steps: m.Steps}
}

// CallbacksBody is how callbacks stand.
type CallbacksBody struct {
	Installed   bool            `json:"installed" doc:"the server runs our artifact, as far as the last installation saw"`
	Status      string          `json:"status" enum:"none,installed,manual" doc:"manual: a person has something to do on the server; calls that come are taken"`
	Artifact    string          `json:"artifact"`
	OrgID       string          `json:"org_id"`
	BaseURL     string          `json:"base_url" doc:"how the server reaches us"`
	URL         string          `json:"url" doc:"what the server calls; its last part is for the server only"`
	RootCA      bool            `json:"root_ca" doc:"the server was given certificates to trust for it"`
	InstalledAt *time.Time      `json:"installed_at"`
	LastAt      *time.Time      `json:"last_at" doc:"when the server last called, within the last 30 days"`
	Count       int64           `json:"count" doc:"what it said within the last 30 days, each word once"`
	Repeats     int64           `json:"repeats" doc:"calls that said what was known"`
	Checks      []CallbackCheck `json:"checks" nullable:"false" doc:"what the last installation found"`
}

func (a *API) shapeCallbacks(ctx context.Context, t *store.Tenant) (out CallbacksBody, err error) {
	out = CallbacksBody{Status: "none", Checks: []CallbackCheck{}}
	counts, err := t.CallbackCounts(ctx)
	if err != nil {
		return out, err
	}
	out.Count, out.Repeats, out.LastAt = counts.Count, counts.Repeats, utc(counts.LastAt)
	setup, err := t.CallbackSetup(ctx)
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	called, err := a.fleet.CallbackAddress(ctx, t, setup)
	if fault.Is(err, fault.Conflict) {
		called.URL = "" // what can't be opened is not shown; everything else is
	} else if err != nil {
		return out, err
	}
	var checks []fleet.Check
	if err := json.Unmarshal(setup.Checks, &checks); err != nil {
		return out, fault.Wrap(err, fault.Internal, "the checks of callbacks can't be read")
	}
	out.Status, out.Installed, out.BaseURL, out.OrgID, out.RootCA = setup.Status, setup.Status == models.CallbacksInstalled, setup.BaseURL, setup.OrgID, setup.RootCA != ""
	out.Artifact, out.URL, out.InstalledAt, out.Checks = called.Artifact, called.URL, utc(&setup.InstalledAt), shapeCallbackChecks(checks)
	return out, nil
}

type callbacksOut struct{ Body CallbacksBody }

func (a *API) getCallbacks(ctx context.Context, _ *struct{}) (*callbacksOut, error) {
	if err := a.hasFleet(); err != nil {
		return nil, err
	}
	body, err := a.shapeCallbacks(ctx, a.tenant(ctx))
	return &callbacksOut{body}, err
}

// hasFleet refuses where no Velociraptor server can be worked with.
func (a *API) hasFleet() error {
	if a.fleet == nil {
		return fault.New(fault.Unavailable, "this process works with no Velociraptor server")
	}
	return nil
}

type installCallbacksIn struct {
	Body struct {
		BaseURL string `json:"base_url,omitempty" maxLength:"500" doc:"how the Velociraptor server reaches us, where that is not how people do"`
		RootCA  string `json:"root_ca,omitempty" maxLength:"65536" doc:"PEM certificates that the server is to trust for it"`
		Manual  bool   `json:"manual,omitempty" doc:"touch nothing on the server: a person does it, by the steps of the answer"`
	}
}

type installCallbacksOut struct {
	Body struct {
		CallbacksBody

		Manual *CallbackManual `json:"manual" doc:"what is left for a person to do; null: nothing"`
	}
}

// installCallbacks makes a new address and key, and brings them to the server. What the server refuses is left to a person:
// the answer has the steps. Faults: Conflict (velociraptor_not_configured), Invalid.
func (a *API) installCallbacks(ctx context.Context, in *installCallbacksIn) (*installCallbacksOut, error) {
	if err := a.hasFleet(); err != nil {
		return nil, err
	}
	var plan *fleet.CallbackPlan
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		plan, err = a.fleet.PrepareCallbacks(ctx, t, fleet.CallbackWish{BaseURL: in.Body.BaseURL, RootCA: in.Body.RootCA, Manual: in.Body.Manual})
		if err != nil {
			return e, inBody(err)
		}
		return callbackEntry("callbacks.prepare", plan.Callback, map[string]any{
			"base_url": plan.Setup.BaseURL, "org_id": plan.Setup.OrgID, "root_ca": plan.Setup.RootCA != "", "manual": in.Body.Manual,
		}), nil
	})
	if err != nil {
		return nil, err
	}
	checks, err := a.fleet.InstallCallbacks(ctx, a.tenant(ctx), plan)
	if err != nil {
		checks = []fleet.Check{{Name: fleet.CheckReach, Message: fault.Safe(err), Code: codeOfFault(err)}}
		if plan.Setup.Checks, err = json.Marshal(checks); err != nil {
			return nil, err
		}
	}
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		e := callbackEntry("callbacks.install", plan.Callback, map[string]any{"status": plan.Setup.Status, "failed": fleet.Failed(checks)})
		return e, t.SaveCallbackSetup(ctx, plan.Setup)
	})
	if err != nil {
		return nil, err
	}
	return a.installedCallbacks(ctx, plan)
}

func (a *API) installedCallbacks(ctx context.Context, plan *fleet.CallbackPlan) (out *installCallbacksOut, err error) {
	out = &installCallbacksOut{}
	if out.Body.CallbacksBody, err = a.shapeCallbacks(ctx, a.tenant(ctx)); err != nil {
		return nil, err
	}
	if plan.Setup.Status == models.CallbacksInstalled {
		return out, nil
	}
	steps, err := fleet.Manual(plan.Callback, plan.Key)
	if err != nil {
		return nil, err
	}
	out.Body.Manual = shapeManual(steps)
	return out, nil
}

// callbackEntry is a line about callbacks; it never holds the address's last part or the key.
func callbackEntry(action string, c velociraptor.Callback, after map[string]any) audit.Entry {
	after["artifact"] = c.Artifact
	return audit.Entry{Action: action, ResourceType: "callbacks", ResourceID: c.Artifact, After: after}
}

type removeCallbacksOut struct {
	Body struct {
		Removed bool            `json:"removed" doc:"the server has nothing of ours any more; calls are refused in any case"`
		Checks  []CallbackCheck `json:"checks" nullable:"false"`
		Steps   []string        `json:"steps" nullable:"false" doc:"what is left for a person to do on the server"`
	}
}

// removeCallbacks takes no calls from now on, and then takes the artifact away from the server as far as that goes. Faults:
// NotFound (callbacks_not_installed).
func (a *API) removeCallbacks(ctx context.Context, _ *struct{}) (*removeCallbacksOut, error) {
	if err := a.hasFleet(); err != nil {
		return nil, err
	}
	var setup *models.CallbackSetup
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if setup, err = t.RemoveCallbacks(ctx); err != nil {
			return e, noCallbacks(err)
		}
		return audit.Entry{
			Action: "callbacks.remove", ResourceType: "callbacks", ResourceID: velociraptor.CallbackPrefix + setup.Suffix,
			Before: map[string]any{"status": setup.Status, "base_url": setup.BaseURL, "org_id": setup.OrgID},
		}, nil
	})
	if err != nil {
		return nil, err
	}
	checks := a.fleet.RemoveFromServer(ctx, a.tenant(ctx), setup)
	out := &removeCallbacksOut{}
	out.Body.Checks, out.Body.Steps, out.Body.Removed = shapeCallbackChecks(checks), []string{}, len(fleet.Failed(checks)) == 0
	if !out.Body.Removed {
		out.Body.Steps = fleet.ManualRemoval(setup)
		a.log.WarnContext(ctx, "callbacks are not removed from the server", slog.Int64("tenant_id", actor(ctx).TenantID))
	}
	return out, nil
}

func noCallbacks(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.NotFound {
		return fault.New(fault.NotFound, "callbacks are not installed").WithCode("callbacks_not_installed")
	}
	return err
}

type callbackStepsOut struct{ Body *CallbackManual }

// callbackSteps are the steps of the installation that is there; the key was shown when it was made. Faults: NotFound
// (callbacks_not_installed).
func (a *API) callbackSteps(ctx context.Context, _ *struct{}) (*callbackStepsOut, error) {
	if err := a.hasFleet(); err != nil {
		return nil, err
	}
	t := a.tenant(ctx)
	setup, err := t.CallbackSetup(ctx)
	if err != nil {
		return nil, noCallbacks(err)
	}
	called, err := a.fleet.CallbackAddress(ctx, t, setup)
	if err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	steps, err := fleet.Manual(called, "")
	if err != nil {
		return nil, err
	}
	return &callbackStepsOut{shapeManual(steps)}, nil
}
