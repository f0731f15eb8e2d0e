// Package egress owns the one way out for every connection a tenant can influence: webhooks, http_request, SIEM, SMTP,
// chat, block connectors, Velociraptor. The address is checked after resolution, in the socket's control hook, so that
// no second DNS answer can slip in between, and again on every redirect. Private, loopback, link-local, shared, multicast,
// reserved, translated and metadata addresses are refused unless the operator's EGRESS_ALLOW names them; a tenant's own
// list can only narrow what is left. It refuses proxies from the environment and knows nothing of what is sent.
//
// Public API:
//
//	func New(p Params) (*Dialer, error)
//	type Params struct {
//		Allow    []string      // EGRESS_ALLOW: 10.1.0.0/16, 10.1.2.3, 10.1.2.3:8443, [fd00::1]:25, siem.corp, siem.corp:8088, *.corp
//		Resolver *net.Resolver // nil: the system's
//	}
//	func (d *Dialer) Narrow(allow []string) (*Dialer, error) // a tenant's list in the same notation; empty narrows nothing
//	func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) // tcp and udp
//	func (d *Dialer) CheckURL(raw string) (*url.URL, error)      // without DNS: scheme, user, host, port, literal addresses
//	func (d *Dialer) Check(ctx context.Context, raw string) error // CheckURL, and every address of the host
//	func (d *Dialer) Client(p ClientParams) *Client
//	type ClientParams struct {
//		Timeout     time.Duration // the whole exchange with redirects and body; 30 s when zero
//		MaxResponse int64         // bytes after decompression; 10 MiB when zero
//		TLS         *tls.Config   // nil: the system's roots
//	}
//	func (c *Client) Do(req *http.Request) (*http.Response, error)
//	func (c *Client) HTTP() *http.Client // for libraries that want one; the same guard
//	func (c *Client) CloseIdle()
//
// Every error is a fault: Invalid with CodeRefused ("egress_refused": which address and why), TooLarge for a long answer,
// Unavailable for the network. For gRPC use the target "passthrough:///host:port" with DialContext as its dialer, else
// gRPC resolves names on its own.
package egress
