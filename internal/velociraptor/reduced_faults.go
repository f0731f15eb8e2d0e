package velociraptor

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// fromGateway says what a failed exchange means.
func fromGateway(ctx context.Context, err error) error {
	var refused *fault.Error
	var unknown *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.Wrap(err, fault.Unavailable, "the Velociraptor gateway didn't answer in time").WithCode(CodeTimeout)
	case errors.Is(ctx.Err(), context.Canceled):
		return context.Canceled
	case errors.As(err, &refused):
		return fault.Wrap(err, fault.Unavailable, "%s", refused.Message).WithCode(refused.StableCode())
	case errors.As(err, &unknown), errors.As(err, &record):
		return fault.Wrap(err, fault.Unavailable, "the certificate of what answers at this address is not accepted").WithCode(CodeTLS)
	default:
		return fault.Wrap(err, fault.Unavailable, "the Velociraptor gateway can't be reached").WithCode(CodeDown)
	}
}

// fromStatus says what an answer other than 200 means. The gateway's own words come as {"message"}.
func fromStatus(status int, body []byte) error {
	var said struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(body, &said) // a proxy's page has none
	low := strings.ToLower(said.Message)
	switch {
	case strings.Contains(low, "csrf"):
		return fault.New(fault.Forbidden, "the Velociraptor gateway refuses our CSRF token: let the proxy pass cookies, Referer and X-CSRF-Token on").WithCode(CodeDenied)
	case status == http.StatusUnauthorized || status >= http.StatusMultipleChoices && status < http.StatusBadRequest:
		return fault.New(fault.Forbidden, "the proxy before the Velociraptor gateway doesn't take the token").WithCode(CodeNoUser)
	case strings.Contains(low, "org not found"):
		return fault.New(fault.Invalid, "the Velociraptor server has no such org, or our user has no access to it").WithCode(CodeNoOrg)
	case status == http.StatusForbidden || strings.Contains(low, "permission denied"):
		return fault.New(fault.Forbidden, "the Velociraptor gateway refuses: %s", clip(orWords(said.Message, "our user may not"))).WithCode(CodeDenied)
	case status == http.StatusNotFound || strings.Contains(low, "not found") || strings.Contains(low, "not known"):
		return fault.New(fault.NotFound, "the Velociraptor server knows no such thing")
	case status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout || status == http.StatusTooManyRequests:
		return fault.New(fault.Unavailable, "the Velociraptor server can't be reached through its proxy").WithCode(CodeDown)
	default: // the gateway answers 500 for whatever a request asks that can't be done
		return fault.New(fault.Invalid, "the Velociraptor server refuses: %s", clip(orWords(said.Message, http.StatusText(status)))).WithCode(CodeStatement)
	}
}

func orWords(said, otherwise string) string {
	if said == "" {
		return otherwise
	}
	return said
}

// lacks is the fault of what the gateway can't do; what is a key of ReducedLacks.
func lacks(what string) error {
	return fault.New(fault.Invalid, "the reduced connection (a token at the gateway) has no way of %s: connect with an api_client file", ReducedLacks()[what]).WithCode(CodeReduced)
}
