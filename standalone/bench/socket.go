package main

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/coder/websocket"
)

// socket opens the first user's live connection.
func (p *platform) socket(ctx context.Context) (*websocket.Conn, error) {
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(p.baseURL, "http")+"/api/notifications/ws", nil) //nolint:bodyclose // Dial's response has no body of ours
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(1 << 20)
	hello, err := json.Marshal(map[string]string{"token": p.token})
	if err != nil {
		return nil, err
	}
	return conn, conn.Write(ctx, websocket.MessageText, hello)
}
