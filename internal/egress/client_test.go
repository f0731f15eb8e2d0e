package egress_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/egress"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

func localClient(t *testing.T, p egress.ClientParams) *egress.Client {
	t.Helper()
	c := newDialer(t, "127.0.0.0/8").Client(p)
	t.Cleanup(c.CloseIdle)
	return c
}

// exchange sends one request and reads the whole answer.
func exchange(t *testing.T, c *egress.Client, method, target string, header http.Header, body string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	require.NoError(t, err)
	if header != nil {
		req.Header = header
	}
	res, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return string(b), err
}

func TestClientReachesWhatIsAllowed(t *testing.T) {
	t.Parallel()
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	got, err := exchange(t, localClient(t, egress.ClientParams{}), http.MethodPost, srv.URL+"/hook", nil, "ping")
	require.NoError(t, err)
	require.Equal(t, "ping", got)

	_, err = exchange(t, newDialer(t).Client(egress.ClientParams{}), http.MethodPost, srv.URL+"/s3cr3t", nil, "ping")
	requireRefused(t, err, "without the operator's word")
	require.NotContains(t, err.Error(), "s3cr3t")

	_, err = newDialer(t).Client(egress.ClientParams{}).HTTP().Get(srv.URL)
	requireRefused(t, err, "the standard client has the same guard")
}

func TestNoProxyFromTheEnvironment(t *testing.T) {
	proxied := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "proxy") })
	t.Setenv("HTTP_PROXY", proxied.URL)
	t.Setenv("http_proxy", proxied.URL)
	d, err := egress.New(egress.Params{Allow: []string{"127.0.0.0/8"}, Resolver: serveDNS(t, map[string][]string{"a.example.": {"127.0.0.1"}})})
	require.NoError(t, err)
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct") })
	u, err := url.Parse(srv.URL)
	require.NoError(t, err)
	got, err := exchange(t, d.Client(egress.ClientParams{}), http.MethodGet, "http://a.example:"+u.Port(), nil, "")
	require.NoError(t, err)
	require.Equal(t, "direct", got)
}

func TestRedirectsAreChecked(t *testing.T) {
	t.Parallel()
	for name, to := range map[string]string{
		"metadata": "http://169.254.169.254/latest/meta-data/", "private": "http://10.0.0.1/", "file": "file:///etc/passwd",
		"user": "http://ana@127.0.0.1/", "port": "http://127.0.0.1:25/",
	} {
		srv := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
		_, err := exchange(t, localClient(t, egress.ClientParams{}), http.MethodGet, srv.URL, nil, "")
		requireRefused(t, err, name)
	}
}

func TestAtMostFiveRedirects(t *testing.T) {
	t.Parallel()
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var n int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &n)
		if n == 0 {
			_, _ = io.WriteString(w, "there")
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusFound)
	})
	c := localClient(t, egress.ClientParams{})
	got, err := exchange(t, c, http.MethodGet, srv.URL+"/5", nil, "")
	require.NoError(t, err)
	require.Equal(t, "there", got)
	_, err = exchange(t, c, http.MethodGet, srv.URL+"/6", nil, "")
	requireRefused(t, err, "six")
}

func TestNoDowngrade(t *testing.T) {
	t.Parallel()
	plain := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "plain") })
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	t.Cleanup(secure.Close)
	pool := secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	c := localClient(t, egress.ClientParams{TLS: &tls.Config{RootCAs: pool}})
	_, err := exchange(t, c, http.MethodGet, secure.URL, nil, "")
	requireRefused(t, err, "https to http")
}

func TestSecretsStayWithTheirHost(t *testing.T) {
	t.Parallel()
	var seen http.Header
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		w.WriteHeader(http.StatusNoContent)
	})
	first := serve(t, func(w http.ResponseWriter, r *http.Request) {
		code := http.StatusFound
		if r.URL.Path == "/keep" {
			code = http.StatusTemporaryRedirect
		}
		http.Redirect(w, r, other.URL, code)
	})
	c := localClient(t, egress.ClientParams{})
	header := http.Header{"X-Api-Key": {"s3cr3t"}, "Authorization": {"Bearer s3cr3t"}, "Accept": {"text/plain"}}
	_, err := exchange(t, c, http.MethodGet, first.URL+"/path-s3cr3t", header, "")
	require.NoError(t, err)
	require.Equal(t, "text/plain", seen.Get("Accept"))
	for name, values := range seen {
		require.NotContains(t, strings.Join(values, " "), "s3cr3t", name)
	}

	_, err = exchange(t, c, http.MethodPost, first.URL+"/keep", header, "s3cr3t")
	requireRefused(t, err, "a body doesn't move to another host")
}

func TestLongAnswers(t *testing.T) {
	t.Parallel()
	zipped := func() []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(make([]byte, 1<<20))
		_ = z.Close()
		return b.Bytes()
	}()
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/fits":
			_, _ = w.Write(make([]byte, 1000))
		case "/declared":
			_, _ = w.Write(make([]byte, 1001))
		case "/streamed":
			for range 100 {
				_, _ = w.Write(make([]byte, 100))
				w.(http.Flusher).Flush()
			}
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped[:min(len(zipped), 999)])
		}
	})
	c := localClient(t, egress.ClientParams{MaxResponse: 1000})
	got, err := exchange(t, c, http.MethodGet, srv.URL+"/fits", nil, "")
	require.NoError(t, err)
	require.Len(t, got, 1000)
	for _, path := range []string{"/declared", "/streamed", "/bomb"} {
		got, err := exchange(t, c, http.MethodGet, srv.URL+path, nil, "")
		require.True(t, fault.Is(err, fault.TooLarge), path)
		require.LessOrEqual(t, len(got), 1000, path)
	}
}

func TestSlowAnswers(t *testing.T) {
	t.Parallel()
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			_, _ = io.WriteString(w, "first")
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	})
	c := localClient(t, egress.ClientParams{Timeout: 100 * time.Millisecond})
	for _, path := range []string{"/header", "/body"} {
		_, err := exchange(t, c, http.MethodGet, srv.URL+path, nil, "")
		var f *fault.Error
		require.ErrorAs(t, err, &f, path)
		require.Equal(t, egress.CodeTimeout, f.StableCode(), path)
		require.ErrorIs(t, err, context.DeadlineExceeded, path)
	}
}

func TestNetworkErrorsAreUnavailable(t *testing.T) {
	t.Parallel()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	plain := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for target, code := range map[string]string{
		secure.URL: egress.CodeTLS,
		strings.Replace(plain.URL, "http:", "https:", 1): egress.CodeTLS,
		plain.URL: egress.CodeUnreachable,
		gone.URL:  egress.CodeUnreachable,
	} {
		_, err := exchange(t, localClient(t, egress.ClientParams{}), http.MethodGet, target+"/s3cr3t", nil, "")
		var f *fault.Error
		require.ErrorAs(t, err, &f)
		require.Equal(t, fault.Unavailable, f.Kind)
		require.Equal(t, code, f.StableCode(), f)
		require.NotContains(t, err.Error(), "s3cr3t")
	}
}

func TestHostHeaderCantLie(t *testing.T) {
	t.Parallel()
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	require.NoError(t, err)
	req.Host = "admin.internal"
	_, err = localClient(t, egress.ClientParams{}).Do(req)
	requireRefused(t, err, "Host")
}
