package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	maxCallbackBody  = 64 << 10
	maxCallbackToken = 100             // bytes; ours have 47
	callbackWindow   = 5 * time.Minute // how far a signed time may lie from ours, in both directions
	callbacksKept    = 30 * 24 * time.Hour
)

// receiveCallback takes a word of a Velociraptor server. Who calls shows himself by the address and by a signature over the
// time and the body; nothing of the body is looked at before.
func (a *API) receiveCallback(c *gin.Context) {
	ctx := c.Request.Context()
	key, err := a.calledCallback(ctx, c.Param("tenant_key"))
	if err != nil {
		a.refuseCallback(c, err)
		return
	}
	body, err := readCallback(c)
	if err == nil {
		err = a.provenCallback(c.Request.Header, key, body)
	}
	if err != nil {
		a.refuseCallback(c, err)
		return
	}
	word, err := readWord(body)
	if err != nil {
		a.plainProblem(c, err) // whoever signs is no guesser
		return
	}
	if key.OrgID != "" && word.OrgID != key.OrgID {
		word.Outcome = models.CallbackForeign
	}
	fresh := false
	err = a.store.Tenant(key.TenantID).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if fresh, err = t.ReceiveCallback(ctx, word); err != nil || key.FirstUsedAt != nil {
			return err
		}
		return t.UseCallbackKey(ctx, key.ID)
	})
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	status := "repeated"
	if fresh {
		status = "accepted"
	}
	c.JSON(http.StatusOK, map[string]any{"status": status})
}

// calledCallback is the key of the installation that an address belongs to, where its tenant may work. Faults: NotFound, the
// same for whatever is wrong with the address.
func (a *API) calledCallback(ctx context.Context, token string) (*models.CallbackKey, error) {
	unknown := fault.New(fault.NotFound, "there is nothing at this address").WithCode("callback_unknown")
	if len(token) > maxCallbackToken || !strings.HasPrefix(token, auth.CallbackPrefix) {
		return nil, unknown
	}
	ref, err := a.store.System().CallbackKeyByToken(ctx, auth.HashToken(token))
	if err == nil {
		var key *models.CallbackKey
		if key, err = a.store.Tenant(ref.TenantID).CalledCallbackKey(ctx, ref.ID); err == nil && key.TenantStatus == models.TenantActive {
			return key, nil
		}
	}
	if err == nil || fault.Is(err, fault.NotFound) {
		return nil, unknown
	}
	return nil, err
}

func readCallback(c *gin.Context) ([]byte, error) {
	_ = http.NewResponseController(c.Writer).SetReadDeadline(clock.System{}.Now().Add(bodyTimeout)) // not every writer has deadlines
	body, err := io.ReadAll(io.LimitReader(c.Request.Body, maxCallbackBody+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.Malformed, "the body could not be read to its end")
	}
	if len(body) > maxCallbackBody {
		return nil, fault.New(fault.TooLarge, "the body has more than %d bytes, the most that a callback may have", maxCallbackBody)
	}
	return body, nil
}

// provenCallback proves that whoever calls knows the key, now. Faults: Unauthenticated: signature_wrong, the same whatever is
// wrong with it; signature_expired only to who does know the key.
func (a *API) provenCallback(h http.Header, key *models.CallbackKey, body []byte) error {
	if a.fleet == nil {
		return noSealer()
	}
	secret, err := a.fleet.CallbackKey(key)
	if err != nil {
		return err
	}
	stamp := h.Get(velociraptor.HeaderTimestamp)
	if !velociraptor.SignatureFits(secret, stamp, h.Get(velociraptor.HeaderSignature), body) {
		return fault.New(fault.Unauthenticated, "the signature does not fit the time, the body and the key").WithCode("signature_wrong")
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return fault.New(fault.Unauthenticated, "the header %s must hold seconds since 1970", velociraptor.HeaderTimestamp).WithCode("signature_expired")
	}
	if age := a.clock.Now().Sub(time.Unix(seconds, 0)); age > callbackWindow || age < -callbackWindow {
		return fault.New(fault.Unauthenticated, "the signed time lies more than %d minutes from ours: do the clocks agree?", int(callbackWindow.Minutes())).
			WithCode("signature_expired")
	}
	return nil
}

// refuseCallback answers a call that is not taken; it counts against the address that it comes from.
func (a *API) refuseCallback(c *gin.Context, refusal error) {
	ctx := c.Request.Context()
	if kind := fault.KindOf(refusal); kind == fault.Internal || kind == fault.Unavailable {
		a.plainProblem(c, refusal) // our own trouble is nobody's guess
		return
	}
	a.metrics.refused(codeOfFault(refusal))
	if err := a.store.System().Admit(ctx, auth.CallbackLimits(requestFrom(ctx).ip)); err != nil {
		refusal = err
	}
	a.plainProblem(c, refusal)
}

