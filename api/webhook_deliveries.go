package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// DeliveryBody is a call from outside on the wire.
type DeliveryBody struct {
	ID          int64      `json:"id"`
	DeliveryID  *string    `json:"delivery_id" doc:"the sender's name for it; a repeat under the same one does nothing"`
	Outcome     string     `json:"outcome" enum:"accepted,refused"`
	Reason      string     `json:"reason" doc:"why it was refused: the code of the answer"`
	ContentType string     `json:"content_type"`
	Headers     freeObject `json:"headers" doc:"those that the event shows"`
	Size        int        `json:"size" doc:"bytes of the body"`
	Mended      int        `json:"mended" doc:"characters that the event shows as U+FFFD because they can't be stored in JSON"`
	IPAddress   string     `json:"ip_address"`
	ReceivedAt  time.Time  `json:"received_at"`
}

func shapeDelivery(row *models.WebhookDelivery) DeliveryBody {
	return DeliveryBody{
		ID: row.ID, DeliveryID: row.DeliveryKey, Outcome: row.Outcome, Reason: row.Reason, ContentType: row.ContentType, Headers: freeObject(row.Headers),
		Size: row.Size, Mended: row.Mended, IPAddress: row.IPAddress, ReceivedAt: row.ReceivedAt.UTC(),
	}
}

type listDeliveriesIn struct {
	IDInput
	PageInput

	Outcome string `query:"outcome" enum:"accepted,refused"`
}

func (a *API) listDeliveries(ctx context.Context, in *listDeliveriesIn) (*listOut[DeliveryBody], error) {
	return listed(ctx, shapeDelivery)(a.tenant(ctx).ListDeliveries(ctx, in.ID, store.DeliveryQuery{PageQuery: in.query(), Outcome: in.Outcome}))
}

type deliveryIn struct {
	IDInput

	DeliveryID int64 `path:"delivery_id" minimum:"1"`
}

type deliveryOut struct {
	Body struct {
		DeliveryBody

		Body *string `json:"body" doc:"what came, as text; null: refused"`
	}
}

func (a *API) getDelivery(ctx context.Context, in *deliveryIn) (*deliveryOut, error) {
	row, err := a.tenant(ctx).Delivery(ctx, in.ID, in.DeliveryID)
	if err != nil {
		return nil, err
	}
	out := &deliveryOut{}
	if out.Body.DeliveryBody = shapeDelivery(row); row.Body != nil {
		out.Body.Body = new(string(row.Body))
	}
	return out, nil
}
