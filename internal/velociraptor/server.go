package velociraptor

import (
	"context"
	"encoding/json"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

// Artifact is a definition on the server.
type Artifact struct {
	Name        string
	Description string
	Type        string // client, server, client_event, server_event …, lower case
	Sources     []string
	Params      []ArtifactParam
	Permissions []string // that whoever collects it must have, EXECVE for one
}

// ArtifactParam is one of an artifact's parameters; values are always texts.
type ArtifactParam struct {
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	Default     string   `json:"default"`
	Description string   `json:"description"`
	Choices     []string `json:"choices"`
}

type artifactRow struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Type        string          `json:"type"`
	Permissions []string        `json:"required_permissions"`
	Params      []ArtifactParam `json:"parameters"`
	Sources     []struct {
		Name string `json:"name"`
	} `json:"sources"`
}

// Artifacts reads all definitions: some hundred, 0.3 s; callers keep them for a while.
func (c *Client) Artifacts(ctx context.Context) ([]Artifact, error) {
	rows, err := list[artifactRow](ctx, c, Statement{
		Name: "artifact_definitions", VQL: `SELECT name, description, type, required_permissions, parameters, sources FROM artifact_definitions()`,
	})
	return artifactsOf(rows), err
}

func artifactsOf(rows []artifactRow) []Artifact {
	out := make([]Artifact, len(rows))
	for i := range rows {
		r := &rows[i]
		out[i] = Artifact{Name: r.Name, Description: r.Description, Type: r.Type, Params: r.Params, Permissions: r.Permissions}
		for _, s := range r.Sources {
			out[i].Sources = append(out[i].Sources, s.Name)
		}
	}
	return out
}

// Org is one of the server's organisations.
type Org struct {
	ID   string `json:"OrgId"`
	Name string `json:"Name"`
}

// Orgs lists the organisations. Two columns only: the others hold enrolment secrets.
func (c *Client) Orgs(ctx context.Context) ([]Org, error) {
	return list[Org](ctx, c, Statement{Name: "orgs", VQL: `SELECT OrgId, Name FROM orgs()`})
}

// Identity is who the server takes us for.
type Identity struct {
	User    string `json:"User"`
	Org     string `json:"Org"`
	Version string `json:"Version"` // of the server
}

// Whoami asks the server for its version, our user and our org.
func (c *Client) Whoami(ctx context.Context) (Identity, error) {
	return one[Identity](ctx, c, Statement{
		Name: "whoami",
		VQL:  `SELECT dict(User=whoami(), Org=org().id, Version=config.version.version || "") AS V FROM info()`,
	}, "the Velociraptor server didn't say who it is")
}

// Upload is a file that a collection brought.
type Upload struct {
	Path       string   // on the endpoint
	Size       int64    // bytes
	Components []string // where ReadFile finds it
}

// Uploads lists a collection's files.
func (c *Client) Uploads(ctx context.Context, clientID, flowID string) ([]Upload, error) {
	rows, err := list[struct {
		Path       string   `json:"vfs_path"`
		Size       number   `json:"file_size"`
		Components []string `json:"_Components"`
	}](ctx, c, Statement{
		Name: "uploads", VQL: `SELECT vfs_path, file_size, _Components FROM uploads(client_id=ClientId, flow_id=FlowId)`,
		Env: map[string]string{"ClientId": clientID, "FlowId": flowID},
	})
	out := make([]Upload, len(rows))
	for i, r := range rows {
		out[i] = Upload{Path: r.Path, Size: r.Size.int(), Components: r.Components}
	}
	return out, err
}

const filePiece = 1 << 20

// ReadFile copies an uploaded file to w, piece by piece, and says how many bytes it had. The request names no client: with
// one the server looks elsewhere.
func (c *Client) ReadFile(ctx context.Context, components []string, w io.Writer) (n int64, err error) {
	for {
		var piece []byte
		err := c.do(ctx, shortDeadline, func(ctx context.Context) error {
			buffer, err := c.api.VFSGetBuffer(ctx, &velopb.VFSFileBuffer{
				Components: components, Offset: uint64(n), Length: filePiece, OrgId: c.p.OrgID,
			})
			piece = buffer.GetData()
			return err
		})
		if err != nil {
			return n, err
		}
		if len(piece) == 0 {
			return n, nil
		}
		written, err := w.Write(piece)
		n += int64(written)
		if err != nil {
			return n, err
		}
	}
}

func decode[T any](row Row) (v T, err error) {
	if err := json.Unmarshal(row, &v); err != nil {
		return v, garbled(err)
	}
	return v, nil
}

func jsonList(items []string) string {
	if len(items) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(items) //nolint:errchkjson // texts always are JSON
	return string(b)
}
