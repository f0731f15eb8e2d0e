package velociraptor

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

// Querier runs statements: *Client is one, and so is whatever stands before it.
type Querier interface {
	Query(ctx context.Context, s Statement, each func(row Row) error) error
}

// SetArtifact writes an artifact's definition; one of the same name is replaced. Faults: as Query; Forbidden without
// server_artifact_writer.
func SetArtifact(ctx context.Context, q Querier, definition string) error {
	return q.Query(ctx, Statement{
		Name: "artifact_set", VQL: `SELECT artifact_set(definition=Definition) AS V FROM scope()`, Env: map[string]string{"Definition": definition},
	}, nothing)
}

// Installed is an artifact's definition as the server has it.
type Installed struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Raw    string `json:"raw"` // the text, where the server gives it
	Params []struct {
		Name string `json:"name"`
	} `json:"parameters"`
}

// FindArtifact reads one definition. Faults: NotFound.
func FindArtifact(ctx context.Context, q Querier, name string) (found Installed, err error) {
	err = q.Query(ctx, Statement{
		Name: "artifact_definition", VQL: `SELECT name, type, raw, parameters FROM artifact_definitions() WHERE name = Name LIMIT 1`,
		Env: map[string]string{"Name": name},
	}, func(row Row) error { found, err = decode[Installed](row); return err })
	if err == nil && found.Name != name {
		err = fault.New(fault.NotFound, "the Velociraptor server has no artifact %s", name)
	}
	return found, err
}

// DeleteArtifact removes a definition. One that isn't there is no fault.
func DeleteArtifact(ctx context.Context, q Querier, name string) error {
	err := q.Query(ctx, Statement{
		Name: "artifact_delete", VQL: `SELECT artifact_delete(name=Name) AS V FROM scope()`, Env: map[string]string{"Name": name},
	}, nothing)
	return unlessMissing(missing(err, "no such artifact"))
}

// SetServerMetadata puts a value into the server's metadata by VQL, which the server logs with its values: only the
// callback's key may go this way, and only where Client.SetServerKey can't be used.
func SetServerMetadata(ctx context.Context, q Querier, key, value string) error {
	b, err := json.Marshal(map[string]string{key: value})
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the server's metadata can't be written")
	}
	return setMetadata(ctx, q, string(b))
}

// RemoveServerMetadata takes a key out of the server's metadata.
func RemoveServerMetadata(ctx context.Context, q Querier, key string) error {
	b, err := json.Marshal(map[string]any{key: nil})
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the server's metadata can't be written")
	}
	return setMetadata(ctx, q, string(b))
}

func setMetadata(ctx context.Context, q Querier, metadata string) error {
	return q.Query(ctx, Statement{
		Name: "server_set_metadata", VQL: `SELECT server_set_metadata(metadata=parse_json(data=Metadata)) AS V FROM scope()`,
		Env: map[string]string{"Metadata": metadata},
	}, nothing)
}

// ServerMetadataDigest is the SHA-256 of what the server's metadata holds under a key, in hexadecimal; "" for nothing. The
// value itself doesn't travel.
func ServerMetadataDigest(ctx context.Context, q Querier, key string) (digest string, err error) {
	err = q.Query(ctx, Statement{
		Name: "server_metadata_digest",
		VQL: `SELECT if(condition=get(item=server_metadata(), field=KeyName),` +
			` then=hash(path=get(item=server_metadata(), field=KeyName), accessor="data", hashselect="SHA256").SHA256, else="") AS V FROM scope()`,
		Env: map[string]string{"KeyName": key},
	}, func(row Row) error {
		holder, err := decode[struct {
			V *string `json:"V"`
		}](row)
		if err == nil && holder.V != nil {
			digest = *holder.V
		}
		return err
	})
	return digest, err
}

// AddServerMonitoring has the server run an event artifact from now on, in the org; again, it starts anew with these
// parameters and misses what happens meanwhile.
func AddServerMonitoring(ctx context.Context, q Querier, artifact string, params map[string]string) error {
	b, err := json.Marshal(params)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the artifact's parameters can't be written")
	}
	return q.Query(ctx, Statement{
		Name: "add_server_monitoring", VQL: `SELECT add_server_monitoring(artifact=Artifact, parameters=parse_json(data=Parameters)) AS V FROM scope()`,
		Env: map[string]string{"Artifact": artifact, "Parameters": string(b)},
	}, nothing)
}

