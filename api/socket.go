package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/notify"
)

// Close codes of the notification socket (api.md).
const (
	closeUnauthenticated websocket.StatusCode = 4401
	closeSlow            websocket.StatusCode = 4408
)

const (
	socketFirstMessage = 5 * time.Second
	socketPing         = 30 * time.Second
	socketWrite        = 10 * time.Second
	socketReadLimit    = 8 << 10 // bytes; a token message is far smaller
)

// socketParams are what the notification WebSocket needs.
type socketParams struct {
	Hub     *notify.Hub
	Keys    *auth.Keys
	Who     func(ctx context.Context, claims auth.Claims) (auth.Principal, error)
	Now     func() time.Time
	Origins []string // other origins that may connect
	Log     *slog.Logger
}

// socketServer serves WS /api/notifications/ws. The token comes by message, never in the address, which logs would keep.
type socketServer struct{ p socketParams }

// tokenMessage is all a client ever sends: first within 5 s, later to extend the connection.
type tokenMessage struct {
	Token   string `json:"token"`
	LastSeq *int64 `json:"last_seq"`
}

// ServeHTTP upgrades the connection and serves it to its end.
func (s *socketServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: s.p.Origins, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has answered
	}
	conn.SetReadLimit(socketReadLimit)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	code, reason := s.serve(ctx, conn)
	_ = conn.Close(code, reason)
}

func (s *socketServer) serve(ctx context.Context, conn *websocket.Conn) (websocket.StatusCode, string) {
	claims, first, err := s.hello(ctx, conn)
	if err != nil && !turnedAway(err) {
		return websocket.StatusTryAgainLater, "not available now"
	}
	if err != nil {
		return closeUnauthenticated, "the first message must be {\"token\": …} within 5 s"
	}
	lastSeq := int64(-1)
	if first.LastSeq != nil && *first.LastSeq >= 0 {
		lastSeq = *first.LastSeq
	}
	sub, err := s.p.Hub.Subscribe(ctx, claims.TenantID, claims.UserID, lastSeq)
	if err != nil {
		return websocket.StatusTryAgainLater, "not available now"
	}
	defer s.p.Hub.Unsubscribe(sub)
	if code, reason := s.stillAllowed(ctx, claims); code != 0 { // what changed before he subscribed, nobody told him
		return code, reason
	}
	ready, err := json.Marshal(map[string]any{"type": "ready", "last_seq": sub.Seq()})
	if err != nil || write(ctx, conn, ready) != nil {
		return websocket.StatusGoingAway, ""
	}
	c := &connection{s: s, conn: conn, sub: sub, claims: claims, renewed: make(chan auth.Claims, 1)}
	return c.run(ctx)
}

// hello waits for the token, at most 5 s.
func (s *socketServer) hello(ctx context.Context, conn *websocket.Conn) (auth.Claims, tokenMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, socketFirstMessage)
	defer cancel()
	m, err := readToken(ctx, conn)
	if err != nil {
		return auth.Claims{}, m, fault.Wrap(err, fault.Unauthenticated, "there was no token")
	}
	claims, err := s.admit(ctx, m.Token)
	return claims, m, err
}

func (s *socketServer) admit(ctx context.Context, token string) (auth.Claims, error) {
	claims, err := s.p.Keys.Parse(token, s.p.Now())
	if err != nil {
		return auth.Claims{}, err
	}
	_, err = s.p.Who(ctx, claims)
	return claims, err
}

func readToken(ctx context.Context, conn *websocket.Conn) (tokenMessage, error) {
	var m tokenMessage
	_, b, err := conn.Read(ctx)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, err
	}
	if m.Token == "" {
		return m, errors.New("no token")
	}
	return m, nil
}

func write(ctx context.Context, conn *websocket.Conn, b []byte) error {
	ctx, cancel := context.WithTimeout(ctx, socketWrite)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, b)
}

// connection is one admitted client.
type connection struct {
	s       *socketServer
	conn    *websocket.Conn
	sub     *notify.Subscriber
	claims  auth.Claims
	renewed chan auth.Claims
}

// run passes messages on until the client goes, its token runs out or its user may no longer listen.
func (c *connection) run(whole context.Context) (websocket.StatusCode, string) {
	ctx, cancel := context.WithCancelCause(whole)
	defer cancel(nil)
	// A read or a ping that is cut off by its context tears the connection down at once, without the close code that the
	// client is to get: these two go on until it is closed.
	go func() { cancel(c.read(whole)) }()
	expiry := time.NewTimer(c.claims.ExpiresAt.Sub(c.s.p.Now())) //nolint:forbidigo // a token's end is real time
	defer expiry.Stop()
	ping := time.NewTicker(socketPing)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return closeCode(context.Cause(ctx))
		case b, ok := <-c.sub.C:
			if !ok && c.sub.Slow() {
				return closeSlow, "too slow a reader"
			}
			if !ok {
				return websocket.StatusGoingAway, "the server stops"
			}
			if err := write(ctx, c.conn, b); err != nil {
				return websocket.StatusGoingAway, ""
			}
		case claims := <-c.renewed:
			c.claims = claims
			expiry.Reset(claims.ExpiresAt.Sub(c.s.p.Now()))
		case <-c.sub.Recheck:
			if code, reason := c.s.stillAllowed(ctx, c.claims); code != 0 {
				return code, reason
			}
		case <-expiry.C:
			return closeUnauthenticated, "the token has expired"
		case <-ping.C:
			go c.ping(whole, cancel)
			c.sub.LookAgain() // a process that died right after a commit told nobody
		}
	}
}

// stillAllowed asks the database whether a client may listen; zero says yes.
func (s *socketServer) stillAllowed(ctx context.Context, claims auth.Claims) (websocket.StatusCode, string) {
	switch _, err := s.p.Who(ctx, claims); {
	case err == nil:
		return 0, ""
	case turnedAway(err):
		return closeUnauthenticated, "no longer allowed"
	default:
		return websocket.StatusTryAgainLater, "not available now"
	}
}

// turnedAway says that a client may not listen; any other error says that nobody could find out, and he should come again.
func turnedAway(err error) bool {
	return fault.Is(err, fault.Unauthenticated) || fault.Is(err, fault.Forbidden)
}

func (c *connection) ping(ctx context.Context, cancel context.CancelCauseFunc) {
	ctx, stop := context.WithTimeout(ctx, socketWrite)
	defer stop()
	if err := c.conn.Ping(ctx); err != nil {
		cancel(err)
	}
}

// errRefused ends a connection whose fresh token is not good, or another user's.
var errRefused = errors.New("the token was refused")

// errUnavailable ends a connection whose fresh token nobody could judge.
var errUnavailable = errors.New("not available now")

// read takes fresh tokens, which extend the connection, until it ends.
func (c *connection) read(ctx context.Context) error {
	for {
		m, err := readToken(ctx, c.conn)
		if err != nil {
			return err
		}
		claims, err := c.s.admit(ctx, m.Token)
		if err != nil && !turnedAway(err) {
			return errUnavailable
		}
		if err != nil || claims.UserID != c.sub.UserID || claims.TenantID != c.sub.TenantID {
			return errRefused
		}
		select {
		case c.renewed <- claims:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func closeCode(cause error) (websocket.StatusCode, string) {
	if errors.Is(cause, errRefused) {
		return closeUnauthenticated, errRefused.Error()
	}
	if errors.Is(cause, errUnavailable) {
		return websocket.StatusTryAgainLater, errUnavailable.Error()
	}
	return websocket.StatusNormalClosure, ""
}
