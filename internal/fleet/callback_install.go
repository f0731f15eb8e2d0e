package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// The checks of an installation of callbacks, in their order.
const (
	CheckCallbackKey        = "key"        // the server's metadata holds it
	CheckCallbackArtifact   = "artifact"   // the server has the definition
	CheckCallbackMonitoring = "monitoring" // the server runs it, with our address
	CheckCallbackCall       = "call"       // the server reaches us: a signed call came
)

const callbackWithin = 45 * time.Second // for all that is done on the server

// keySetter is a server that takes a key past its log.
type keySetter interface {
	SetServerKey(ctx context.Context, key, value string) error
}

// installation is a plan on its way to the server.
type installation struct {
	*CallbackPlan

	t      *store.Tenant
	server Server
	checks []Check
	clock  clock.Clock
	log    *slog.Logger
}

// InstallCallbacks carries a plan out on the server: the key, the artifact, its place in what the server runs, and a call to
// see that it arrives. It says what came of each; status of the setup says whether a person has something left to do. Faults:
// those of finding the server.
func (s *Service) InstallCallbacks(ctx context.Context, t *store.Tenant, plan *CallbackPlan) ([]Check, error) {
	x := &installation{CallbackPlan: plan, t: t, clock: s.p.Clock, log: s.p.Log}
	if plan.manual {
		return x.checks, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callbackWithin)
	defer cancel()
	var err error
	if x.server, err = s.p.Servers.Server(ctx, t); err != nil {
		return nil, err
	}
	well := x.check(ctx, true, Check{Name: CheckCallbackKey}, x.putKey)
	well = x.check(ctx, well, Check{Name: CheckCallbackArtifact}, x.putArtifact)
	if well = x.check(ctx, well, Check{Name: CheckCallbackMonitoring}, x.putMonitoring); well {
		plan.Setup.Status = models.CallbacksInstalled
	}
	x.check(ctx, well, Check{Name: CheckCallbackCall, Optional: true}, x.call)
	plan.Setup.Checks, err = json.Marshal(x.checks)
	return x.checks, err
}

// check makes one check, unless the one that it builds on failed.
func (x *installation) check(ctx context.Context, after bool, c Check, do func(context.Context) (string, error)) bool {
	if c.Skipped = !after; c.Skipped {
		c.Message = "not tried"
		x.checks = append(x.checks, c)
		return false
	}
	begun := x.clock.Now()
	message, err := do(ctx)
	c.Took, c.OK, c.Message = x.clock.Now().Sub(begun), err == nil, message
	if err != nil {
		c.Message = advice(c.Name, err)
		if f, ok := errors.AsType[*fault.Error](err); ok {
			c.Code = f.StableCode()
		}
		x.log.WarnContext(ctx, "callbacks could not be installed", slog.Int64("tenant_id", x.t.ID()), slog.String("check", c.Name), slog.String("error", c.Message))
	}
	x.checks = append(x.checks, c)
	return c.OK
}

// advice is what went wrong, with the permission that our user lacks where that is it.
func advice(name string, err error) string {
	text := fault.Safe(err)
	if !fault.Is(err, fault.Forbidden) {
		return text
	}
	needs := map[string]string{CheckCallbackKey: "server_admin", CheckCallbackArtifact: "server_artifact_writer"}[name]
	if needs == "" {
		needs = "collect_server"
	}
	return text + " (our user needs the permission " + needs + " for it, or a person does it by hand)"
}

// putKey writes the key into the server's metadata: past its log where that goes, and sees by its hash that it is there.
func (x *installation) putKey(ctx context.Context) (string, error) {
	if direct, ok := x.server.(keySetter); ok {
		err := direct.SetServerKey(ctx, x.Callback.KeyName, x.Key)
		if err == nil && x.keyIsThere(ctx) == nil {
			return "the key is in the server's metadata and was not logged", nil
		}
	}
	if err := velociraptor.SetServerMetadata(ctx, x.server, x.Callback.KeyName, x.Key); err != nil {
		return "", err
	}
	if err := x.keyIsThere(ctx); err != nil {
		return "", err
	}
	return "the key is in the server's metadata; the server logged the statement that put it there", nil
}

func (x *installation) keyIsThere(ctx context.Context) error {
	digest, err := velociraptor.ServerMetadataDigest(ctx, x.server, x.Callback.KeyName)
	if err != nil {
		return err
	}
	if want := sha256.Sum256([]byte(x.Key)); digest != hex.EncodeToString(want[:]) {
		return fault.New(fault.Conflict, "the server took the key and doesn't have it under %s", x.Callback.KeyName).WithCode("callback_key")
	}
	return nil
}

func (x *installation) putArtifact(ctx context.Context) (string, error) {
	definition, err := x.Callback.Definition()
	if err != nil {
		return "", err
	}
	if err := velociraptor.SetArtifact(ctx, x.server, definition); err != nil {
		return "", err
	}
	found, err := velociraptor.FindArtifact(ctx, x.server, x.Callback.Artifact)
	if err != nil {
		return "", err
	}
	for name := range x.Callback.Parameters() {
		known := false
		for _, p := range found.Params {
			known = known || p.Name == name
		}
		if !known {
			return "", fault.New(fault.Conflict, "the server has another artifact under %s: it lacks the parameter %s", found.Name, name).WithCode("callback_artifact")
		}
	}
	return "the server has " + found.Name, nil
}

