package activities

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// maxWebhookAnswer is how much of an answer is read, in bytes; more makes the step fail.
const maxWebhookAnswer = 256 << 10

// maxWebhookBody is how much of an answer that is no JSON the result shows, in bytes.
const maxWebhookBody = 4 << 10

type sendWebhook struct {
	http   doer
	egress urlChecker
}

// SendWebhookParams are what send_webhook takes.
type SendWebhookParams struct {
	URL     string            `json:"url" jsonschema:"minLength=1,maxLength=2000,description=Where to: http or https"`
	Method  string            `json:"method,omitempty" jsonschema:"enum=POST,enum=PUT,enum=PATCH,default=POST"`
	Headers map[string]string `json:"headers,omitempty" jsonschema:"maxProperties=50"`
	Body    any               `json:"body,omitempty" jsonschema:"description=Sent as JSON"`
}

// SendWebhookResult is what send_webhook answers.
type SendWebhookResult struct {
	Status int `json:"status" jsonschema:"description=HTTP status"`
	Body   any `json:"body,omitempty" jsonschema:"description=The answer: JSON as it is or else up to 4 KiB of text"`
}

// Spec describes the action.
func (sendWebhook) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionSendWebhook, Summary: "Sends JSON to an address outside, at least once, with an Idempotency-Key header.",
		Effect: playbooks.EffectOutside, Timeout: outsideTimeout, Retry: outsideRetry(), Role: string(auth.RoleUser),
		DryRun: "would send a request",
	}
}

// Execute sends the request. Faults: Invalid for an address that is refused and for an answer that says that the request
// is wrong; Unavailable for the network, and for 408, 425, 429 and 5xx.
func (w sendWebhook) Execute(ctx context.Context, c Call, p SendWebhookParams) (SendWebhookResult, error) {
	req, err := w.request(ctx, c, p)
	if err != nil {
		return SendWebhookResult{}, err
	}
	res, err := w.http.Do(req)
	if err != nil {
		return SendWebhookResult{}, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return SendWebhookResult{}, err
	}
	if err := refusedBy(req.URL.Hostname(), res); err != nil {
		return SendWebhookResult{}, err
	}
	return SendWebhookResult{Status: res.StatusCode, Body: answer(raw)}, nil
}

func (w sendWebhook) request(ctx context.Context, c Call, p SendWebhookParams) (*http.Request, error) {
	u, err := w.egress.CheckURL(p.URL)
	if err != nil {
		return nil, err
	}
	body := []byte("{}")
	if p.Body != nil {
		if body, err = json.Marshal(p.Body); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "body: can't be written as JSON")
		}
	}
	req, err := http.NewRequestWithContext(ctx, cmp.Or(p.Method, http.MethodPost), u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "url: can't be used")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "VelociCompanion")
	for name, value := range p.Headers {
		if err := setHeader(req.Header, name, value); err != nil {
			return nil, err
		}
	}
	req.Header.Set("Idempotency-Key", c.IdempotencyKey)
	return req, nil
}

// setHeader refuses what would change the request's framing or its target.
func setHeader(h http.Header, name, value string) error {
	switch key := http.CanonicalHeaderKey(name); key {
	case "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Te", "Trailer", "Idempotency-Key":
		return fault.InvalidField("headers."+name, "can't be set")
	default:
		if name == "" || strings.ContainsAny(name, " \t\r\n:\x00") || strings.ContainsAny(value, "\r\n\x00") {
			return fault.InvalidField("headers", "a name or a value has a character that a header can't have")
		}
		h.Set(key, value)
		return nil
	}
}

// refusedBy tells answers that may get better from those that won't.
func refusedBy(host string, res *http.Response) error {
	code := res.StatusCode
	switch {
	case code < 300:
		return nil
	case code >= 500, code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return fault.New(fault.Unavailable, "%s answered %d", host, code).WithCode("webhook_unavailable").
			WithRetryAfter(time.Duration(min(max(seconds, 0), 600)) * time.Second)
	default:
		return fault.New(fault.Invalid, "%s answered %d", host, code).WithCode("webhook_refused")
	}
}

func answer(raw []byte) any {
	var v any
	if len(raw) == 0 {
		return nil
	}
	if json.Unmarshal(raw, &v) == nil {
		return v
	}
	text := strings.ToValidUTF8(strings.ReplaceAll(string(raw[:min(len(raw), maxWebhookBody)]), "\x00", ""), string(utf8.RuneError))
	return text
}
