package activities_test

import (
	"log/slog"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/activities"
	"github.com/velocicompanion/velocicompanion/internal/egress"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// bundle is a tenant with one run in flight and the activities on real rows.
type bundle struct {
	s      *store.Store
	tenant *store.Tenant
	user   int64
	run    *models.Execution
	acts   *activities.Activities
}

func setup(t *testing.T, role string, allow ...string) bundle {
	t.Helper()
	s := testkit.Store(t)
	tenant, user := testkit.Actor(t, s, role)
	catalog, err := playbooks.NewCatalog(activities.Specs())
	require.NoError(t, err)
	dialer, err := egress.New(egress.Params{Allow: allow})
	require.NoError(t, err)
	return bundle{
		s: s, tenant: s.Tenant(tenant), user: user,
		run: testkit.Execution(t, s, tenant, testkit.Playbook(t, s, tenant, user, map[string]any{}), user),
		acts: activities.New(activities.Params{
			Store: s, Checker: catalog, Egress: dialer, Log: slog.New(slog.DiscardHandler),
		}),
	}
}

// input is a step's with this action.
func (b bundle) input(key, action string, params map[string]any) contract.StepInput {
	return contract.StepInput{
		Run: contract.Run{TenantID: b.tenant.ID(), ExecutionID: b.run.ID, ActorID: b.user, Causation: []string{"cause"}},
		Key: key, ID: key, Action: action, Role: "user", Params: params, Retries: true,
	}
}

// step carries out one attempt.
func (b bundle) step(t *testing.T, in contract.StepInput) (contract.StepResult, error) {
	t.Helper()
	for _, a := range b.acts.Actions() {
		if a.Spec.Name == in.Action {
			return b.acts.Step(a)(t.Context(), in)
		}
	}
	t.Fatalf("no action %s", in.Action)
	return contract.StepResult{}, nil
}

func (b bundle) row(t *testing.T, key string) *models.ExecutionStep {
	t.Helper()
	rows, err := b.tenant.Steps(t.Context(), b.run.ID)
	require.NoError(t, err)
	for i := range rows {
		if rows[i].Key == key {
			return &rows[i]
		}
	}
	return nil
}

func requireKind(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, kind, fault.KindOf(err), "%v", err)
}

// answering is a server's handler that counts its calls.
type answering struct {
	status int
	body   string
	keys   []string
}

func (a *answering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.keys = append(a.keys, r.Header.Get("Idempotency-Key"))
	w.WriteHeader(a.status)
	_, _ = w.Write([]byte(a.body))
}
