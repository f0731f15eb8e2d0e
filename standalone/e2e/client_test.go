package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const tenantPassword = "a long enough password 42"

// Client is a signed-in user of one tenant.
type Client struct {
	t        *testing.T
	url      string
	token    string
	refresh  string
	TenantID int64
	ID       int64
	Username string
}

// tokens is the answer of sign-in and refresh.
type tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
}

// Login signs somebody in.
func Login(t *testing.T, url, username, password string) *Client {
	t.Helper()
	c := &Client{t: t, url: url, Username: username}
	var got tokens
	c.Must(http.StatusOK, http.MethodPost, "/api/auth/login", map[string]string{"username": username, "password": password}, &got)
	c.token, c.refresh = got.AccessToken, got.RefreshToken
	var me struct {
		ID       int64 `json:"id"`
		TenantID int64 `json:"tenant_id"`
	}
	c.Get("/api/auth/me", &me)
	c.TenantID, c.ID = me.TenantID, me.ID
	return c
}

// At is the same client at another address of the installation.
func (c *Client) At(url string) *Client {
	other := *c
	other.url = url
	return &other
}

// Refused expects a problem with this status and code.
func (c *Client) Refused(status int, code, method, path string, in any) {
	c.t.Helper()
	got, body := c.Do(method, path, in)
	var problem struct {
		Code string `json:"code"`
	}
	require.NoError(c.t, json.Unmarshal(body, &problem), string(body))
	require.Equal(c.t, fmt.Sprint(status, " ", code), fmt.Sprint(got, " ", problem.Code), "%s %s: %s", method, path, body)
}

// soon is how long a change may take to hold everywhere.
const soon = 2 * time.Second

// BecomesRefused waits until a GET answers this status and code.
func (c *Client) BecomesRefused(status int, code, path string) {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		got, _ := c.Do(http.MethodGet, path, nil)
		return got == status
	}, soon, 10*time.Millisecond, "GET %s is still answered", path)
	c.Refused(status, code, http.MethodGet, path, nil)
}

// NewTenant makes a tenant with an administrator and signs him in. Names are new each time.
func NewTenant(t *testing.T, url, name string) *Client {
	t.Helper()
	return Login(t, url, AdminName, AdminPassword).NewTenant(t, name)
}

// NewTenant is the same by an operator who is signed in already: sign-ins are limited.
func (c *Client) NewTenant(t *testing.T, name string) *Client {
	t.Helper()
	suffix := strings.ToLower(clock.Token(6))
	username := name + "-admin-" + suffix
	c.Must(http.StatusCreated, http.MethodPost, "/api/tenants", map[string]any{
		"name": name + " " + suffix, "admin": map[string]string{"username": username, "password": tenantPassword},
	}, nil)
	return Login(t, c.url, username, tenantPassword)
}

