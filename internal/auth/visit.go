package auth

import "time"

// Visit says that a principal's session is on a visit: a super_admin acts as admin in a tenant that is not his own.
type Visit struct {
	ID           int64
	TenantID     int64 // the visited one
	TenantName   string
	HomeTenantID int64
	HomeRole     Role
	Username     string // at home; where he visits he is called by models.VisitorName
	Reason       string
	Until        time.Time
}

// Visiting says whether p acts in a tenant that is not his own.
func (p Principal) Visiting() bool { return p.Visit != nil && p.TenantID == p.Visit.TenantID }

// Home is p in his own tenant, with his own role: what a visitor is where his account is concerned. It still says that
// there is a visit. Who isn't visiting is at home already.
func (p Principal) Home() Principal {
	if p.Visiting() {
		p.TenantID, p.Role, p.Username = p.Visit.HomeTenantID, p.Visit.HomeRole, p.Visit.Username
	}
	return p
}
