package velotest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

// Call is one callback, as our artifact makes it.
type Call struct {
	URL    string
	Key    string
	RootCA string // PEM; empty: the machine's trust
	Body   map[string]any
}

const callTimeout = 10 * time.Second

// Post signs and makes the call, and gives the answer's status and text; a call that didn't get through is 500 with the
// reason, as http_client says it.
func (c Call) Post(ctx context.Context, now time.Time) (status int, content string) {
	body, err := json.Marshal(c.Body)
	if err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	moment := strconv.FormatInt(now.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Velociraptor")
	req.Header.Set(velociraptor.HeaderTimestamp, moment)
	req.Header.Set(velociraptor.HeaderSignature, velociraptor.SignatureOf(c.Key, moment, body))
	transport := &http.Transport{DisableKeepAlives: true}
	if c.RootCA != "" {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM([]byte(c.RootCA))
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	answer, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 4096)) // what came is enough
	return answer.StatusCode, string(text)
}
