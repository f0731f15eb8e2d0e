// Package auth owns who somebody is and what that lets them do: roles, principals in a context, password hashes, access
// tokens and refresh tokens. It refuses to store anything: rows, sessions and look-ups belong to internal/store and the
// API, so that everything here is pure and can be tested without a database. Second factors, passkeys and OpenID Connect
// get files of their own here; permissions finer than a role get theirs beside role.go and are asked through Require.
//
// Public API:
//
//	type Role string                                   // RoleViewer < RoleUser < RoleAdmin < RoleSuperAdmin
//	func ParseRole(s string) (Role, error)             // fault Invalid, field "role"
//	func Roles() []Role                                // lowest first
//	func (r Role) Valid() bool
//	func (r Role) AtLeast(least Role) bool             // false when either is unknown
//	func (r Role) CanGrant(other Role) bool            // nobody gives a role above their own
//
//	type Principal struct{ UserID, TenantID int64; Username string; Role Role; SessionID string }
//	func WithPrincipal(ctx context.Context, p Principal) context.Context
//	func PrincipalFrom(ctx context.Context) (Principal, bool)
//	func Require(ctx context.Context, least Role) (Principal, error) // fault Unauthenticated or Forbidden
//
//	func CheckPassword(password string) error          // fault Invalid, field "password"
//	func NewHasher(p HasherParams) (*Hasher, error)     // HasherParams{Cost, Parallel int}
//	func (h *Hasher) Hash(ctx context.Context, password string) (string, error)
//	func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error)
//	func (h *Hasher) VerifyDummy(ctx context.Context, password string) error
//	func (h *Hasher) NeedsRehash(hash string) bool
//
//	func NewKeys(secrets []string) (*Keys, error)       // the first signs, all verify
//	func (k *Keys) Issue(p Principal, now time.Time, ttl time.Duration) (string, error)
//	func (k *Keys) Parse(token string, now time.Time) (Claims, error) // fault Unauthenticated: token_expired, token_invalid
//	type Claims struct{ UserID, TenantID int64; Role Role; SessionID, TokenID, KeyID string; IssuedAt, ExpiresAt time.Time }
//
//	func NewRefreshToken() (token string, hash []byte)  // "vcr_…", SHA-256
//	func HashToken(token string) []byte
package auth
