package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// notificationBody is one message to the caller; seq counts without gaps per user.
type notificationBody struct {
	ID        int64     `json:"id"`
	Seq       int64     `json:"seq"`
	Type      string    `json:"type"`
	Title     string    `json:"title"`
	Message   string    `json:"message"`
	Severity  string    `json:"severity" enum:"info,low,medium,high,critical"`
	Link      string    `json:"link" doc:"A path of the screen; empty: none"`
	IsRead    bool      `json:"is_read"`
	CreatedAt time.Time `json:"created_at"`
}

func shapeNotification(n *models.Notification) notificationBody {
	return notificationBody{
		ID: n.ID, Seq: n.Seq, Type: n.Type, Title: n.Title, Message: n.Message, Severity: n.Severity, Link: n.Link,
		IsRead: n.IsRead, CreatedAt: n.CreatedAt.UTC(),
	}
}

type listNotificationsIn struct {
	PageInput

	Read string `query:"read" enum:"true,false" doc:"only those read, or not read"`
}

// listNotifications gives the caller's own, newest first.
func (a *API) listNotifications(ctx context.Context, in *listNotificationsIn) (*listOut[notificationBody], error) {
	q := store.InboxQuery{PageQuery: in.query(), UserID: actor(ctx).UserID}
	if q.Sort == "" {
		q.Sort, q.Desc = "seq", true
	}
	if in.Read != "" {
		q.Read = new(in.Read == "true")
	}
	rows, p, err := a.tenant(ctx).ListNotifications(ctx, q)
	if err != nil {
		return nil, err
	}
	return list(ctx, rows, p, shapeNotification), nil
}

type notificationIn struct {
	IDInput

	Body struct {
		IsRead bool `json:"is_read"`
	}
}

type notificationOut struct {
	Body notificationBody
}

func (a *API) markNotification(ctx context.Context, in *notificationIn) (*notificationOut, error) {
	var n *models.Notification
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if n, err = t.MarkNotification(ctx, actor(ctx).UserID, in.ID, in.Body.IsRead); err != nil {
			return e, err
		}
		return entry("notification.mark", in.ID, nil, map[string]any{"is_read": n.IsRead}), nil
	})
	if err != nil {
		return nil, err
	}
	return &notificationOut{Body: shapeNotification(n)}, nil
}

type markedOut struct {
	Body struct {
		Updated int `json:"updated" doc:"how many were not read"`
	}
}

func (a *API) markAllNotifications(ctx context.Context, _ *struct{}) (*markedOut, error) {
	var n int
	err := a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) (err error) {
		if n, err = t.MarkAllNotifications(ctx, actor(ctx).UserID); err != nil || n == 0 {
			return err
		}
		return audit.Write(ctx, t, audit.Entry{Action: "notification.mark_all", ResourceType: "notification", After: map[string]any{"marked": n}})
	})
	if err != nil {
		return nil, err
	}
	out := &markedOut{}
	out.Body.Updated = n
	return out, nil
}
