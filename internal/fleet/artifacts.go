package fleet

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

// definitionsKept is how long a server's definitions are taken for what they were.
const definitionsKept = 5 * time.Minute

// Codes of faults about artifacts.
const (
	CodeArtifactUnknown    = "artifact_unknown"
	CodeArtifactNotAllowed = "artifact_not_allowed"
	CodeArtifactNeedsAdmin = "artifact_needs_admin"
)

// definitions is what one connection's server knows. Another connection, after a rotation for one, is another server.
type definitions struct {
	reading sync.Mutex // by one at a time

	server Server
	at     time.Time
	list   []velociraptor.Artifact
}

// Artifacts are the definitions of the tenant's server, sorted by name; they may be five minutes old. They are shared: not to
// be changed. Faults: those of Servers.Server, Unavailable.
func (s *Service) Artifacts(ctx context.Context, t *store.Tenant) ([]velociraptor.Artifact, error) {
	server, err := s.p.Servers.Server(ctx, t)
	if err != nil {
		return nil, err
	}
	known := s.definitionsOf(t.ID())
	known.reading.Lock()
	defer known.reading.Unlock()
	if known.server == server && s.p.Clock.Now().Sub(known.at) < definitionsKept {
		return known.list, nil
	}
	list, err := server.Artifacts(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b velociraptor.Artifact) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	known.server, known.at, known.list = server, s.p.Clock.Now(), list
	return list, nil
}

func (s *Service) definitionsOf(tenant int64) *definitions {
	known, _ := s.definitions.LoadOrStore(tenant, &definitions{})
	return known.(*definitions) //nolint:forcetypeassert // the only type that is stored
}

// ForgetArtifacts has the tenant's definitions read anew when they are next needed: one was just written.
func (s *Service) ForgetArtifacts(tenantID int64) { s.definitions.Delete(tenantID) }

// Artifact is one definition of the tenant's server. Faults: NotFound (artifact_unknown), those of Artifacts.
func (s *Service) Artifact(ctx context.Context, t *store.Tenant, name string) (velociraptor.Artifact, error) {
	list, err := s.Artifacts(ctx, t)
	if err != nil {
		return velociraptor.Artifact{}, err
	}
	if i := slices.IndexFunc(list, func(a velociraptor.Artifact) bool { return a.Name == name }); i >= 0 {
		return list[i], nil
	}
	text := "the Velociraptor server has no artifact " + quoted(name)
	if near := similar(list, name); near != "" {
		text += "; it has " + near
	}
	return velociraptor.Artifact{}, fault.New(fault.NotFound, "%s", text).WithCode(CodeArtifactUnknown)
}

// NeedsAdmin says whether collecting an artifact amounts to running code: it wants more than to read, or it is no question to
// an endpoint.
func NeedsAdmin(a *velociraptor.Artifact) bool {
	if !strings.EqualFold(a.Type, "client") {
		return true
	}
	return slices.ContainsFunc(a.Permissions, func(p string) bool {
		return !slices.Contains([]string{"FILESYSTEM_READ", "MACHINE_STATE", "READ_RESULTS", "NETWORK"}, strings.ToUpper(p))
	})
}

// CheckArtifact says whether somebody of this role may collect an artifact with these parameters, before the server is asked:
// that one takes unknown parameters silently. Faults: Invalid at artifact_name (artifact_unknown) and parameters.<name>,
// Forbidden (artifact_not_allowed, artifact_needs_admin), those of Artifacts.
func (s *Service) CheckArtifact(ctx context.Context, t *store.Tenant, name string, params map[string]string, role auth.Role) error {
	if strings.TrimSpace(name) == "" {
		return fault.InvalidField("artifact_name", "name an artifact of the Velociraptor server, for example Generic.Client.Info")
	}
	a, err := s.Artifact(ctx, t, name)
	if f := asUnknown(err); f != nil {
		return fault.InvalidField("artifact_name", "%s", f.Message).WithCode(CodeArtifactUnknown)
	}
	if err != nil {
		return err
	}
	config, err := t.VelociraptorConfig(ctx)
	if err != nil {
		return err
	}
	switch {
	case !config.Allows(name):
		return fault.New(fault.Forbidden, "%s is not on the list of artifacts that this tenant lets be collected: an administrator can put it there", name).
			WithCode(CodeArtifactNotAllowed)
	case NeedsAdmin(&a) && !role.AtLeast(auth.RoleAdmin):
		return fault.New(fault.Forbidden, "%s can run programs or is no question to an endpoint (%s): that needs the role admin; yours is %s",
			name, strings.Join(append([]string{a.Type}, a.Permissions...), ", "), role).WithCode(CodeArtifactNeedsAdmin)
	}
	return checkParams(&a, params)
}

func asUnknown(err error) *fault.Error {
	f, ok := err.(*fault.Error) //nolint:errorlint // Artifact's own, never wrapped
	if ok && f.StableCode() == CodeArtifactUnknown {
		return f
	}
	return nil
}
