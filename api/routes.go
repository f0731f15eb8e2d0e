package api

import (
	"net/http"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// routes is the table of contents: every operation of the product, one line each.
func (a *API) routes() {
	a.serviceRoutes()
	a.identityRoutes()
	a.secondFactorRoutes()
	a.linkRoutes()
	a.apiKeyRoutes()
	a.userRoutes()
	a.tenantRoutes()
	a.auditRoutes()
	a.workRoutes()
	a.velociraptorRoutes()
	a.collectionRoutes()
	a.webhookRoutes()
	a.callbackRoutes()
	a.scheduleRoutes()
	a.bulkRoutes()
	a.notificationRoutes()
	a.huntRoutes()
	a.playbookRoutes()
	a.executionRoutes()
	a.temporalRoutes()
}

func (a *API) serviceRoutes() {
	const tag = "service"
	registerRaw(a, op{Method: http.MethodGet, Path: "/", ID: "root", Summary: "Name and version; browsers get the screen", Tag: tag, Needs: auth.Public}, a.root, rootDoc)
	register(a, op{Method: http.MethodGet, Path: "/health", ID: "health", Summary: "Whether the process lives", Tag: tag, Needs: auth.Public}, a.health)
	register(a, op{Method: http.MethodGet, Path: "/ready", ID: "ready", Summary: "Whether what it depends on answers", Tag: tag, Needs: auth.Public}, a.readiness)
	a.documentationRoutes()
}

func (a *API) identityRoutes() {
	const tag = "identity"
	post, get := http.MethodPost, http.MethodGet
	register(a, op{Method: get, Path: "/api/auth/status", ID: "auth-status", Summary: "Whether the first user is still to be made, and who may register", Tag: tag, Needs: auth.Public}, a.authStatus)
	register(a, op{Method: post, Path: "/api/auth/register", ID: "register", Summary: "Register; the first user ever becomes super_admin", Tag: tag, Needs: auth.Public, Status: 201, Secret: true}, a.signUp)
	register(a, op{Method: post, Path: "/api/auth/login", ID: "login", Summary: "Sign in with a form or JSON", Tag: tag, Needs: auth.Public, Form: true, Secret: true}, a.login)
	register(a, op{Method: post, Path: "/api/auth/refresh", ID: "refresh", Summary: "Swap a refresh token for new tokens", Tag: tag, Needs: auth.Public, EmptyBody: true, Secret: true}, a.refresh)
	register(a, op{Method: post, Path: "/api/auth/logout", ID: "logout", Summary: "End this session", Tag: tag, Needs: auth.Public, Status: 204, EmptyBody: true, Secret: true}, a.logout)
	register(a, op{Method: get, Path: "/api/auth/me", ID: "get-me", Summary: "Own account", Tag: tag, Needs: auth.AccountOwn}, a.me)
	register(a, op{Method: http.MethodPatch, Path: "/api/auth/me", ID: "update-me", Summary: "Change own profile", Tag: tag, Needs: auth.AccountOwn, Secret: true}, a.updateMe)
	register(a, op{Method: post, Path: "/api/auth/password", ID: "change-password", Summary: "Change own password; ends all other sessions", Tag: tag, Needs: auth.AccountOwn, Status: 204, Secret: true}, a.changePassword)
	register(a, op{Method: get, Path: "/api/auth/permissions", ID: "list-permissions", Summary: "What there is to be allowed, and from which role on", Tag: tag, Needs: auth.AccountOwn}, a.listPermissions)
	register(a, op{Method: get, Path: "/api/auth/sessions", ID: "list-sessions", Summary: "Own sessions", Tag: tag, Needs: auth.AccountOwn}, a.listSessions)
	register(a, op{Method: http.MethodDelete, Path: "/api/auth/sessions", ID: "end-sessions", Summary: "End all own sessions but this one", Tag: tag, Needs: auth.AccountOwn, Status: 204}, a.endSessions)
	register(a, op{Method: http.MethodDelete, Path: "/api/auth/sessions/{id}", ID: "end-session", Summary: "End one own session", Tag: tag, Needs: auth.AccountOwn, Status: 204}, a.endSession)
}

// secondFactorRoutes are about a session's proof of who holds it, beyond the password.
func (a *API) secondFactorRoutes() {
	const tag, path, post = "identity", "/api/auth/2fa", http.MethodPost
	register(a, op{Method: post, Path: path + "/setup", ID: "setup-totp", Summary: "Begin to set up a second factor", Tag: tag, Needs: auth.AccountOwn, EmptyBody: true, Secret: true}, a.setupTOTP)
	register(a, op{Method: post, Path: path + "/verify", ID: "verify-totp", Summary: "Put the second factor in force with its first code; gives recovery codes", Tag: tag, Needs: auth.AccountOwn, Secret: true}, a.verifyTOTP)
	register(a, op{Method: post, Path: path + "/disable", ID: "disable-totp", Summary: "Take the second factor away with a code", Tag: tag, Needs: auth.AccountOwn, Status: 204, Secret: true}, a.disableTOTP)
	register(a, op{Method: post, Path: path + "/recovery-codes", ID: "renew-recovery-codes", Summary: "Get new recovery codes with a code; the others are void", Tag: tag, Needs: auth.AccountOwn, Secret: true}, a.renewRecoveryCodes)
	register(a, op{Method: post, Path: "/api/auth/step-up", ID: "step-up", Summary: "Prove oneself once more, for dangerous acts within five minutes", Tag: tag, Needs: auth.AccountOwn, Secret: true}, a.stepUp)
}

// linkRoutes are where the links in mails lead, and where such mails are asked for.
func (a *API) linkRoutes() {
	const tag, post = "identity", http.MethodPost
	register(a, op{Method: post, Path: "/api/auth/password-reset/request", ID: "request-password-reset", Summary: "Ask for a mail that resets a password; answers the same for every address", Tag: tag, Needs: auth.Public, Status: 202, Secret: true}, a.requestReset)
	register(a, op{Method: post, Path: "/api/auth/password-reset/confirm", ID: "confirm-password-reset", Summary: "Set a new password with a mail's token; ends all sessions", Tag: tag, Needs: auth.Public, Status: 204, Secret: true}, a.confirmReset)
	register(a, op{Method: post, Path: "/api/auth/verify-email", ID: "verify-email", Summary: "Prove an e-mail address with a mail's token", Tag: tag, Needs: auth.Public, Status: 204, Secret: true}, a.verifyEmail)
	register(a, op{Method: post, Path: "/api/auth/verify-email/resend", ID: "resend-verification", Summary: "Ask for another mail that proves the own address", Tag: tag, Needs: auth.AccountOwn, Status: 202}, a.resendVerification)
	register(a, op{Method: post, Path: "/api/auth/accept-invitation", ID: "accept-invitation", Summary: "Set the first password with an invitation's token", Tag: tag, Needs: auth.Public, Secret: true}, a.acceptInvitation)
}

func (a *API) apiKeyRoutes() {
	const tag, path = "api keys", "/api/auth/api-keys"
	register(a, op{Method: http.MethodGet, Path: path, ID: "list-api-keys", Summary: "Own service keys, newest first", Tag: tag, Needs: auth.APIKeysManage}, a.listAPIKeys)
	register(a, op{Method: http.MethodPost, Path: path, ID: "create-api-key", Summary: "Make a service key that acts for oneself within scopes", Tag: tag, Needs: auth.APIKeysManage, Status: 201, StepUp: true, Once: []string{"key"}}, a.createAPIKey)
	register(a, op{Method: http.MethodDelete, Path: path + "/{id}", ID: "revoke-api-key", Summary: "Revoke one own service key, at once and for good", Tag: tag, Needs: auth.APIKeysManage, Status: 204}, a.revokeAPIKey)
}

func (a *API) auditRoutes() {
	const tag, path = "audit", "/api/audit"
	register(a, op{Method: http.MethodGet, Path: path, ID: "list-audit", Summary: "The tenant's audit trail, newest first", Tag: tag, Needs: auth.AuditRead, Sorts: []string{"created_at", "id"}}, a.listAudit)
	register(a, op{Method: http.MethodGet, Path: path + "/{id}", ID: "get-audit", Summary: "One entry of the trail", Tag: tag, Needs: auth.AuditRead}, a.getAudit)
	register(a, op{Method: http.MethodGet, Path: path + "/export", ID: "export-audit", Summary: "The trail as a file; streamed", Tag: tag, Needs: auth.AuditRead, Produces: []string{csvType, jsonType}}, a.exportAudit)
	register(a, op{Method: http.MethodGet, Path: path + "/verify", ID: "verify-audit", Summary: "Prove the trail, or name what is altered, missing, inserted or cut off", Tag: tag, Needs: auth.AuditRead}, a.verifyAudit)
}

func (a *API) tenantRoutes() {
	const tag, path = "tenants", "/api/tenants"
	post, get := http.MethodPost, http.MethodGet
	register(a, op{Method: get, Path: path, ID: "list-tenants", Summary: "Own tenant; for a super_admin all tenants", Tag: tag, Needs: auth.TenantsRead, Sorts: []string{"id", "name", "created_at"}}, a.listTenants)
	register(a, op{Method: post, Path: path, ID: "create-tenant", Summary: "Make a tenant, with its first administrator", Tag: tag, Needs: auth.TenantsCreate, Status: 201, Secret: true, Once: []string{"invitation_url"}}, a.createTenant)
	register(a, op{Method: get, Path: path + "/{id}", ID: "get-tenant", Summary: "One tenant", Tag: tag, Needs: auth.TenantsRead}, a.getTenant)
	register(a, op{Method: http.MethodPut, Path: path + "/{id}", ID: "put-tenant", Summary: "Change a tenant (as PATCH)", Tag: tag, Needs: auth.TenantsSettings}, a.updateTenant)
	register(a, op{Method: http.MethodPatch, Path: path + "/{id}", ID: "update-tenant", Summary: "Change a tenant's name, description or settings", Tag: tag, Needs: auth.TenantsSettings}, a.updateTenant)
	register(a, op{Method: http.MethodDelete, Path: path + "/{id}", ID: "delete-tenant", Summary: "Delete a tenant: suspended now, removed after the grace period", Tag: tag, Needs: auth.TenantsManage, StepUp: true, Status: 202}, a.deleteTenant)
	register(a, op{Method: post, Path: path + "/{id}/restore", ID: "restore-tenant", Summary: "Take a deletion back", Tag: tag, Needs: auth.TenantsManage}, a.restoreTenant)
	register(a, op{Method: post, Path: path + "/{id}/suspend", ID: "suspend-tenant", Summary: "Keep a tenant from working: sessions end, its worker stops, its work waits", Tag: tag, Needs: auth.TenantsManage, StepUp: true}, a.suspendTenant)
	register(a, op{Method: post, Path: path + "/{id}/resume", ID: "resume-tenant", Summary: "Let a suspended tenant work again", Tag: tag, Needs: auth.TenantsManage}, a.resumeTenant)
	registerRaw(a, op{Method: get, Path: path + "/{id}/export", ID: "export-tenant", Summary: "Everything a tenant has, as a zip of NDJSON files, without secrets", Tag: tag, Needs: auth.TenantsManage, StepUp: true}, a.exportTenant, exportDoc)
	register(a, op{Method: get, Path: path + "/{id}/visits", ID: "list-tenant-visits", Summary: "Who visited the tenant, the newest first, at most 100", Tag: tag, Needs: auth.TenantsRead}, a.listVisits)
	register(a, op{Method: post, Path: path + "/{id}/switch", ID: "switch-tenant", Summary: "Visit a tenant for a while, as its admin", Tag: tag, Needs: auth.TenantsManage, StepUp: true}, a.switchTenant)
	register(a, op{Method: post, Path: path + "/leave", ID: "leave-tenant", Summary: "End the visit and go home", Tag: tag, Needs: auth.AccountOwn}, a.leaveTenant)
}

func (a *API) userRoutes() {
	const tag = "users"
	register(a, op{Method: http.MethodGet, Path: "/api/users", ID: "list-users", Summary: "The tenant's users", Tag: tag, Needs: auth.UsersRead, Sorts: []string{"id", "username", "created_at", "last_login_at"}}, a.listUsers)
	register(a, op{Method: http.MethodPost, Path: "/api/users", ID: "create-user", Summary: "Make a user; without a password an invitation goes out", Tag: tag, Needs: auth.UsersManage, Status: 201, Secret: true, Once: []string{"invitation_url"}}, a.createUser)
	register(a, op{Method: http.MethodGet, Path: "/api/users/{id}", ID: "get-user", Summary: "One user", Tag: tag, Needs: auth.UsersRead}, a.getUser)
	register(a, op{Method: http.MethodPut, Path: "/api/users/{id}", ID: "put-user", Summary: "Change a user (as PATCH)", Tag: tag, Needs: auth.UsersManage, Secret: true}, a.updateUser)
	register(a, op{Method: http.MethodPatch, Path: "/api/users/{id}", ID: "update-user", Summary: "Change a user; deactivation ends all sessions", Tag: tag, Needs: auth.UsersManage, Secret: true}, a.updateUser)
	register(a, op{Method: http.MethodDelete, Path: "/api/users/{id}", ID: "delete-user", Summary: "Remove a user", Tag: tag, Needs: auth.UsersManage, Status: 204}, a.deleteUser)
	register(a, op{Method: http.MethodPost, Path: "/api/users/{id}/invite", ID: "invite-user", Summary: "Make another invitation; the one before is void", Tag: tag, Needs: auth.UsersManage}, a.inviteUser)
	register(a, op{Method: http.MethodPost, Path: "/api/users/{id}/unlock", ID: "unlock-user", Summary: "Let a user sign in again who failed too often", Tag: tag, Needs: auth.UsersManage}, a.unlockUser)
	register(a, op{Method: http.MethodPost, Path: "/api/users/{id}/reset-2fa", ID: "reset-user-2fa", Summary: "Take a user's second factor away; ends all sessions", Tag: tag, Needs: auth.UsersManage, StepUp: true}, a.resetUserFactor)
	register(a, op{Method: http.MethodDelete, Path: "/api/users/{id}/sessions", ID: "end-user-sessions", Summary: "End all sessions of a user", Tag: tag, Needs: auth.UsersManage, Status: 204}, a.endUserSessions)
	register(a, op{Method: http.MethodGet, Path: "/api/users/{id}/api-keys", ID: "list-user-api-keys", Summary: "The service keys that act as a user, newest first", Tag: tag, Needs: auth.UsersRead}, a.listUserAPIKeys)
	register(a, op{Method: http.MethodDelete, Path: "/api/users/{id}/api-keys/{key_id}", ID: "revoke-user-api-key", Summary: "Revoke a user's service key, at once and for good", Tag: tag, Needs: auth.UsersManage, Status: 204}, a.revokeUserAPIKey)
}

func (a *API) notificationRoutes() {
	const tag, path = "notifications", "/api/notifications"
	register(a, op{Method: http.MethodGet, Path: path, ID: "list-notifications", Summary: "Own notifications, newest first", Tag: tag, Needs: auth.NotificationsOwn, Sorts: []string{"seq"}}, a.listNotifications)
	register(a, op{Method: http.MethodPut, Path: path + "/{id}", ID: "mark-notification", Summary: "Mark one as read or not read", Tag: tag, Needs: auth.NotificationsOwn}, a.markNotification)
	register(a, op{Method: http.MethodPost, Path: path + "/mark-all-read", ID: "mark-all-notifications", Summary: "Mark all as read", Tag: tag, Needs: auth.NotificationsOwn}, a.markAllNotifications)
	if a.cfg.WSEnabled {
		registerRaw(a, op{Method: http.MethodGet, Path: path + "/ws", ID: "notification-socket", Summary: "Live notifications and progress over a WebSocket", Tag: tag, Needs: auth.Public}, a.socket(), socketDoc)
	}
}

func (a *API) playbookRoutes() {
	const tag, path = "playbooks", "/api/playbooks"
	register(a, op{Method: http.MethodGet, Path: path, ID: "list-playbooks", Summary: "The tenant's playbooks", Tag: tag, Needs: auth.PlaybooksRead, Sorts: []string{"id", "name", "created_at", "updated_at"}}, a.listPlaybooks)
	register(a, op{Method: http.MethodPost, Path: path, ID: "create-playbook", Summary: "Make a playbook", Tag: tag, Needs: auth.PlaybooksManage, Status: 201, MaxBody: maxPlaybookBody}, a.createPlaybook)
	register(a, op{Method: http.MethodGet, Path: path + "/{id}", ID: "get-playbook", Summary: "One playbook with its source", Tag: tag, Needs: auth.PlaybooksRead}, a.getPlaybook)
	register(a, op{Method: http.MethodPut, Path: path + "/{id}", ID: "put-playbook", Summary: "Make a new version of a playbook, or turn its trigger on or off", Tag: tag, Needs: auth.PlaybooksManage, MaxBody: maxPlaybookBody}, a.updatePlaybook)
	register(a, op{Method: http.MethodPatch, Path: path + "/{id}", ID: "update-playbook", Summary: "As PUT", Tag: tag, Needs: auth.PlaybooksManage, MaxBody: maxPlaybookBody}, a.updatePlaybook)
	register(a, op{Method: http.MethodDelete, Path: path + "/{id}", ID: "delete-playbook", Summary: "Remove a playbook and the record of its runs", Tag: tag, Needs: auth.PlaybooksManage, Status: 204}, a.deletePlaybook)
	register(a, op{Method: http.MethodPost, Path: path + "/validate", ID: "validate-playbook", Summary: "Check a playbook without keeping it", Tag: tag, Needs: auth.PlaybooksRead, MaxBody: maxPlaybookBody}, a.validatePlaybook)
	register(a, op{Method: http.MethodGet, Path: path + "/actions", ID: "list-actions", Summary: "What a step may do", Tag: tag, Needs: auth.PlaybooksRead}, a.listActions)
	register(a, op{Method: http.MethodGet, Path: path + "/events", ID: "list-events", Summary: "What a playbook can wait for", Tag: tag, Needs: auth.PlaybooksRead}, a.listEvents)
	register(a, op{Method: http.MethodGet, Path: path + "/library", ID: "list-library", Summary: "Playbooks that come with the product", Tag: tag, Needs: auth.PlaybooksRead}, a.listLibrary)
	register(a, op{Method: http.MethodGet, Path: path + "/schema.json", ID: "playbook-schema", Summary: "JSON Schema of a playbook, for editors", Tag: tag, Needs: auth.PlaybooksRead}, a.playbookSchema)
}

func (a *API) executionRoutes() {
	const tag, path = "executions", "/api/playbooks"
	register(a, op{Method: http.MethodPost, Path: path + "/{id}/execute", ID: "execute-playbook", Summary: "Start a run", Tag: tag, Needs: auth.ExecutionsStart, Status: 202, EmptyBody: true}, a.executePlaybook)
	register(a, op{Method: http.MethodGet, Path: path + "/{id}/executions", ID: "list-playbook-executions", Summary: "The runs of a playbook, newest first", Tag: tag, Needs: auth.ExecutionsRead, Sorts: []string{"id", "created_at"}}, a.listPlaybookExecutions)
	register(a, op{Method: http.MethodGet, Path: path + "/executions", ID: "list-executions", Summary: "All runs, newest first", Tag: tag, Needs: auth.ExecutionsRead, Sorts: []string{"id", "created_at"}}, a.listExecutions)
	register(a, op{Method: http.MethodGet, Path: path + "/executions/{id}", ID: "get-execution", Summary: "One run with its steps", Tag: tag, Needs: auth.ExecutionsRead}, a.getExecution)
	register(a, op{Method: http.MethodPost, Path: path + "/executions/{id}/cancel", ID: "cancel-execution", Summary: "Ask for the end of a run", Tag: tag, Needs: auth.ExecutionsStart, Status: 202, EmptyBody: true}, a.cancelExecution)
}

func (a *API) temporalRoutes() {
	const tag = "temporal"
	register(a, op{Method: http.MethodPost, Path: "/api/temporal/session", ID: "temporal-session", Summary: "Open the Temporal Web UI at /temporal with a cookie of its own", Tag: tag, Needs: auth.TemporalView, EmptyBody: true}, a.temporalSession)
	registerRaw(a, op{Method: http.MethodPost, Path: "/api/temporal/codec/encode", ID: "codec-encode", Summary: "Seal payloads (Temporal's remote codec)", Tag: tag, Needs: auth.TemporalView}, a.codecRoute(), codecDoc)
	registerRaw(a, op{Method: http.MethodPost, Path: "/api/temporal/codec/decode", ID: "codec-decode", Summary: "Open payloads (Temporal's remote codec)", Tag: tag, Needs: auth.TemporalView}, a.codecRoute(), codecDoc)
	a.engine.Any(temporalPath, a.showTemporal)
	a.engine.Any(temporalPath+"/*path", a.showTemporal)
}