// RemoveServerMonitoring has the server stop an event artifact. One that doesn't run is no fault.
func RemoveServerMonitoring(ctx context.Context, q Querier, artifact string) error {
	err := q.Query(ctx, Statement{
		Name: "rm_server_monitoring", VQL: `SELECT rm_server_monitoring(artifact=Artifact) AS V FROM scope()`, Env: map[string]string{"Artifact": artifact},
	}, nothing)
	return unlessMissing(missing(err, "no such entry"))
}

// ServerMonitoring gives the parameters with which the server runs an event artifact. Faults: NotFound where it doesn't.
func ServerMonitoring(ctx context.Context, q Querier, artifact string) (params map[string]string, err error) {
	var table struct {
		V monitoringTable `json:"V"`
	}
	err = q.Query(ctx, Statement{Name: "get_server_monitoring", VQL: `SELECT get_server_monitoring() AS V FROM scope()`},
		func(row Row) error {
			table, err = decode[struct {
				V monitoringTable `json:"V"`
			}](row)
			return err
		})
	if err != nil {
		return nil, err
	}
	params, found := table.V.of(artifact)
	if !found {
		return nil, fault.New(fault.NotFound, "the Velociraptor server doesn't run %s", artifact)
	}
	return params, nil
}

// monitoringTable is what an org's server runs all the time.
type monitoringTable struct {
	Artifacts []string `json:"artifacts"`
	Specs     []struct {
		Artifact   string `json:"artifact"`
		Parameters struct {
			Env []struct {
				Key   string `json:"key"`
				Value string `json:"value"`
			} `json:"env"`
		} `json:"parameters"`
	} `json:"specs"`
}

func (m *monitoringTable) of(artifact string) (params map[string]string, found bool) {
	params = map[string]string{}
	for _, name := range m.Artifacts {
		found = found || name == artifact
	}
	for _, s := range m.Specs {
		if s.Artifact == artifact {
			found = true
			for _, e := range s.Parameters.Env {
				params[e.Key] = e.Value
			}
		}
	}
	return params, found
}

// Ping has the server call us as the artifact would, with a body of its own making that names the nonce. Faults: Unavailable
// with the reason where the call was not answered well; otherwise as Query.
func Ping(ctx context.Context, q Querier, c Callback, nonce string) error {
	var answer struct {
		Response number `json:"Response"`
		Content  string `json:"Content"`
	}
	err := q.Query(ctx, Statement{
		Name: "callback_ping",
		VQL: callbackHMAC + `LET Body = serialize(item=dict(kind="ping", org_id=org().id, nonce=Nonce, state="ping"))
SELECT Response, Content FROM foreach(row={ SELECT str(str=timestamp(epoch=now()).Unix) AS Moment FROM scope() }, query={
  SELECT Response, Content FROM http_client(url=URL, method="POST", data=Body, root_ca=RootCA,
    headers=dict(` + "`Content-Type`" + `="application/json", ` + "`X-Velo-Timestamp`" + `=Moment,
      ` + "`X-Velo-Signature`" + `=Signature(Key=get(item=server_metadata(), field=KeyName), Text=Moment + "." + Body))) })`,
		Env: map[string]string{"Nonce": nonce, "URL": c.URL, "RootCA": c.RootCA, "KeyName": c.KeyName},
	}, func(row Row) error {
		return json.Unmarshal(row, &answer)
	})
	if err != nil {
		return err
	}
	if code := answer.Response.int(); code < 200 || code >= 300 {
		return fault.New(fault.Unavailable, "the Velociraptor server called %s and got %d: %s", c.withoutSecret(), code, clip(strings.TrimSpace(answer.Content)))
	}
	return nil
}

// withoutSecret is the address without its last part, which only the server should know.
func (c Callback) withoutSecret() string {
	if i := strings.LastIndexByte(c.URL, '/'); i > 0 {
		return c.URL[:i+1] + "…"
	}
	return c.URL
}

// SetServerKey puts a value into the server's metadata by a call that the server doesn't log. It reaches the root org only;
// whoever calls reads back (ServerMetadataDigest) whether it did. Faults: Invalid outside the root org.
func (c *Client) SetServerKey(ctx context.Context, key, value string) error {
	if c.p.OrgID != "" && c.p.OrgID != "root" {
		return fault.New(fault.Invalid, "this call reaches the root org only")
	}
	return c.do(ctx, shortDeadline, func(ctx context.Context) error {
		_, err := c.api.SetClientMetadata(ctx, &velopb.SetClientMetadataRequest{
			ClientId: "server", Add: []*velopb.ClientMetadataItem{{Key: key, Value: value}},
		})
		return err
	})
}

func nothing(Row) error { return nil }

func unlessMissing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
