package api

import (
	"net/http"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// routes is the table of contents: every operation of the product, one line each.
func (a *API) routes() {
	a.serviceRoutes()
	a.identityRoutes()
	a.tenantRoutes()
	a.userRoutes()
	a.workRoutes()
	a.notificationRoutes()
	a.playbookRoutes()
	a.executionRoutes()
	a.temporalRoutes()
}

func (a *API) serviceRoutes() {
	const tag = "service"
	registerRaw(a, op{Method: http.MethodGet, Path: "/", ID: "root", Summary: "Name and version; browsers get the screen", Tag: tag, Role: Public}, a.root, rootDoc)
	register(a, op{Method: http.MethodGet, Path: "/health", ID: "health", Summary: "Whether the process lives", Tag: tag, Role: Public}, a.health)
	register(a, op{Method: http.MethodGet, Path: "/ready", ID: "ready", Summary: "Whether what it depends on answers", Tag: tag, Role: Public}, a.readiness)
	a.documentationRoutes()
}

func (a *API) identityRoutes() {
	const tag = "identity"
	post, get := http.MethodPost, http.MethodGet
	register(a, op{Method: get, Path: "/api/auth/status", ID: "auth-status", Summary: "Whether the first user is still to be made, and who may register", Tag: tag, Role: Public}, a.authStatus)
	register(a, op{Method: post, Path: "/api/auth/register", ID: "register", Summary: "Register; the first user ever becomes super_admin", Tag: tag, Role: Public, Status: 201, Secret: true}, a.signUp)
	register(a, op{Method: post, Path: "/api/auth/login", ID: "login", Summary: "Sign in with a form or JSON", Tag: tag, Role: Public, Form: true, Secret: true}, a.login)
	register(a, op{Method: post, Path: "/api/auth/refresh", ID: "refresh", Summary: "Swap a refresh token for new tokens", Tag: tag, Role: Public, EmptyBody: true, Secret: true}, a.refresh)
	register(a, op{Method: post, Path: "/api/auth/logout", ID: "logout", Summary: "End this session", Tag: tag, Role: Public, Status: 204, EmptyBody: true, Secret: true}, a.logout)
	register(a, op{Method: get, Path: "/api/auth/me", ID: "get-me", Summary: "Own account", Tag: tag, Role: auth.RoleViewer}, a.me)
	register(a, op{Method: http.MethodPatch, Path: "/api/auth/me", ID: "update-me", Summary: "Change own profile", Tag: tag, Role: auth.RoleViewer, Secret: true}, a.updateMe)
	register(a, op{Method: post, Path: "/api/auth/password", ID: "change-password", Summary: "Change own password; ends all other sessions", Tag: tag, Role: auth.RoleViewer, Status: 204, Secret: true}, a.changePassword)
	register(a, op{Method: get, Path: "/api/auth/sessions", ID: "list-sessions", Summary: "Own sessions", Tag: tag, Role: auth.RoleViewer}, a.listSessions)
	register(a, op{Method: http.MethodDelete, Path: "/api/auth/sessions", ID: "end-sessions", Summary: "End all own sessions but this one", Tag: tag, Role: auth.RoleViewer, Status: 204}, a.endSessions)
	register(a, op{Method: http.MethodDelete, Path: "/api/auth/sessions/{id}", ID: "end-session", Summary: "End one own session", Tag: tag, Role: auth.RoleViewer, Status: 204}, a.endSession)
}

func (a *API) tenantRoutes() {
	const tag = "tenants"
	register(a, op{Method: http.MethodGet, Path: "/api/tenants", ID: "list-tenants", Summary: "Own tenant; for a super_admin all tenants", Tag: tag, Role: auth.RoleAdmin, Sorts: []string{"id", "name", "created_at"}}, a.listTenants)
	register(a, op{Method: http.MethodPost, Path: "/api/tenants", ID: "create-tenant", Summary: "Make a tenant, with its first administrator", Tag: tag, Role: auth.RoleAdmin, Status: 201, Secret: true}, a.createTenant)
	register(a, op{Method: http.MethodGet, Path: "/api/tenants/{id}", ID: "get-tenant", Summary: "One tenant", Tag: tag, Role: auth.RoleAdmin}, a.getTenant)
}

func (a *API) userRoutes() {
	const tag = "users"
	register(a, op{Method: http.MethodGet, Path: "/api/users", ID: "list-users", Summary: "The tenant's users", Tag: tag, Role: auth.RoleAdmin, Sorts: []string{"id", "username", "created_at", "last_login_at"}}, a.listUsers)
	register(a, op{Method: http.MethodPost, Path: "/api/users", ID: "create-user", Summary: "Make a user", Tag: tag, Role: auth.RoleAdmin, Status: 201, Secret: true}, a.createUser)
	register(a, op{Method: http.MethodGet, Path: "/api/users/{id}", ID: "get-user", Summary: "One user", Tag: tag, Role: auth.RoleAdmin}, a.getUser)
	register(a, op{Method: http.MethodPut, Path: "/api/users/{id}", ID: "put-user", Summary: "Change a user (as PATCH)", Tag: tag, Role: auth.RoleAdmin, Secret: true}, a.updateUser)
	register(a, op{Method: http.MethodPatch, Path: "/api/users/{id}", ID: "update-user", Summary: "Change a user; deactivation ends all sessions", Tag: tag, Role: auth.RoleAdmin, Secret: true}, a.updateUser)
	register(a, op{Method: http.MethodDelete, Path: "/api/users/{id}", ID: "delete-user", Summary: "Remove a user", Tag: tag, Role: auth.RoleAdmin, Status: 204}, a.deleteUser)
}

func (a *API) notificationRoutes() {
	const tag, path = "notifications", "/api/notifications"
	register(a, op{Method: http.MethodGet, Path: path, ID: "list-notifications", Summary: "Own notifications, newest first", Tag: tag, Role: auth.RoleViewer, Sorts: []string{"seq"}}, a.listNotifications)
	register(a, op{Method: http.MethodPut, Path: path + "/{id}", ID: "mark-notification", Summary: "Mark one as read or not read", Tag: tag, Role: auth.RoleViewer}, a.markNotification)
	register(a, op{Method: http.MethodPost, Path: path + "/mark-all-read", ID: "mark-all-notifications", Summary: "Mark all as read", Tag: tag, Role: auth.RoleViewer}, a.markAllNotifications)
	if a.cfg.WSEnabled {
		registerRaw(a, op{Method: http.MethodGet, Path: path + "/ws", ID: "notification-socket", Summary: "Live notifications and progress over a WebSocket", Tag: tag, Role: Public}, a.socket(), socketDoc)
	}
}

func (a *API) playbookRoutes() {
	const tag, path = "playbooks", "/api/playbooks"
	register(a, op{Method: http.MethodGet, Path: path, ID: "list-playbooks", Summary: "The tenant's playbooks", Tag: tag, Role: auth.RoleViewer, Sorts: []string{"id", "name", "created_at", "updated_at"}}, a.listPlaybooks)
	register(a, op{Method: http.MethodPost, Path: path, ID: "create-playbook", Summary: "Make a playbook", Tag: tag, Role: auth.RoleAdmin, Status: 201, MaxBody: maxPlaybookBody}, a.createPlaybook)
	register(a, op{Method: http.MethodGet, Path: path + "/{id}", ID: "get-playbook", Summary: "One playbook with its source", Tag: tag, Role: auth.RoleViewer}, a.getPlaybook)
	register(a, op{Method: http.MethodPut, Path: path + "/{id}", ID: "put-playbook", Summary: "Make a new version of a playbook, or turn its trigger on or off", Tag: tag, Role: auth.RoleAdmin, MaxBody: maxPlaybookBody}, a.updatePlaybook)
	register(a, op{Method: http.MethodPatch, Path: path + "/{id}", ID: "update-playbook", Summary: "As PUT", Tag: tag, Role: auth.RoleAdmin, MaxBody: maxPlaybookBody}, a.updatePlaybook)
	register(a, op{Method: http.MethodDelete, Path: path + "/{id}", ID: "delete-playbook", Summary: "Remove a playbook and the record of its runs", Tag: tag, Role: auth.RoleAdmin, Status: 204}, a.deletePlaybook)
	register(a, op{Method: http.MethodPost, Path: path + "/validate", ID: "validate-playbook", Summary: "Check a playbook without keeping it", Tag: tag, Role: auth.RoleViewer, MaxBody: maxPlaybookBody}, a.validatePlaybook)
	register(a, op{Method: http.MethodGet, Path: path + "/actions", ID: "list-actions", Summary: "What a step may do", Tag: tag, Role: auth.RoleViewer}, a.listActions)
	register(a, op{Method: http.MethodGet, Path: path + "/events", ID: "list-events", Summary: "What a playbook can wait for", Tag: tag, Role: auth.RoleViewer}, a.listEvents)
	register(a, op{Method: http.MethodGet, Path: path + "/library", ID: "list-library", Summary: "Playbooks that come with the product", Tag: tag, Role: auth.RoleViewer}, a.listLibrary)
	register(a, op{Method: http.MethodGet, Path: path + "/schema.json", ID: "playbook-schema", Summary: "JSON Schema of a playbook, for editors", Tag: tag, Role: auth.RoleViewer}, a.playbookSchema)
}

func (a *API) executionRoutes() {
	const tag, path = "executions", "/api/playbooks"
	register(a, op{Method: http.MethodPost, Path: path + "/{id}/execute", ID: "execute-playbook", Summary: "Start a run", Tag: tag, Role: auth.RoleUser, Status: 202, EmptyBody: true}, a.executePlaybook)
	register(a, op{Method: http.MethodGet, Path: path + "/{id}/executions", ID: "list-playbook-executions", Summary: "The runs of a playbook, newest first", Tag: tag, Role: auth.RoleViewer, Sorts: []string{"id", "created_at"}}, a.listPlaybookExecutions)
	register(a, op{Method: http.MethodGet, Path: path + "/executions", ID: "list-executions", Summary: "All runs, newest first", Tag: tag, Role: auth.RoleViewer, Sorts: []string{"id", "created_at"}}, a.listExecutions)
	register(a, op{Method: http.MethodGet, Path: path + "/executions/{id}", ID: "get-execution", Summary: "One run with its steps", Tag: tag, Role: auth.RoleViewer}, a.getExecution)
	register(a, op{Method: http.MethodPost, Path: path + "/executions/{id}/cancel", ID: "cancel-execution", Summary: "Ask for the end of a run", Tag: tag, Role: auth.RoleUser, Status: 202, EmptyBody: true}, a.cancelExecution)
}

func (a *API) temporalRoutes() {
	const tag = "temporal"
	register(a, op{Method: http.MethodPost, Path: "/api/temporal/session", ID: "temporal-session", Summary: "Open the Temporal Web UI at /temporal with a cookie of its own", Tag: tag, Role: auth.RoleSuperAdmin, EmptyBody: true}, a.temporalSession)
	registerRaw(a, op{Method: http.MethodPost, Path: "/api/temporal/codec/encode", ID: "codec-encode", Summary: "Seal payloads (Temporal's remote codec)", Tag: tag, Role: auth.RoleSuperAdmin}, a.codecRoute(), codecDoc)
	registerRaw(a, op{Method: http.MethodPost, Path: "/api/temporal/codec/decode", ID: "codec-decode", Summary: "Open payloads (Temporal's remote codec)", Tag: tag, Role: auth.RoleSuperAdmin}, a.codecRoute(), codecDoc)
	a.engine.Any(temporalPath, a.showTemporal)
	a.engine.Any(temporalPath+"/*path", a.showTemporal)
}
