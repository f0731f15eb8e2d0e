package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// webhookPath is what every webhook's address begins with.
const webhookPath = "/api/ingestion/webhooks"

const (
	maxWebhookBody  = 1 << 20 // bytes of a call's body
	maxWebhookToken = 100     // bytes; ours have 47
)

// receiveWebhook takes a call of a webhook. Who calls shows himself by the token and, where the webhook demands it, by a
// signature; nothing of the body is looked at before.
func (a *API) receiveWebhook(c *gin.Context) {
	ctx := c.Request.Context()
	hook, err := a.calledWebhook(ctx, c.Param("token"))
	if err != nil {
		a.refuseCall(c, nil, err)
		return
	}
	call := &models.WebhookDelivery{
		WebhookID: hook.ID, Outcome: models.DeliveryAccepted, ContentType: clip(c.ContentType(), 100), IPAddress: requestFrom(ctx).ip,
	}
	in, err := a.readCall(c, hook, call)
	if err != nil {
		a.refuseCall(c, call, err, hook.TenantID)
		return
	}
	id, fresh, err := a.store.Tenant(hook.TenantID).ReceiveWebhook(ctx, in)
	if fault.Is(err, fault.NotFound) { // removed meanwhile
		err = noSuchWebhook()
	}
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	c.JSON(http.StatusAccepted, map[string]any{"id": id, "duplicate": !fresh})
}

// calledWebhook is the webhook that a token calls, where its tenant may work. Faults: NotFound, Forbidden.
func (a *API) calledWebhook(ctx context.Context, token string) (*models.Webhook, error) {
	if len(token) > maxWebhookToken {
		return nil, noSuchWebhook()
	}
	ref, err := a.store.System().WebhookByToken(ctx, auth.HashToken(token))
	if fault.Is(err, fault.NotFound) {
		return nil, noSuchWebhook()
	}
	if err != nil {
		return nil, err
	}
	hook, err := a.store.Tenant(ref.TenantID).CalledWebhook(ctx, ref.ID)
	if fault.Is(err, fault.NotFound) {
		return nil, noSuchWebhook()
	}
	return hook, err
}

func noSuchWebhook() error {
	return fault.New(fault.NotFound, "there is no webhook at this address").WithCode("webhook_unknown")
}

// readCall reads a call's body and proves who sent it. Faults: Forbidden, TooLarge, Unsupported, Malformed, Unauthenticated.
func (a *API) readCall(c *gin.Context, hook *models.Webhook, call *models.WebhookDelivery) (in store.Received, err error) {
	switch {
	case hook.TenantStatus != models.TenantActive:
		return in, fault.New(fault.Forbidden, "the tenant of this webhook is not active").WithCode("tenant_inactive")
	case !hook.Enabled:
		return in, fault.New(fault.Forbidden, "this webhook is turned off").WithCode("webhook_disabled")
	}
	if err := checkCallType(c.Request.Header); err != nil {
		return in, err
	}
	body, err := readCallBody(c)
	if call.Size = len(body); err != nil {
		return in, err
	}
	if hook.SignatureHeader != "" {
		secret, err := a.secretOf(hook)
		if err != nil {
			return in, err
		}
		if err := checkSignature(c.Request.Header, hook.SignatureHeader, secret, body, a.clock.Now()); err != nil {
			return in, err
		}
	}
	shown, err := showCall(body)
	if err != nil {
		return in, err
	}
	call.Body, call.Mended, call.DeliveryKey, call.Headers = body, shown.mended, deliveryKey(c.Request.Header, hook.SignatureHeader), shownHeaders(c.Request.Header)
	return store.Received{Delivery: call, Name: hook.Name, Body: shown.body, Cut: shown.cut}, nil
}

// checkCallType refuses what is said to be something else than JSON: senders often say nothing, or text/plain. Faults:
// Unsupported.
func checkCallType(h http.Header) error {
	if enc := h.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return fault.New(fault.Unsupported, "a compressed body (Content-Encoding) is not taken here")
	}
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err == nil && (kind == formType || strings.HasPrefix(kind, "multipart/")) {
		return fault.New(fault.Unsupported, "send the body as %s; a form is not taken here", jsonType)
	}
	return nil
}

func readCallBody(c *gin.Context) ([]byte, error) {
	_ = http.NewResponseController(c.Writer).SetReadDeadline(clock.System{}.Now().Add(bodyTimeout)) // not every writer has deadlines
	body, err := io.ReadAll(io.LimitReader(c.Request.Body, maxWebhookBody+1))
	if err != nil {
		return body, fault.Wrap(err, fault.Malformed, "the body could not be read to its end")
	}
	if len(body) > maxWebhookBody {
		return body, fault.New(fault.TooLarge, "the body has more than %d bytes, the most that a webhook takes", maxWebhookBody)
	}
	return body, nil
}

// refuseCall answers a call that is not taken. Refusals count against the address they come from, and those of a known
// webhook are put on record, as long as the brake lets them pass.
func (a *API) refuseCall(c *gin.Context, call *models.WebhookDelivery, refusal error, tenant ...int64) {
	ctx := c.Request.Context()
	if kind := fault.KindOf(refusal); kind == fault.Internal || kind == fault.Unavailable {
		a.plainProblem(c, refusal) // our own trouble is nobody's guess
		return
	}
	a.metrics.refused(codeOfFault(refusal))
	if err := a.store.System().Admit(ctx, auth.WebhookLimits(requestFrom(ctx).ip)); err != nil {
		a.plainProblem(c, err)
		return
	}
	if call != nil && len(tenant) == 1 && !errors.Is(ctx.Err(), context.Canceled) {
		call.Reason = codeOfFault(refusal)
		if err := a.store.Tenant(tenant[0]).RefuseDelivery(ctx, call); err != nil {
			a.log.WarnContext(ctx, "a refused call of a webhook is not on record", slog.Int64("webhook_id", call.WebhookID), slog.String("error", err.Error()))
		}
	}
	a.plainProblem(c, refusal)
}

// webhookDoc describes the operation, which Gin serves directly: its body is any JSON, kept as it came.
func webhookDoc(o *huma.Operation) {
	o.Parameters = append(o.Parameters, &huma.Param{
		Name: "token", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}, Description: "From the address that the webhook was made with.",
	})
	o.RequestBody = &huma.RequestBody{
		Required: true, Content: map[string]*huma.MediaType{jsonType: {}}, Description: "Any JSON value of at most 1 MiB.",
	}
	o.Responses["202"] = &huma.Response{
		Description: "Taken; duplicate says that it was taken before, under the same delivery id",
		Content: map[string]*huma.MediaType{jsonType: {Schema: &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{
			"id": {Type: "integer", Format: "int64"}, "duplicate": {Type: "boolean"},
		}}}},
	}
}

// signatureWindow is how far a signed time may lie from ours, in both directions (Standard Webhooks 1.0).
const signatureWindow = 5 * time.Minute
