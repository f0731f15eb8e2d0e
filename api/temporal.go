package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/codec"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// newTemporal makes the proxy where there is a Web UI to show.
func (a *API) newTemporal() error {
	if a.codec == nil {
		return nil
	}
	a.codecHandler = codec.NewHandler(codec.HandlerParams{Codec: a.codec, Caller: codecCaller, OnError: a.writeProblem})
	if a.cfg.TemporalUIURL == "" {
		return nil
	}
	target, err := url.Parse(a.cfg.TemporalUIURL)
	if err != nil || target.Host == "" {
		return fmt.Errorf("TEMPORAL_UI_URL: %q is not an http(s) address", a.cfg.TemporalUIURL)
	}
	a.temporal = newTemporalProxy(temporalProxyParams{
		Target: target, Keys: a.keys, Codec: a.codecHandler, Who: permitted(a.whois, auth.TemporalView), Fail: a.writeProblem, Now: a.clock.Now, Secure: a.https,
		TTL: time.Duration(a.cfg.AccessTokenExpireMinutes) * time.Minute, Log: a.log,
	})
	return nil
}

// codecCaller lets a super_admin, and nobody else, see through every tenant's seal; he seals as our own work.
func codecCaller(ctx context.Context) (codec.Caller, error) {
	if err := actor(ctx).Permit(auth.TemporalView); err != nil {
		return codec.Caller{}, err
	}
	return codec.Caller{Tenant: codec.SystemTenant, Allow: func(int64) bool { return true }}, nil
}

type temporalSessionOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		URL       string `json:"url" doc:"where the Web UI is"`
		ExpiresIn int    `json:"expires_in" doc:"seconds"`
	}
}

func (a *API) temporalSession(ctx context.Context, _ *struct{}) (*temporalSessionOut, error) {
	if a.temporal == nil {
		return nil, noTemporalUI()
	}
	cookie, err := a.temporal.cookie(actor(ctx))
	if err != nil {
		return nil, err
	}
	// Who opens it sees the runs of all tenants.
	if err := audit.Write(ctx, a.tenant(ctx), audit.Entry{Action: "temporal.open", ResourceType: "temporal"}); err != nil {
		return nil, err
	}
	out := &temporalSessionOut{SetCookie: *cookie}
	out.Body.URL, out.Body.ExpiresIn = a.cfg.PublicURL+temporalPath, cookie.MaxAge
	return out, nil
}

func noTemporalUI() error {
	return fault.New(fault.NotFound, "this installation shows no Temporal Web UI; set TEMPORAL_UI_URL").WithCode("no_temporal_ui")
}

func (a *API) showTemporal(c *gin.Context) {
	if a.temporal == nil {
		a.plainProblem(c, noTemporalUI())
		return
	}
	// The answer's policy is the Web UI's own, not the API's.
	for _, h := range []string{"Content-Security-Policy", "Cross-Origin-Resource-Policy", "Cache-Control"} {
		c.Writer.Header().Del(h)
	}
	a.temporal.ServeHTTP(c.Writer, c.Request)
}

func (a *API) codecRoute() gin.HandlerFunc {
	return func(c *gin.Context) {
		if a.codecHandler == nil {
			a.plainProblem(c, noTemporalUI())
			return
		}
		a.codecHandler.ServeHTTP(c.Writer, c.Request)
	}
}

func codecDoc(o *huma.Operation) {
	payloads := map[string]*huma.MediaType{jsonType: {Schema: &huma.Schema{
		Type: "object", Description: "Temporal's Payloads message as JSON", Properties: map[string]*huma.Schema{
			"payloads": {Type: "array", Items: &huma.Schema{Type: "object", AdditionalProperties: true}},
		},
	}}}
	o.RequestBody = &huma.RequestBody{Required: true, Content: payloads}
	o.Responses["200"] = &huma.Response{Description: "The payloads, sealed or opened", Content: payloads}
}

// socket serves the notification WebSocket.
func (a *API) socket() gin.HandlerFunc {
	s := &socketServer{socketParams{Hub: a.hub, Keys: a.keys, Who: permitted(a.whoisNow, auth.NotificationsOwn), Now: a.clock.Now, Origins: a.socketOrigins(), Log: a.log}}
	return func(c *gin.Context) {
		if a.hub == nil {
			a.plainProblem(c, fault.New(fault.Unavailable, "there are no live notifications in this process"))
			return
		}
		s.ServeHTTP(c.Writer, c.Request)
	}
}

// socketOrigins are the hosts of the other origins that may call the API.
func (a *API) socketOrigins() []string {
	var hosts []string
	for _, o := range a.cfg.CORSOrigins {
		if u, err := url.Parse(o); err == nil && u.Host != "" {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}

func socketDoc(o *huma.Operation) {
	o.Description = "The first message must be {\"token\": \"<access token>\", \"last_seq\"?: n} within 5 s, else close 4401. " +
		"Then come {\"seq\", \"type\": \"notification\", \"notification\"} without gaps, and progress messages without seq: " +
		"execution.updated {id, status}, execution.step {execution_id, key, status}, resync. A fresh {\"token\"} extends the socket; " +
		"a token that runs out closes it with 4401, a reader that is too slow with 4408."
	o.Responses["101"] = &huma.Response{Description: "Switching Protocols"}
}
