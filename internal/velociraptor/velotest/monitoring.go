package velotest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

// monitoring is what an org's server runs all the time, with what it needs for it. Custom artifacts of the root org are seen
// in the others as well.
type monitoring struct {
	custom   map[string]customArtifact
	metadata map[string]string            // of the client "server"
	table    map[string]map[string]string // artifact → parameters
}

// customArtifact is a definition that somebody wrote.
type customArtifact struct {
	Name       string `yaml:"name"`
	Type       string `yaml:"type"`
	Parameters []struct {
		Name    string `yaml:"name"`
		Default string `yaml:"default"`
	} `yaml:"parameters"`
	Sources []struct {
		Query string `yaml:"query"`
	} `yaml:"sources"`

	raw string
}

func newMonitoring() monitoring {
	return monitoring{custom: map[string]customArtifact{}, metadata: map[string]string{}, table: map[string]map[string]string{}}
}

// artifactSet takes a definition as the server does: it must be YAML with a name, and its sources must not be empty.
func artifactSet(q asked) answer {
	var a customArtifact
	if err := yaml.Unmarshal([]byte(q.env["Definition"]), &a); err != nil || a.Name == "" || len(a.Sources) == 0 {
		return failed("artifact_set: Syntax error in artifact definition")
	}
	if !strings.HasPrefix(a.Name, "Custom.") && knownArtifact(a.Name) {
		return failed("artifact_set: Unable to override built in artifact " + a.Name)
	}
	a.raw = q.env["Definition"]
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	q.org.monitors.custom[a.Name] = a
	return value(map[string]any{"name": a.Name, "type": strings.ToLower(a.Type)})
}

func artifactDefinition(q asked) answer {
	q.org.mu.Lock()
	a, ok := q.org.monitors.custom[q.env["Name"]]
	q.org.mu.Unlock()
	if !ok {
		return answer{rows: each(nil)}
	}
	params := []map[string]any{}
	for _, p := range a.Parameters {
		params = append(params, map[string]any{"name": p.Name, "default": p.Default})
	}
	return answer{rows: each([]map[string]any{{"name": a.Name, "type": strings.ToLower(a.Type), "raw": a.raw, "parameters": params}})}
}

func artifactDelete(q asked) answer {
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	if _, ok := q.org.monitors.custom[q.env["Name"]]; !ok {
		return failed("artifact_delete: Artifact " + q.env["Name"] + " not found")
	}
	delete(q.org.monitors.custom, q.env["Name"])
	return value(q.env["Name"])
}

// serverSetMetadata changes the keys named; a null removes one.
func serverSetMetadata(q asked) answer {
	var changes map[string]*string
	if err := json.Unmarshal([]byte(q.env["Metadata"]), &changes); err != nil {
		return failed("server_set_metadata: metadata should be a dict")
	}
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	for key, text := range changes {
		if text == nil {
			delete(q.org.monitors.metadata, key)
		} else {
			q.org.monitors.metadata[key] = *text
		}
	}
	return value(true)
}

func serverMetadataDigest(q asked) answer {
	q.org.mu.Lock()
	text := q.org.monitors.metadata[q.env["KeyName"]]
	q.org.mu.Unlock()
	if text == "" {
		return value("")
	}
	sum := sha256.Sum256([]byte(text))
	return value(hex.EncodeToString(sum[:]))
}

func addServerMonitoring(q asked) answer {
	params := map[string]string{}
	if err := json.Unmarshal([]byte(q.env["Parameters"]), &params); err != nil {
		return failed("add_server_monitoring: parameters should be a dict of strings")
	}
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	a, ok := q.org.monitors.custom[q.env["Artifact"]]
	if !ok || !strings.EqualFold(a.Type, "SERVER_EVENT") {
		return failed("add_server_monitoring: Unknown artifact " + q.env["Artifact"])
	}
	q.org.monitors.table[a.Name] = params
	return value(q.org.monitors.shape())
}

// rmServerMonitoring answers the table whatever was in it.
func rmServerMonitoring(q asked) answer {
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	delete(q.org.monitors.table, q.env["Artifact"])
	return value(q.org.monitors.shape())
}

func getServerMonitoring(q asked) answer {
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	return value(q.org.monitors.shape())
}

// shape is the table as the server gives it.
func (m *monitoring) shape() map[string]any {
	names := slices.Sorted(maps.Keys(m.table))
	specs := make([]map[string]any, 0, len(names))
	for _, name := range names {
		env := []map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(m.table[name])) {
			env = append(env, map[string]any{"key": key, "value": m.table[name][key]})
		}
		specs = append(specs, map[string]any{"artifact": name, "parameters": map[string]any{"env": env}})
	}
	return map[string]any{"artifacts": append([]string{"Server.Monitor.Health"}, names...), "specs": specs}
}

// callbackPing calls as the statement says, with the key that the metadata holds.
func callbackPing(q asked) answer {
	q.org.mu.Lock()
	key := q.org.monitors.metadata[q.env["KeyName"]]
	q.org.mu.Unlock()
	c := Call{URL: q.env["URL"], Key: key, RootCA: q.env["RootCA"], Body: map[string]any{"kind": "ping", "org_id": q.org.id, "nonce": q.env["Nonce"], "state": "ping"}}
	status, content := c.Post(context.Background(), q.now)
	return answer{rows: each([]map[string]any{{"Response": status, "Content": content}})}
}

// SetClientMetadata changes the metadata of the client "server" of the root org, whatever org the caller is of; what is said
// of other clients is nobody's.
func (s *Server) SetClientMetadata(ctx context.Context, q *velopb.SetClientMetadataRequest) (*velopb.Nothing, error) {
	o, err := s.admit(ctx, "")
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	_, refused := s.trouble.Deny["SetClientMetadata"]
	s.mu.Unlock()
	if refused {
		return nil, status.Error(codes.PermissionDenied, "Permission denied: SERVER_ADMIN")
	}
	if q.GetClientId() != "server" {
		return &velopb.Nothing{}, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, key := range q.GetRemove() {
		delete(o.monitors.metadata, key)
	}
	for _, item := range q.GetAdd() {
		o.monitors.metadata[item.GetKey()] = item.GetValue()
	}
	return &velopb.Nothing{}, nil
}
