package egress

import (
	"net/http"
	"slices"
	"strings"
)

const maxRedirects = 5

// checkRedirect decides about a hop. A hop to another host loses every header that could hold a secret, and is refused
// when it would carry the body there.
func (d *Dialer) checkRedirect(req *http.Request, via []*http.Request) error {
	first, last := via[0], via[len(via)-1]
	if len(via) > maxRedirects {
		return refuse("more than %d redirects", maxRedirects)
	}
	if last.URL.Scheme == "https" && req.URL.Scheme != "https" {
		return refuse("the redirect from https to %s is refused", req.URL.Scheme)
	}
	if _, err := d.urlTarget(req.URL); err != nil {
		return err
	}
	req.Header.Del("Referer") // net/http puts the last address there, and addresses hold secrets
	if strings.EqualFold(req.URL.Host, first.URL.Host) {
		return nil
	}
	if !slices.Contains([]string{"", http.MethodGet, http.MethodHead}, req.Method) {
		return refuse("the redirect to another host (%s) is refused: it would take the request's body there", req.URL.Hostname())
	}
	for name := range req.Header {
		if !slices.Contains([]string{"Accept", "Accept-Language", "User-Agent"}, name) {
			delete(req.Header, name)
		}
	}
	return nil
}