// wordBody is what a callback says, as far as it is of interest: the rest is read from the server.
type wordBody struct {
	Kind     string          `json:"kind"`
	OrgID    string          `json:"org_id"`
	ClientID string          `json:"client_id"`
	FlowID   string          `json:"flow_id"`
	HuntID   *string         `json:"hunt_id"`
	State    json.RawMessage `json:"state"` // a name, or its number
	TS       json.RawMessage `json:"ts"`    // seconds, or RFC 3339
	Nonce    string          `json:"nonce"`
}

// readWord reads a callback's body. Fields that are not known are passed over: a later version of the artifact may say more.
// Faults: Malformed, Invalid at the field.
func readWord(body []byte) (*models.Callback, error) {
	var b wordBody
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	if err := json.Unmarshal(body, &b); err != nil {
		if of, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && of.Field != "" {
			return nil, fault.InvalidField("body."+of.Field, "must be a text, not a JSON %s", of.Value)
		}
		return nil, fault.Wrap(err, fault.Malformed, "the body is no JSON object of a callback")
	}
	word := &models.Callback{Kind: b.Kind, OrgID: b.OrgID, State: stateOf(b.State), OccurredAt: momentOf(b.TS)}
	if word.OrgID == "" {
		word.OrgID = "root"
	}
	if !formed(word.OrgID, "", 1) {
		return nil, fault.InvalidField("body.org_id", "does not look like an org's id")
	}
	if !formed(word.State, "", 0) {
		return nil, fault.InvalidField("body.state", "does not look like a collection's state, such as FINISHED")
	}
	switch b.Kind {
	case models.CallbackFlowCompleted:
		word.ClientID, word.Subject = b.ClientID, b.FlowID
		if !formed(b.ClientID, "C.", 1) && b.ClientID != "server" {
			return nil, fault.InvalidField("body.client_id", "does not look like a client's id (C.…)")
		}
		if !formed(b.FlowID, "F.", 1) {
			return nil, fault.InvalidField("body.flow_id", "does not look like a collection's id (F.…)")
		}
	case models.CallbackHuntCreated:
		if b.HuntID == nil || !formed(*b.HuntID, "H.", 1) {
			return nil, fault.InvalidField("body.hunt_id", "does not look like a hunt's id (H.…)")
		}
		word.Subject = *b.HuntID
	case models.CallbackPing:
		if word.Subject = b.Nonce; !formed(b.Nonce, "", 8) {
			return nil, fault.InvalidField("body.nonce", "must be 8 letters or digits, or more")
		}
	default:
		return nil, fault.InvalidField("body.kind", "must be %s, %s or %s", models.CallbackFlowCompleted, models.CallbackHuntCreated, models.CallbackPing)
	}
	return word, nil
}

// maxWordText is how long an id may be, without its prefix.
const maxWordText = 64

// formed says whether a text is a prefix and then letters, digits, dots, hyphens and underscores, so many at least.
func formed(text, prefix string, least int) bool {
	rest, ok := strings.CutPrefix(text, prefix)
	return ok && len(rest) >= least && len(rest) <= maxWordText && !strings.ContainsFunc(rest, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	})
}

// stateOf is a flow's state by its name; the server's event has the number.
func stateOf(raw json.RawMessage) string {
	text := strings.Trim(string(raw), `"`)
	switch text {
	case "null":
		return ""
	case "1":
		return "RUNNING"
	case "2":
		return "FINISHED"
	case "3":
		return "ERROR"
	}
	return text
}

// momentOf reads what the server calls a moment; nil for what is none.
func momentOf(raw json.RawMessage) *time.Time {
	text := strings.Trim(string(raw), `"`)
	if at, err := time.Parse(time.RFC3339, text); err == nil && at.Year() >= 1970 && at.Year() < 10000 {
		return new(at.UTC())
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 0 && seconds < 253402300800 { // the year 10000
		return new(time.UnixMicro(int64(seconds * 1e6)).UTC())
	}
	return nil
}

// callbackDoc describes the operation, which Gin serves directly: its signature is over the bytes as they came.
func callbackDoc(o *huma.Operation) {
	text := &huma.Schema{Type: "string"}
	o.Parameters = append(o.Parameters,
		&huma.Param{Name: "tenant_key", In: "path", Required: true, Schema: text, Description: "From the address that the installation made."},
		&huma.Param{Name: velociraptor.HeaderTimestamp, In: "header", Required: true, Schema: text, Description: "Seconds since 1970, at most five minutes from our time."},
		&huma.Param{Name: velociraptor.HeaderSignature, In: "header", Required: true, Schema: text, Description: "HMAC-SHA256 of timestamp, a dot and the body, in hexadecimal."},
	)
	o.RequestBody = &huma.RequestBody{
		Required: true, Content: map[string]*huma.MediaType{jsonType: {}}, Description: "What our artifact says: kind, org_id, client_id, flow_id, hunt_id, state, ts; a ping its nonce. At most 64 KiB.",
	}
	o.Responses["200"] = &huma.Response{
		Description: "accepted, or repeated: it was accepted before",
		Content: map[string]*huma.MediaType{jsonType: {Schema: &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{
			"status": {Type: "string", Enum: []any{"accepted", "repeated"}},
		}}}},
	}
}
