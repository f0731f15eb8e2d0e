package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	temporalCookie  = "vc_temporal"
	temporalPath    = "/temporal"
	temporalMaxPage = 4 << 20 // bytes of the UI's own HTML page
)

// temporalProxyParams are what the proxy in front of the Temporal Web UI needs.
type temporalProxyParams struct {
	Target *url.URL // the Web UI's own address, which knows the public path /temporal
	Keys   *auth.Keys
	Codec  http.Handler // serves …/codec/encode and …/codec/decode
	Who    func(ctx context.Context, claims auth.Claims) (auth.Principal, error)
	Fail   func(w http.ResponseWriter, r *http.Request, err error)
	Now    func() time.Time
	Secure bool // whether people come over https
	TTL    time.Duration
	Log    *slog.Logger
}

// temporalProxy shows the Temporal Web UI, read-only, to those who hold its cookie. The cookie is of its own audience and
// path, so that the access token never has to stand in a cookie.
type temporalProxy struct {
	p     temporalProxyParams
	proxy *httputil.ReverseProxy
}

func newTemporalProxy(p temporalProxyParams) *temporalProxy {
	t := &temporalProxy{p: p}
	t.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(p.Target)
			r.Out.Header.Del("Cookie")
			r.Out.Header.Del("Authorization")
			r.Out.Header.Del("Accept-Encoding") // the page's inline scripts are hashed for its policy
		},
		ModifyResponse: temporalPolicy,
		ErrorLog:       slog.NewLogLogger(p.Log.Handler(), slog.LevelWarn),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			p.Fail(w, r, fault.Wrap(err, fault.Unavailable, "the Temporal Web UI does not answer"))
		},
	}
	return t
}

// cookie is what opens the Web UI to the principal for a while.
func (t *temporalProxy) cookie(p auth.Principal) (*http.Cookie, error) {
	token, err := t.p.Keys.IssueFor(auth.AudienceTemporal, p, t.p.Now(), t.p.TTL)
	if err != nil {
		return nil, err
	}
	return &http.Cookie{ //nolint:gosec // Secure follows PUBLIC_URL: a laptop has no https
		Name: temporalCookie, Value: token, Path: temporalPath, MaxAge: int(t.p.TTL.Seconds()),
		HttpOnly: true, Secure: t.p.Secure, SameSite: http.SameSiteStrictMode,
	}, nil
}

// ServeHTTP lets GET through, and POST to the codec only.
func (t *temporalProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p, err := t.principal(r)
	if err != nil {
		t.p.Fail(w, r, err)
		return
	}
	r = r.WithContext(auth.WithPrincipal(r.Context(), p))
	switch {
	case strings.HasPrefix(path.Clean(r.URL.Path), temporalPath+"/codec/"):
		t.p.Codec.ServeHTTP(w, r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		t.proxy.ServeHTTP(w, r)
	default:
		t.p.Fail(w, r, fault.New(fault.Forbidden, "the Temporal Web UI is read-only here"))
	}
}

func (t *temporalProxy) principal(r *http.Request) (auth.Principal, error) {
	c, err := r.Cookie(temporalCookie)
	if err != nil {
		return auth.Principal{}, fault.New(fault.Unauthenticated, "open the Temporal Web UI from an execution's page, or POST /api/temporal/session first")
	}
	claims, err := t.p.Keys.ParseFor(auth.AudienceTemporal, c.Value, t.p.Now())
	if err != nil {
		return auth.Principal{}, err
	}
	return t.p.Who(r.Context(), claims)
}

// inlineScript finds scripts without a source in the UI's page.
var inlineScript = regexp.MustCompile(`(?s)<script(?:\s[^>]*)?>(.*?)</script>`)

// temporalPolicy sets the page's content security policy: under a public path the UI sends none of its own. Its few inline
// scripts are allowed by their hashes.
func temporalPolicy(res *http.Response) error {
	h := res.Header
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Del("Set-Cookie")
	if !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		return nil
	}
	page, err := io.ReadAll(io.LimitReader(res.Body, temporalMaxPage))
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	var hashes strings.Builder
	for _, m := range inlineScript.FindAllSubmatch(page, -1) {
		sum := sha256.Sum256(m[1])
		fmt.Fprintf(&hashes, " 'sha256-%s'", base64.StdEncoding.EncodeToString(sum[:]))
	}
	h.Set("Content-Security-Policy", "default-src 'self'; script-src 'self'"+hashes.String()+
		"; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'")
	res.Body = io.NopCloser(bytes.NewReader(page))
	res.ContentLength = int64(len(page))
	h.Set("Content-Length", strconv.Itoa(len(page)))
	return nil
}
