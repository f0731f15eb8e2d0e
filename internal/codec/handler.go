package codec

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const defaultMaxBody = 8 << 20

// Caller is who asks the handler, as far as it matters here.
type Caller struct {
	Tenant int64                   // whose key seals on …/encode
	Allow  func(tenant int64) bool // whose payloads may be opened on …/decode
}

// HandlerParams sets up a handler.
type HandlerParams struct {
	Codec   *Codec
	Caller  func(ctx context.Context) (Caller, error)               // reads the authenticated caller; its fault refuses the request
	OnError func(w http.ResponseWriter, r *http.Request, err error) // answers a fault the way the edge does
	MaxBody int64                                                   // bytes; 8 MiB when zero
}

// NewHandler serves the Temporal codec protocol: POST of a temporal.api.common.v1.Payloads as JSON to a path that ends in
// /decode or /encode, answered by the same shape. The Temporal Web UI and `temporal --codec-endpoint` speak it.
func NewHandler(p HandlerParams) http.Handler {
	if p.MaxBody <= 0 {
		p.MaxBody = defaultMaxBody
	}
	return &handler{p}
}

type handler struct{ p HandlerParams }

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := h.serve(w, r)
	if err != nil {
		h.p.OnError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(answer) //nolint:gosec // JSON under its own content type; a client that went away needs no answer
}

func (h *handler) serve(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Method != http.MethodPost {
		return nil, fault.New(fault.NotFound, "the codec takes POST only")
	}
	caller, err := h.p.Caller(r.Context())
	if err != nil {
		return nil, err
	}
	in, err := h.read(w, r)
	if err != nil {
		return nil, err
	}
	var out commonpb.Payloads
	switch {
	case strings.HasSuffix(r.URL.Path, "/decode"):
		out.Payloads, err = h.p.Codec.Open(in.GetPayloads(), caller.Allow)
	case strings.HasSuffix(r.URL.Path, "/encode"):
		out.Payloads, err = h.p.Codec.Tenant(caller.Tenant).Encode(in.GetPayloads())
	default:
		err = fault.New(fault.NotFound, "the codec serves /decode and /encode")
	}
	if err != nil {
		return nil, err
	}
	answer, err := protojson.Marshal(&out)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the payloads could not be written")
	}
	return answer, nil
}

func (h *handler) read(w http.ResponseWriter, r *http.Request) (*commonpb.Payloads, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.p.MaxBody))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, fault.New(fault.TooLarge, "payloads may have %d bytes together", h.p.MaxBody)
		}
		return nil, fault.Wrap(err, fault.Malformed, "the body could not be read")
	}
	in := &commonpb.Payloads{}
	if err := protojson.Unmarshal(body, in); err != nil {
		return nil, fault.Wrap(err, fault.Malformed, "the body is not temporal.api.common.v1.Payloads as JSON")
	}
	return in, nil
}