// Do sends JSON and gives the status and the body.
func (c *Client) Do(method, path string, in any) (int, []byte) {
	c.t.Helper()
	var body io.Reader = http.NoBody
	if in != nil {
		b, err := json.Marshal(in)
		require.NoError(c.t, err)
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.url+path, body)
	require.NoError(c.t, err)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(c.t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	require.NoError(c.t, err)
	return res.StatusCode, b
}

// Must is Do with the expected status, and reads the answer into out.
func (c *Client) Must(status int, method, path string, in, out any) {
	c.t.Helper()
	got, body := c.Do(method, path, in)
	require.Equal(c.t, status, got, "%s %s: %s", method, path, body)
	if out != nil {
		require.NoError(c.t, json.Unmarshal(body, out), string(body))
	}
}

// Get reads one resource.
func (c *Client) Get(path string, out any) {
	c.t.Helper()
	c.Must(http.StatusOK, http.MethodGet, path, nil, out)
}

// Execution is what tests look at in a run.
type Execution struct {
	ID         int64  `json:"id"`
	PlaybookID int64  `json:"playbook_id"`
	Status     string `json:"status"`
	Error      string `json:"error"`
	WorkflowID string `json:"workflow_id"`
	Steps      []struct {
		Key, ID, Status, Error string
		Attempts               int
	} `json:"steps"`
}

// Playbook makes a playbook from its text.
func (c *Client) Playbook(source string) int64 {
	c.t.Helper()
	var p struct {
		ID int64 `json:"id"`
	}
	c.Must(http.StatusCreated, http.MethodPost, "/api/playbooks", map[string]any{"source": source}, &p)
	return p.ID
}

// Execute starts a run by hand.
func (c *Client) Execute(playbook int64, inputs map[string]any) Execution {
	c.t.Helper()
	var e Execution
	c.Must(http.StatusAccepted, http.MethodPost, fmt.Sprintf("/api/playbooks/%d/execute", playbook), map[string]any{"inputs": inputs}, &e)
	return e
}

// Executions lists the runs of a playbook.
func (c *Client) Executions(playbook int64) []Execution {
	c.t.Helper()
	var list []Execution
	c.Get(fmt.Sprintf("/api/playbooks/%d/executions", playbook), &list)
	return list
}

// Finished waits for the end of a run.
func (c *Client) Finished(id int64, within time.Duration) Execution {
	c.t.Helper()
	var e Execution
	require.Eventually(c.t, func() bool {
		c.Get(fmt.Sprintf("/api/playbooks/executions/%d", id), &e)
		return e.Status != "queued" && e.Status != "running" && e.Status != "waiting"
	}, within, poll, "execution %d does not end", id)
	return e
}

// OnlyRun waits until a playbook has a run and that run has ended, and checks that it is the only one.
func (c *Client) OnlyRun(playbook int64, within time.Duration) Execution {
	c.t.Helper()
	require.Eventually(c.t, func() bool { return len(c.Executions(playbook)) > 0 }, within, poll, "the playbook does not run")
	list := c.Executions(playbook)
	require.Len(c.t, list, 1)
	return c.Finished(list[0].ID, within)
}

// Socket is a client's live connection; messages gather.
type Socket struct {
	t    *testing.T
	conn *websocket.Conn
	mu   sync.Mutex
	got  []map[string]any
	end  chan websocket.StatusCode
}

// Listen opens the client's notification socket and waits until it is admitted.
func (c *Client) Listen() *Socket {
	c.t.Helper()
	conn, _, err := websocket.Dial(c.t.Context(), "ws"+strings.TrimPrefix(c.url, "http")+"/api/notifications/ws", nil)
	require.NoError(c.t, err)
	c.t.Cleanup(func() { _ = conn.CloseNow() })
	hello, err := json.Marshal(map[string]string{"token": c.token})
	require.NoError(c.t, err)
	require.NoError(c.t, conn.Write(c.t.Context(), websocket.MessageText, hello))
	s := &Socket{t: c.t, conn: conn, end: make(chan websocket.StatusCode, 1)}
	go s.read()
	s.Wait("admission", func(m map[string]any) bool { return m["type"] == "ready" })
	return s
}

func (s *Socket) read() {
	for {
		_, b, err := s.conn.Read(context.Background())
		if err != nil {
			s.end <- websocket.CloseStatus(err)
			return
		}
		var m map[string]any
		if json.Unmarshal(b, &m) == nil {
			s.mu.Lock()
			s.got = append(s.got, m)
			s.mu.Unlock()
		}
	}
}

// EndsSoon expects the server to end the connection because its user may not listen any more.
func (s *Socket) EndsSoon() {
	s.t.Helper()
	select {
	case code := <-s.end:
		require.Equal(s.t, websocket.StatusCode(4401), code)
	case <-time.After(soon):
		require.FailNow(s.t, "the socket is still open")
	}
}

// Messages is what came so far.
func (s *Socket) Messages() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]map[string]any(nil), s.got...)
}

// Wait waits for a message and gives it.
func (s *Socket) Wait(what string, is func(map[string]any) bool) (found map[string]any) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		for _, m := range s.Messages() {
			if is(m) {
				found = m
				return true
			}
		}
		return false
	}, 30*time.Second, poll, "no message: %s", what)
	return found
}
