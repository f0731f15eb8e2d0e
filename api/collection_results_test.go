package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func TestACollectionsRowsAreFilteredAsAHuntsAre(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("Alpha", "alice", auth.RoleAdmin)
	c.post(configPath, map[string]any{"api_client": b.apiClient()})
	var made struct {
		ID int64 `json:"id"`
	}
	c.post("/api/velociraptor/collect", map[string]any{"client_id": "C.0123456789abcdef", "artifact_name": "Generic.Client.Info"}).into(&made)
	path := fmt.Sprintf("/api/velociraptor/collections/%d/results", made.ID)
	for _, filter := range []string{"?artifact=Generic.Client.Info/Users", "?field=Name&value=a*", "?q=admin"} {
		a := c.get(path + filter)
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.Equal(t, http.StatusOK, c.get(path+"/export"+filter).status)
	}
	c.get(path+"?nope=1").refused(http.StatusUnprocessableEntity, "invalid")
}
