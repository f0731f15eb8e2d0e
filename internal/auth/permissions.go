package auth

import (
	"slices"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Permission names what an operation needs, as resource:verb. The API declares one for each operation, the OpenAPI
// document tells it, the screen shows what the caller's role has, and a service key's scopes are permissions.
type Permission string

// The permissions. What each is for, and the lowest role that has it, says Permissions.
const (
	Public           Permission = "public"
	AccountOwn       Permission = "account:own"
	BulkRead         Permission = "bulk:read"
	BulkStart        Permission = "bulk:start"
	APIKeysManage    Permission = "api_keys:manage"
	NotificationsOwn Permission = "notifications:own"
	DashboardRead    Permission = "dashboard:read"
	HostsRead        Permission = "hosts:read"
	HostsWrite       Permission = "hosts:write"
	HostsFields      Permission = "hosts:fields"
	ViewsOwn         Permission = "views:own"
	ObservationsRead Permission = "observations:read"
	CasesRead        Permission = "cases:read"
	CasesWrite       Permission = "cases:write"
	IndicatorsRead   Permission = "indicators:read"
	IndicatorsWrite  Permission = "indicators:write"
	IngestionRead    Permission = "ingestion:read"
	IngestionWrite   Permission = "ingestion:write"
	WebhooksManage   Permission = "webhooks:manage"
	PlaybooksRead    Permission = "playbooks:read"
	PlaybooksManage  Permission = "playbooks:manage"
	ExecutionsRead   Permission = "executions:read"
	ExecutionsStart  Permission = "executions:start"
	UsersRead        Permission = "users:read"
	UsersManage      Permission = "users:manage"
	AuditRead        Permission = "audit:read"
	TenantsRead      Permission = "tenants:read"
	TenantsCreate    Permission = "tenants:create"
	TenantsSettings  Permission = "tenants:settings"
	TenantsManage    Permission = "tenants:manage"
	TemporalView     Permission = "temporal:view"

	VelociraptorRead   Permission = "velociraptor:read"
	VelociraptorManage Permission = "velociraptor:manage"
	CollectionsStart   Permission = "collections:start"
	HuntsStart         Permission = "hunts:start"
	HostsIsolate       Permission = "hosts:isolate"
)

// The stable codes of Permit's refusals.
const (
	CodePermissionDenied  = "permission_denied"
	CodeEnrolmentRequired = "totp_enrolment_required" // set up a second factor first
)

// Grant is a line of the permission table.
type Grant struct {
	Permission Permission
	Role       Role // the lowest that has it
	Keys       bool // a service key may hold it
	Summary    string
}

// Permissions is the whole table, own matters first, then by the role they need. Public is not in it: it needs nobody.
func Permissions() []Grant {
	return []Grant{
		{AccountOwn, RoleViewer, false, "Own account, sessions, password and second factor"},
		{NotificationsOwn, RoleViewer, true, "Own notifications"},
		{ViewsOwn, RoleViewer, true, "Own saved views, and those that others share"},
		{DashboardRead, RoleViewer, true, "See the tenant at a glance"},
		{HostsRead, RoleViewer, true, "See hosts and what is known of them"},
		{ObservationsRead, RoleViewer, true, "See, count and export the rows that hosts were observed with"},
		{CasesRead, RoleViewer, true, "See cases"},
		{IndicatorsRead, RoleViewer, true, "See indicators"},
		{IngestionRead, RoleViewer, true, "See batches and the lines that could not be kept"},
		{BulkRead, RoleViewer, true, "See jobs on many rows"},
		{BulkStart, RoleViewer, true, "Start and end jobs on many rows, as far as each action's own permission goes"},
		{PlaybooksRead, RoleViewer, true, "See and check playbooks"},
		{ExecutionsRead, RoleViewer, true, "See runs of playbooks"},
		{VelociraptorRead, RoleViewer, true, "See the Velociraptor server, its clients and artifacts, collections and hunts"},
		{APIKeysManage, RoleUser, false, "Make and revoke own service keys"},
		{HostsWrite, RoleUser, true, "Make, change and remove hosts"},
		{CasesWrite, RoleUser, true, "Open, work on and remove cases"},
		{IndicatorsWrite, RoleUser, true, "Keep, change and remove indicators"},
		{IngestionWrite, RoleUser, true, "Send in hosts and rows"},
		{ExecutionsStart, RoleUser, true, "Start and cancel runs"},
		{CollectionsStart, RoleUser, true, "Collect artifacts from endpoints, and cancel that"},
		{HostsFields, RoleAdmin, true, "Make, change and remove the tenant's own fields of hosts"},
		{HuntsStart, RoleAdmin, true, "Start, schedule and stop hunts"},
		{HostsIsolate, RoleAdmin, true, "Cut hosts off the network, and release them"},
		{VelociraptorManage, RoleAdmin, true, "Connect the Velociraptor server, and choose what may be done with it"},
		{PlaybooksManage, RoleAdmin, true, "Make, change, enable and remove playbooks"},
		{WebhooksManage, RoleAdmin, true, "Make, change and remove webhooks, and see what they received"},
		{UsersRead, RoleAdmin, true, "See the tenant's users"},
		{UsersManage, RoleAdmin, true, "Invite, change, unlock and remove users"},
		{AuditRead, RoleAdmin, true, "See, verify and export the audit trail"},
		{TenantsRead, RoleAdmin, true, "See the own tenant; all of them for a super_admin"},
		{TenantsCreate, RoleAdmin, true, "Make a tenant with its first administrator"},
		{TenantsSettings, RoleAdmin, true, "Change the tenant's settings"},
		{TenantsManage, RoleSuperAdmin, false, "Suspend, remove, export and visit tenants"},
		{TemporalView, RoleSuperAdmin, false, "See all runs in the Temporal Web UI"},
	}
}

// Grant is p's line of the table, and whether there is one; Public has none.
func (p Permission) Grant() (Grant, bool) {
	all := Permissions()
	i := slices.IndexFunc(all, func(g Grant) bool { return g.Permission == p })
	if i < 0 {
		return Grant{}, false
	}
	return all[i], true
}

// Has says whether r has the permission. An unknown role or permission has nothing; Public everybody has.
func (r Role) Has(p Permission) bool {
	if p == Public {
		return true
	}
	g, known := p.Grant()
	return known && r.AtLeast(g.Role)
}

// Permissions lists what r has, in the table's order.
func (r Role) Permissions() []Permission {
	var out []Permission
	for _, g := range Permissions() {
		if r.AtLeast(g.Role) {
			out = append(out, g.Permission)
		}
	}
	return out
}

// Permit is the one question every guarded operation asks: may p do this. Faults: Forbidden.
func (p Principal) Permit(needs Permission) error {
	if err := p.permitKey(needs); err != nil {
		return err
	}
	if p.Role.Has(needs) {
		if p.EnrolmentDue && needs != AccountOwn && needs != Public {
			return fault.New(fault.Forbidden, "your tenant demands a second factor; set one up first").WithCode(CodeEnrolmentRequired)
		}
		return nil
	}
	g, known := needs.Grant()
	if !known {
		return fault.New(fault.Forbidden, "this needs the permission %s", needs).WithCode(CodePermissionDenied)
	}
	return fault.New(fault.Forbidden, "this needs the role %s; yours is %s", g.Role, p.Role).WithCode(CodePermissionDenied)
}

// The stable codes of what a service key is refused.
const (
	CodeNotForKeys   = "not_for_keys"
	CodeScopeMissing = "scope_missing"
)

// permitKey refuses a service key what no key may, and what is not among its scopes. Who is no key passes.
func (p Principal) permitKey(needs Permission) error {
	if p.KeyID == 0 || needs == Public {
		return nil
	}
	if g, known := needs.Grant(); !known || !g.Keys {
		return NotForKeys()
	}
	if !slices.Contains(p.Scopes, needs) {
		return fault.New(fault.Forbidden, "this needs the scope %s, which this API key doesn't have", needs).WithCode(CodeScopeMissing)
	}
	return nil
}

// NotForKeys is what a service key gets where only a person who signed in may act. Fault: Forbidden (not_for_keys).
func NotForKeys() error {
	return fault.New(fault.Forbidden, "an API key can't do this; sign in").WithCode(CodeNotForKeys)
}
