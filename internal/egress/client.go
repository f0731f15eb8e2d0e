package egress

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"time"
)

const (
	defaultTimeout     = 30 * time.Second
	defaultMaxResponse = 10 << 20
	maxHeaderBytes     = 64 << 10
)

// ClientParams sets up a Client.
type ClientParams struct {
	Timeout     time.Duration // the whole exchange with redirects and body; 30 s when zero
	MaxResponse int64         // bytes of the answer's body after decompression; 10 MiB when zero
	TLS         *tls.Config   // nil: the system's roots
}

// Client speaks HTTP through a Dialer. It keeps idle connections: make it once for a purpose, not for each request.
type Client struct {
	http      http.Client
	transport *http.Transport
	timeout   time.Duration
}

// Client makes an HTTP client over the dialer: no proxy from the environment, no cookies, at most 5 redirects.
func (d *Dialer) Client(p ClientParams) *Client {
	if p.Timeout <= 0 {
		p.Timeout = defaultTimeout
	}
	if p.MaxResponse <= 0 {
		p.MaxResponse = defaultMaxResponse
	}
	transport := &http.Transport{
		Proxy:                  nil, // a proxy would resolve and connect where we can't look
		DialContext:            d.DialContext,
		TLSClientConfig:        p.TLS,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    connectTimeout,
		IdleConnTimeout:        30 * time.Second,
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    4,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
	return &Client{
		http: http.Client{
			Transport:     &guard{dialer: d, next: transport, maxResponse: p.MaxResponse},
			CheckRedirect: d.checkRedirect,
		},
		transport: transport,
		timeout:   p.Timeout,
	}
}

// Do sends a request. The caller closes the body, whose reads fail with a TooLarge fault past the limit. Errors are
// faults and never quote the address. The timeout covers reading the body.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), c.timeout)
	res, err := c.http.Do(req.WithContext(ctx)) //nolint:gosec // the guard below and the dialer are the answer to SSRF
	if err != nil {
		cancel()
		return nil, networkFault(req.URL.Hostname(), err)
	}
	res.Body = &closer{ReadCloser: res.Body, host: res.Request.URL.Hostname(), cancel: cancel}
	return res, nil
}

// HTTP is a standard client with the same guard, for libraries that want one. Its errors wrap the faults in a url.Error,
// which quotes the address: don't log it where that holds a secret.
func (c *Client) HTTP() *http.Client {
	std := c.http
	std.Timeout = c.timeout
	return &std
}

// CloseIdle closes the connections that nobody uses now.
func (c *Client) CloseIdle() { c.transport.CloseIdleConnections() }

// guard checks every request of a client, redirects included, before the transport sees it.
type guard struct {
	dialer      *Dialer
	next        http.RoundTripper
	maxResponse int64
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.check(req); err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // a RoundTripper closes the body, also when it refuses
		}
		return nil, err
	}
	res, err := g.next.RoundTrip(req)
	if err != nil {
		return nil, networkFault(req.URL.Hostname(), err)
	}
	if res.ContentLength > g.maxResponse && req.Method != http.MethodHead {
		_ = res.Body.Close() // nothing of it is wanted
		return nil, tooLarge(g.maxResponse)
	}
	res.Body = &limited{ReadCloser: res.Body, left: g.maxResponse, limit: g.maxResponse}
	return res, nil
}

func (g *guard) check(req *http.Request) error {
	if _, err := g.dialer.urlTarget(req.URL); err != nil {
		return err
	}
	if req.Host != "" && !strings.EqualFold(req.Host, req.URL.Host) {
		return refuse("the Host header must be the address's own host")
	}
	return nil
}