func (x *installation) putMonitoring(ctx context.Context) (string, error) {
	if err := velociraptor.AddServerMonitoring(ctx, x.server, x.Callback.Artifact, x.Callback.Parameters()); err != nil {
		return "", err
	}
	params, err := velociraptor.ServerMonitoring(ctx, x.server, x.Callback.Artifact)
	if err != nil {
		return "", err
	}
	if want := x.Callback.Parameters(); params["CallbackURL"] != want["CallbackURL"] || params["KeyName"] != want["KeyName"] {
		return "", fault.New(fault.Conflict, "the server runs it with other parameters").WithCode("callback_monitoring")
	}
	return "the server runs it from now on", nil
}

// call has the server call us, and sees that the call came.
func (x *installation) call(ctx context.Context) (string, error) {
	nonce := hex.EncodeToString(clock.Bytes(12))
	if err := velociraptor.Ping(ctx, x.server, x.Callback, nonce); err != nil {
		return "", err
	}
	came, err := x.t.CallbackCame(ctx, models.CallbackPing, nonce)
	if err != nil {
		return "", err
	}
	if !came {
		return "", fault.New(fault.Conflict, "the server's call was answered by somebody else at %s", x.Setup.BaseURL).WithCode("callback_elsewhere")
	}
	return "a signed call of the server came", nil
}

// RemoveFromServer takes away from the server what an installation put there, as far as that goes, and says what did.
func (s *Service) RemoveFromServer(ctx context.Context, t *store.Tenant, setup *models.CallbackSetup) []Check {
	ctx, cancel := context.WithTimeout(ctx, callbackWithin)
	defer cancel()
	x := &installation{CallbackPlan: &CallbackPlan{Setup: setup, Callback: callbackOf(setup, "")}, t: t, clock: s.p.Clock, log: s.p.Log}
	reached := x.check(ctx, true, Check{Name: CheckReach}, func(ctx context.Context) (text string, err error) {
		if x.server, err = s.p.Servers.Server(ctx, t); err != nil {
			return "", err
		}
		return "the server answers", x.server.Check(ctx)
	})
	x.check(ctx, reached, Check{Name: CheckCallbackMonitoring}, func(ctx context.Context) (string, error) {
		return "the server doesn't run it any more", velociraptor.RemoveServerMonitoring(ctx, x.server, x.Callback.Artifact)
	})
	x.check(ctx, reached, Check{Name: CheckCallbackArtifact}, func(ctx context.Context) (string, error) {
		return "the artifact is removed", velociraptor.DeleteArtifact(ctx, x.server, x.Callback.Artifact)
	})
	x.check(ctx, reached, Check{Name: CheckCallbackKey}, func(ctx context.Context) (string, error) {
		return "the key is removed", velociraptor.RemoveServerMetadata(ctx, x.server, x.Callback.KeyName)
	})
	return x.checks
}

// CallbackManual is how a person sets callbacks up, or removes them, on the server.
type CallbackManual struct {
	Artifact   string
	Definition string // the artifact's YAML
	Parameters map[string]string
	KeyName    string
	Key        string // what to put there; empty: it was shown when it was made
	Steps      []string
}

// Manual are the steps to set a callback up by hand. key is empty where it was shown before.
func Manual(c velociraptor.Callback, key string) (*CallbackManual, error) {
	definition, err := c.Definition()
	if err != nil {
		return nil, err
	}
	where := "the key shown here"
	if key == "" {
		where = "the key that was shown when it was made; install anew (with manual) for another one"
	}
	return &CallbackManual{
		Artifact: c.Artifact, Definition: definition, Parameters: maps.Clone(c.Parameters()), KeyName: c.KeyName, Key: key,
		Steps: []string{
			"In Velociraptor's web interface, in the org that this tenant is connected to, as an administrator:",
			"Server metadata: on the home page choose Server Metadata (or open the client \"server\"), add the key " + c.KeyName + " with " + where + " as its value, and save.",
			"Artifacts: View Artifacts, Add an Artifact, replace the text by the artifact's YAML, and save it as " + c.Artifact + ".",
			"Server events: Server Events, Update server monitoring table, add " + c.Artifact + ", and give it the parameters shown here.",
			"Collect something from a host that is online: within some seconds this page says when the last call came.",
		},
	}, nil
}

// ManualRemoval are the steps to take a callback away by hand.
func ManualRemoval(setup *models.CallbackSetup) []string {
	c := callbackOf(setup, "")
	return []string{
		"In Velociraptor's web interface, in the org that this tenant was connected to, as an administrator:",
		"Server events: Server Events, Update server monitoring table, remove " + c.Artifact + ".",
		"Artifacts: View Artifacts, choose " + c.Artifact + ", and delete it.",
		"Server metadata: remove the key " + c.KeyName + ".",
	}
}
