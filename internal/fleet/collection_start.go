package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// CollectRequest asks for one artifact from one endpoint.
type CollectRequest struct {
	HostID   int64  // this
	ClientID string // or this
	Artifact string
	Params   map[string]string
	Timeout  time.Duration // on the endpoint; 0: the artifact's own
	MaxRows  int64         // 0: the server's own limit
	Wait     time.Duration // how long an endpoint is waited for that doesn't answer; 0: 7 days
}

// The bounds of a request to collect.
const (
	MaxCollectTimeout = 24 * time.Hour
	MaxCollectRows    = 10_000_000
	maxCollectParams  = 200
)

// CheckCollection says whether somebody may collect this, and makes the row of it, which is not written yet. What only the
// server knows is left to the collection itself where the server is away: it can be asked for then too. Faults: Invalid at the
// field, Forbidden, Conflict (velociraptor_not_configured).
func (s *Service) CheckCollection(ctx context.Context, t *store.Tenant, q CollectRequest, who auth.Principal) (*models.Collection, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	err := s.CheckArtifact(ctx, t, q.Artifact, q.Params, who.Role)
	_, passes := collectionCause(err)
	away := err != nil && passes && isOfServer(err)
	if err != nil && !away {
		return nil, err
	}
	params, err := json.Marshal(q.Params)
	if err != nil {
		return nil, fault.InvalidField("parameters", "can't be written as JSON")
	}
	row := &models.Collection{
		ClientID: q.ClientID, ArtifactName: q.Artifact, Parameters: params, TimeoutSeconds: int(q.Timeout / time.Second), MaxRows: q.MaxRows,
		WaitSeconds: int(q.Wait / time.Second), Checked: !away, Role: string(who.Role), CreatedBy: &who.UserID, Username: who.Username,
	}
	if q.HostID != 0 {
		row.HostID = &q.HostID
	}
	return row, nil
}

func (q *CollectRequest) check() error {
	switch {
	case q.HostID == 0 && q.ClientID == "":
		return fault.InvalidField("host_id", "name a host, or a client_id")
	case q.HostID < 0:
		return fault.InvalidField("host_id", "must be a number from 1 on")
	case q.ClientID != "" && !isClientID(q.ClientID):
		return fault.InvalidField("client_id", "must be a client's id, such as C.8b0c1f6e2a9d4c57")
	case q.Timeout < 0 || q.Timeout > MaxCollectTimeout:
		return fault.InvalidField("timeout", "must be between 0 and %d seconds", int(MaxCollectTimeout/time.Second))
	case q.MaxRows < 0 || q.MaxRows > MaxCollectRows:
		return fault.InvalidField("max_rows", "must be between 0 and %d", MaxCollectRows)
	case q.Wait < 0 || q.Wait > store.MaxCollectionWait:
		return fault.InvalidField("wait", "must be between 0 and %d seconds", int(store.MaxCollectionWait/time.Second))
	case len(q.Params) > maxCollectParams:
		return fault.InvalidField("parameters", "must be at most %d", maxCollectParams)
	}
	for name, value := range q.Params {
		if !utf8.ValidString(name+value) || strings.ContainsRune(name+value, 0) {
			return fault.InvalidField("parameters."+collectionText(name, 100), "must be text without NUL characters")
		}
	}
	return nil
}

// isClientID says whether a text has the form of a client's id: C.<hex>, in an org with -<ORG> behind it.
func isClientID(id string) bool {
	rest, ok := strings.CutPrefix(id, "C.")
	return ok && len(id) <= 100 && rest != "" && !strings.ContainsFunc(rest, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// CollectionTitle is a collection as a sentence names it.
func CollectionTitle(row *models.Collection) string {
	name := row.Hostname
	if name == "" {
		name = row.ClientID
	}
	return fmt.Sprintf("%s from %s", row.ArtifactName, name)
}
