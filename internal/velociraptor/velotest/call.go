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
	client := caller(c.RootCA)
	defer client.CloseIdleConnections()
	return send(ctx, client, delivery{url: c.URL, key: c.Key, body: body}, now)
}

func send(ctx context.Context, client *http.Client, d delivery, now time.Time) (status int, content string) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, bytes.NewReader(d.body))
	if err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	at := strconv.FormatInt(now.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Velociraptor")
	req.Header.Set(velociraptor.HeaderTimestamp, at)
	req.Header.Set(velociraptor.HeaderSignature, velociraptor.SignatureOf(d.key, at, d.body))
	answer, err := client.Do(req)
	if err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 4096)) // what came is enough
	return answer.StatusCode, string(text)
}

// caller trusts the root that is given, else those of the machine.
func caller(rootCA string) *http.Client {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if rootCA != "" {
		conf.RootCAs = x509.NewCertPool()
		conf.RootCAs.AppendCertsFromPEM([]byte(rootCA))
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: conf, MaxIdleConnsPerHost: postsAtOnce, IdleConnTimeout: time.Minute}}
}
