package velociraptor

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	maxAnswer      = 64 << 20 // bytes of one answer of the gateway
	gatewayBrowser = "/app/index.html"
)

// ReducedParams are what a reduced client needs.
type ReducedParams struct {
	BaseURL string // https, of a proxy that takes the token and stands before the server's gateway
	APIKey  string // the bearer token
	OrgID   string // empty: the root org
	Dial    Dial
	Clock   clock.Clock
	Roots   *x509.CertPool // nil: the system's
	InUse   int            // requests at once; 8 when zero
	Observe func(ctx context.Context, err error)
}

// Reduced talks to a server's REST gateway through a proxy that takes a bearer token: no queries there, so no rows, labels or
// files. What it can't do is a fault: Invalid (velociraptor_reduced). It is safe for many goroutines.
type Reduced struct {
	p       ReducedParams
	base    *url.URL
	http    *http.Client
	slots   chan struct{}
	breaker *gobreaker.CircuitBreaker[struct{}]
	drained chan struct{}
	drain   sync.Once

	mu   sync.Mutex
	csrf string // the gateway's, which it wants with every POST
}

// NewReduced makes a client of the gateway. Faults: Invalid at base_url and api_key.
func NewReduced(p ReducedParams) (*Reduced, error) {
	base, err := url.Parse(strings.TrimRight(strings.TrimSpace(p.BaseURL), "/"))
	if err != nil || base.Scheme != "https" || base.Hostname() == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, fault.InvalidField("base_url", "want an address such as https://velociraptor.example.org, with https: the token would be read on the way otherwise")
	}
	p.APIKey = strings.TrimSpace(p.APIKey)
	if p.APIKey == "" || strings.ContainsFunc(p.APIKey, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, fault.InvalidField("api_key", "want the bearer token that the proxy takes: printable characters without spaces")
	}
	if p.InUse == 0 {
		p.InUse = defaultInUse
	}
	if p.Observe == nil {
		p.Observe = func(context.Context, error) {}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the connection can't be made")
	}
	c := &Reduced{p: p, base: base, slots: make(chan struct{}, p.InUse), drained: make(chan struct{}), breaker: newBreaker(base.Host)}
	c.http = &http.Client{
		Jar: jar,
		Transport: &http.Transport{
			DialContext: p.Dial, TLSClientConfig: c.tls(), ForceAttemptHTTP2: true, TLSHandshakeTimeout: shortDeadline, IdleConnTimeout: time.Minute,
			MaxIdleConnsPerHost: p.InUse,
		},
		// A redirect leads to a page of sign-in: the token was not taken. It never goes anywhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

func (c *Reduced) tls() *tls.Config {
	return &tls.Config{ServerName: c.base.Hostname(), RootCAs: c.p.Roots, MinVersion: tls.VersionTLS12, Time: c.p.Clock.Now}
}

// Endpoint is where the proxy is, and our side of TLS with it.
func (c *Reduced) Endpoint() (address string, conf *tls.Config) {
	port := c.base.Port()
	if port == "" {
		port = "443"
	}
	return net.JoinHostPort(c.base.Hostname(), port), c.tls()
}

// Expires is zero: a token says nothing of its end.
func (c *Reduced) Expires() time.Time { return time.Time{} }

// Drain lets no new request begin, waits for those that run, at most until ctx ends, and closes the connections.
func (c *Reduced) Drain(ctx context.Context) error {
	c.drain.Do(func() { close(c.drained) })
	defer c.http.CloseIdleConnections()
	for range cap(c.slots) {
		select {
		case c.slots <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// get asks the gateway.
func (c *Reduced) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.do(ctx, func(ctx context.Context) error {
		return c.exchange(ctx, http.MethodGet, path+"?"+query.Encode(), nil, out)
	})
}

// post tells the gateway something.
func (c *Reduced) post(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the request can't be written")
	}
	return c.do(ctx, func(ctx context.Context) error {
		if err := c.readToken(ctx); err != nil {
			return err
		}
		return c.exchange(ctx, http.MethodPost, path, body, out)
	})
}

// do runs one exchange under the client's bounds: a free slot, a deadline, the circuit.
func (c *Reduced) do(ctx context.Context, call func(ctx context.Context) error) error {
	select {
	case <-c.drained:
		return replaced()
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	_, err := c.breaker.Execute(func() (struct{}, error) {
		ctx, cancel := context.WithTimeout(ctx, shortDeadline)
		defer cancel()
		return struct{}{}, call(ctx)
	})
	if ctx.Err() == nil && !errors.Is(err, gobreaker.ErrOpenState) && !errors.Is(err, gobreaker.ErrTooManyRequests) {
		c.p.Observe(ctx, err)
	}
	return fromBreaker(err)
}

// exchange sends one request and reads its answer.
func (c *Reduced) exchange(ctx context.Context, method, path string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, bytes.NewReader(body))
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the request can't be written")
	}
	org := c.p.OrgID
	if org == "" {
		org = "root"
	}
	req.Header.Set("Authorization", "Bearer "+c.p.APIKey)
	req.Header.Set("Grpc-Metadata-OrgId", org)
	req.Header.Set("Referer", c.base.String()+gatewayBrowser) // the gateway refuses a POST without
	if method == http.MethodPost {
		c.mu.Lock()
		req.Header.Set("X-CSRF-Token", c.csrf)
		c.mu.Unlock()
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return fromGateway(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fromGateway(ctx, err)
	case len(raw) > maxAnswer:
		return fault.New(fault.TooLarge, "the Velociraptor gateway's answer is longer than 64 MiB").WithCode(CodeStatement)
	case res.StatusCode != http.StatusOK:
		return fromStatus(res.StatusCode, bytes.ReplaceAll(raw, []byte(c.p.APIKey), []byte("…"))) // some proxies quote what they refuse
	}
	if page, ok := out.(*string); ok {
		*page = res.Header.Get("X-CSRF-Token") + "\n" + string(raw)
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fault.Wrap(err, fault.Unavailable, "what answers at this address is no Velociraptor gateway: it gave a page where data was asked for").WithCode(CodeTLS)
	}
	return nil
}

var csrfInPage = regexp.MustCompile(`(?i)csrf_?token["']?\s*[:=]\s*["']([^"'<>\s]{8,500})["']`)

// readToken gets the gateway's CSRF token from the page that its screen begins with. A proxy that takes it off the gateway's
// hands gives a page without one.
func (c *Reduced) readToken(ctx context.Context) error {
	c.mu.Lock()
	known := c.csrf != ""
	c.mu.Unlock()
	if known {
		return nil
	}
	var page string
	if err := c.exchange(ctx, http.MethodGet, gatewayBrowser, nil, &page); err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}
	header, body, _ := strings.Cut(page, "\n")
	if m := csrfInPage.FindStringSubmatch(body); header == "" && m != nil {
		header = m[1]
	}
	c.mu.Lock()
	c.csrf = header
	c.mu.Unlock()
	return nil
}
