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
