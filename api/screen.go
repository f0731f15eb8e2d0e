package api

import (
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

// nonceMark stands in index.html where the nonce of the answer's policy belongs.
const nonceMark = "__CSP_NONCE__"

// screen serves the built web app: assets for ever, its one page never from a cache.
type screen struct {
	files fs.FS
	page  string // index.html; empty: this process has no screen
}

// newScreen reads the page. files may be nil.
func newScreen(files fs.FS) (*screen, error) {
	if files == nil {
		return &screen{}, nil
	}
	page, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, fmt.Errorf("the screen has no index.html: %w", err)
	}
	return &screen{files: files, page: string(page)}, nil
}

// serve answers a GET with a file, or with the page when a browser navigates; false when it has nothing to say.
func (s *screen) serve(c *gin.Context) bool {
	if s.files == nil {
		return false
	}
	name := strings.TrimPrefix(path.Clean(c.Request.URL.Path), "/")
	if name != "" && name != "index.html" && s.file(c, name) {
		return true
	}
	if strings.HasPrefix(name, "assets/") || !wantsPage(c) {
		return false
	}
	s.index(c)
	return true
}

// wantsPage says whether a browser is navigating.
func wantsPage(c *gin.Context) bool {
	return strings.Contains(c.GetHeader("Accept"), "text/html")
}

// index answers the page with a policy and a nonce of its own.
func (s *screen) index(c *gin.Context) {
	nonce := clock.Token(18)
	c.Header("Content-Security-Policy", "default-src 'self'; script-src 'self' 'nonce-"+nonce+"'; style-src 'self' 'nonce-"+nonce+
		"'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "+
		"frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(strings.ReplaceAll(s.page, nonceMark, nonce)))
}

// file answers a file of the build, compressed when there is such a copy and the client takes it.
func (s *screen) file(c *gin.Context, name string) bool {
	if strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") || !fs.ValidPath(name) {
		return false
	}
	plain, err := fs.Stat(s.files, name)
	if err != nil || plain.IsDir() {
		return false
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	c.Header("Vary", "Accept-Encoding")
	c.Header("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // their names hold a digest of the content
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	for _, enc := range encodings(c.GetHeader("Accept-Encoding")) {
		if b, err := fs.ReadFile(s.files, name+enc.suffix); err == nil {
			c.Header("Content-Encoding", enc.name)
			c.Data(http.StatusOK, kind, b)
			return true
		}
	}
	b, err := fs.ReadFile(s.files, name)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) && c.AbortWithError(http.StatusInternalServerError, err) != nil
	}
	c.Data(http.StatusOK, kind, b)
	return true
}

type encoding struct{ name, suffix string }

// encodings are those of ours that the client takes, best first.
func encodings(accept string) []encoding {
	var out []encoding
	for _, e := range []encoding{{"br", ".br"}, {"gzip", ".gz"}} {
		for part := range strings.SplitSeq(accept, ",") {
			name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
			if strings.EqualFold(strings.TrimSpace(name), e.name) && !refused(q) {
				out = append(out, e)
			}
		}
	}
	return out
}

// refused reads a quality of zero ("q=0", "q=0.0").
func refused(q string) bool {
	value, ok := strings.CutPrefix(strings.ReplaceAll(q, " ", ""), "q=")
	return ok && strings.Trim(value, "0.") == ""
}
