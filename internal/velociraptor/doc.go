// Package velociraptor talks to a Velociraptor server: gRPC with mutual TLS, VQL in, rows out. It owns the api_client
// file, the statements (values go in env, never into VQL), and what the server's logs mean, because faults inside VQL
// arrive as log lines while the stream ends well. It knows no tenant, no database and no workflow: internal/fleet does.
//
// Public API:
//
//	func ParseAPIClient(yaml []byte) (*APIClient, error)             // faults: Invalid with the field of the file
//	func New(p Params) (*Client, error)                              // one connection; dials when first needed
//	func (c *Client) Query(ctx, s Statement, each func(Row) error) error // rows stream, never collected
//	func (c *Client) Check(ctx) error                                // SERVING
//
// and a method a recipe: Clients, ClientInfo, Collect, Flow, Rows, CancelFlow, CreateHunt, Hunt, HuntFlows, HuntRows,
// StopHunt, SetLabels, Artifacts, Uploads, ReadFile, Orgs.
package velociraptor
