package velociraptor

import (
	"context"
	"errors"
	"strings"

	"github.com/sony/gobreaker/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Codes of faults.
const (
	CodeDown      = "velociraptor_down"      // not reached, or it doesn't serve
	CodeTLS       = "velociraptor_tls"       // reached, but not the server that the file is of
	CodeDenied    = "velociraptor_denied"    // our user may not
	CodeNoOrg     = "velociraptor_org"       // no such org, or no access to it
	CodeNoUser    = "velociraptor_user"      // the server doesn't know our certificate's user
	CodeStatement = "velociraptor_statement" // it refused a statement of ours
	CodeTimeout   = "velociraptor_timeout"   // no answer in time
	CodeReplaced  = "velociraptor_replaced"  // another connection took this one's place: ask for that
	CodeReduced   = "velociraptor_reduced"   // the transport can't do it
)

// fromServer says what a call's error means. What gRPC itself says stays in the cause: it may quote addresses.
func fromServer(ctx context.Context, err error) error {
	var known *fault.Error
	var ours stop
	if err == nil || errors.As(err, &known) || errors.As(err, &ours) {
		return err
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return context.Canceled
	}
	s, _ := status.FromError(err)
	say := func(kind fault.Kind, code, text string) error {
		return fault.Wrap(err, kind, "%s", text).WithCode(code)
	}
	switch message := s.Message(); {
	case errors.Is(ctx.Err(), context.DeadlineExceeded) || s.Code() == codes.DeadlineExceeded:
		return say(fault.Unavailable, CodeTimeout, "the Velociraptor server didn't answer in time")
	case s.Code() == codes.PermissionDenied:
		return say(fault.Forbidden, CodeDenied, "the Velociraptor server doesn't let our user run queries: it needs the permission any_query")
	case strings.Contains(message, "Org not found"):
		return say(fault.Invalid, CodeNoOrg, "the Velociraptor server has no such org, or our user has no access to it")
	case strings.Contains(message, "User not found"):
		return say(fault.Forbidden, CodeNoUser, "the Velociraptor server doesn't know the user of this certificate: grant it roles first")
	case s.Code() == codes.ResourceExhausted:
		return say(fault.TooLarge, CodeStatement, "the Velociraptor server's answer is longer than 64 MiB in one piece: ask for fewer rows")
	case strings.Contains(message, "authentication handshake failed") || strings.Contains(message, "tls:") || strings.Contains(message, "x509:"):
		return say(fault.Unavailable, CodeTLS, "what answers at this address is not the Velociraptor server that the file is of, or it refuses our certificate")
	case s.Code() == codes.Unimplemented:
		return say(fault.Unavailable, CodeTLS, "what answers at this address is no Velociraptor API")
	default:
		return say(fault.Unavailable, CodeDown, "the Velociraptor server can't be reached")
	}
}

// fromBreaker is the fault of a call that was not tried, because the last ones failed.
func fromBreaker(err error) error {
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return fault.Wrap(err, fault.Unavailable, "the Velociraptor server can't be reached; it is tried again in a moment").
			WithCode(CodeDown).WithRetryAfter(brokenFor)
	}
	return err
}

// complaint is a log line that says that a statement failed; "" for the chatter around it. The server ends a stream well
// whatever happened inside, so these lines are all there is.
func complaint(log string) string {
	line := strings.TrimSpace(log)
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	for _, prefix := range []string{"ERROR:", "VQL Error:"} {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			return strings.TrimSpace(rest)
		}
	}
	name, _, found := strings.Cut(line, ":")
	if found && faultyFunctions[name] {
		return line
	}
	for _, sign := range []string{"Permission denied", "Symbol ", "Timeout", "timed out", "timeout reached"} {
		if strings.HasPrefix(line, sign) {
			return line
		}
	}
	return ""
}

// faultyFunctions prefix the log of their failure with their own name. Those that our statements call.
var faultyFunctions = map[string]bool{ //nolint:gochecknoglobals // a constant table
	"artifact_definitions": true, "artifact_set": true, "add_server_monitoring": true, "cancel_flow": true, "client_info": true, "clients": true,
	"collect_client": true, "flows": true, "get_flow": true, "hunt": true, "hunt_flows": true, "hunt_results": true, "hunt_update": true, "hunts": true,
	"get_server_monitoring": true, "label": true, "orgs": true, "server_set_metadata": true, "source": true, "uploads": true, "rm_server_monitoring": true, "artifact_delete": true,
}

// refused is the fault of a statement whose log complains.
func refused(name, line string) error {
	low := strings.ToLower(line)
	switch {
	case strings.Contains(low, "permission denied") || strings.Contains(low, "permissiondenied"):
		return fault.New(fault.Forbidden, "the Velociraptor server refuses %s: %s", name, clip(line)).WithCode(CodeDenied)
	case strings.Contains(low, "timeout") || strings.Contains(low, "timed out"):
		return fault.New(fault.Unavailable, "the Velociraptor server stopped %s: it took too long", name).WithCode(CodeTimeout)
	default:
		return fault.New(fault.Invalid, "the Velociraptor server refuses %s: %s", name, clip(line)).WithCode(CodeStatement)
	}
}

// clip bounds a line of a foreign server.
func clip(line string) string {
	const most = 300
	line = strings.ToValidUTF8(line, "\uFFFD")
	if len(line) > most {
		line = strings.ToValidUTF8(line[:most], "") + "…"
	}
	return line
}
