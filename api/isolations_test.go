package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func TestIsolationIsAskedForWithAReasonAndRefusedByRules(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	_, err := i.owner.Exec(t.Context(), "UPDATE hosts SET client_id = 'C.1' WHERE id = $1", i.idsA["hosts"])
	require.NoError(t, err)
	_, err = i.owner.Exec(t.Context(), "DELETE FROM isolations WHERE host_id = $1", i.idsA["hosts"])
	require.NoError(t, err)
	_, err = i.owner.Exec(t.Context(), "DELETE FROM host_labels WHERE host_id = $1", i.idsA["hosts"])
	require.NoError(t, err)
	path := "/api/hosts/" + i.idsA["hosts"]
	i.a.post(path+"/isolate", map[string]any{}).refused(http.StatusUnprocessableEntity, "invalid")
	i.a.post(path+"/isolate", map[string]any{"reason": "r", "confirm": "another"}).refused(http.StatusUnprocessableEntity, "invalid")

	i.a.do(http.MethodPut, "/api/velociraptor/isolation-rules", map[string]any{"never": map[string]any{
		"host_ids": []int64{}, "labels": []string{}, "hostnames": []string{marker + "*"},
	}}).ok(http.StatusOK)
	i.a.post(path+"/isolate", map[string]any{"reason": "r"}).refused(http.StatusConflict, "isolation_refused")
	i.a.do(http.MethodPut, "/api/velociraptor/isolation-rules", map[string]any{"never": map[string]any{
		"host_ids": []int64{}, "labels": []string{}, "hostnames": []string{"*"},
	}}).refused(http.StatusUnprocessableEntity, "invalid")
	i.a.do(http.MethodPut, "/api/velociraptor/isolation-rules", map[string]any{"never": map[string]any{
		"host_ids": []int64{}, "labels": []string{}, "hostnames": []string{},
	}}).ok(http.StatusOK)

	var order struct {
		ID       int64
		Status   string
		Verified *bool
		Username string
	}
	i.a.post(path+"/isolate", map[string]any{"reason": "r", "confirm": marker + "-HOST"}).ok(http.StatusAccepted).into(&order)
	require.Equal(t, "queued", order.Status)
	require.Nil(t, order.Verified)
	require.Equal(t, "alice", order.Username)
	var host struct{ Isolation string }
	i.a.get(path).into(&host)
	require.Equal(t, "pending", host.Isolation)
	i.a.post(path+"/release", map[string]any{"reason": "r"}).refused(http.StatusConflict, "isolation_running")
	var list []struct{ ID int64 }
	i.a.get(path + "/isolations").into(&list)
	require.Len(t, list, 1)
	i.somebody("Gamma", "gus", auth.RoleAdmin).post("/api/velociraptor/sync", nil).refused(http.StatusConflict, "velociraptor_not_configured")
	i.a.post("/api/velociraptor/sync", nil).ok(http.StatusAccepted)
}

func TestManyHostsAreIsolatedOnlyAfterAStepUp(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	_, err := i.owner.Exec(t.Context(), "INSERT INTO hosts (tenant_id, hostname) SELECT $1, 'many-' || n FROM generate_series(1, 11) AS n", i.a.user.TenantID)
	require.NoError(t, err)
	c := i.colleague(i.a.user.TenantID, "carl", auth.RoleAdmin)
	many := map[string]any{"resource": "hosts", "filter": map[string]any{"hostname": "many-*"}, "action": "isolate", "params": map[string]any{"reason": "r"}}
	c.post("/api/bulk", many).refused(http.StatusForbidden, "step_up_required")
	few := map[string]any{"resource": "hosts", "filter": map[string]any{"hostname": "many-1*"}, "action": "release", "params": map[string]any{"reason": "r"}}
	c.post("/api/bulk", few).ok(http.StatusAccepted)
	c.elevate().post("/api/bulk", many).ok(http.StatusAccepted)
	i.colleague(i.a.user.TenantID, "uma", auth.RoleUser).post("/api/bulk", few).refused(http.StatusForbidden, "action_denied")
}
