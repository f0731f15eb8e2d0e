// Package auth owns who somebody is and what that lets them do: roles, principals in a context, password hashes, access
// tokens and refresh tokens. It refuses to store anything: rows, sessions and look-ups belong to internal/store and the
// API, so that everything here is pure and can be tested without a database.
//
// Another way to prove who one is goes here as a file of its own and one more Method: passkey.go makes and checks WebAuthn
// challenges (their rows beside internal/store/totp.go, their operations beside api/second_factor.go; spendCode there is
// where a sign-in and a step-up ask for the second factor), oidc.go turns an identity provider's token into a user name
// (the API then goes on as after a right password, with startSession). Nothing else asks how somebody signed in: sessions,
// permissions and elevations only keep the Method's name. Permissions are in permissions.go and asked through Permit.
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
//	type Method string                                 // MethodPassword, MethodTOTP, MethodRecoveryCode
//
//	type Principal struct{ UserID, TenantID int64; Username string; Role Role; SessionID string; ElevatedUntil time.Time; EnrolmentDue bool; … }
//	func WithPrincipal(ctx context.Context, p Principal) context.Context
//	func PrincipalFrom(ctx context.Context) (Principal, bool)
//	func (p Principal) Permit(needs Permission) error   // fault Forbidden
//
//	func CheckEmail(address string) error               // fault Invalid, field "email"
//	func CheckPassword(password string, about ...string) error // fault Invalid, field "password"; about: user name, address
//	func NewHasher(p HasherParams) (*Hasher, error)     // HasherParams{Cost, Parallel, Queue int; Wait time.Duration}
//	func (h *Hasher) Crowded() error                    // fault Unavailable (sign_in_busy), as Hash and Verify
//	func (h *Hasher) Hash(ctx context.Context, password string, about ...string) (string, error)
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
//	func NewLinkToken() (token string, hash []byte)     // for mails: reset, verification, invitation
//	func NewWebhookToken() (token string, hash []byte, hint string) // "vcw_…"
//	func NewAPIKey() (key string, hash []byte, hint string) // "vc_…"
//
//	func NewTOTP(issuer, account string) (*TOTPSetup, error) // TOTPSetup{Secret, URI string; QRCode []byte}
//	func VerifyTOTP(secret, code string, now time.Time, lastStep int64) (step int64, ok bool)
//	func NewRecoveryCodes() (codes []string, hashes [][]byte)
//	func HashRecoveryCode(typed string) (hash []byte, ok bool)
//
//	func LoginLimits(username, address string) []models.Limit // for store.System: Admit, then AttemptFailed or AttemptSucceeded
//	func TOTPLimits(userID int64, address string) []models.Limit
//	func ResetLimits(email, address string) []models.Limit    // only Admit: each counts
//	func RegistrationLimits(address string) []models.Limit    // only Admit
//	func MailLimits(userID int64) []models.Limit              // only Admit
//	func WebhookLimits(address string) []models.Limit         // only Admit: of refused calls
//	func CallbackLimits(address string) []models.Limit        // only Admit: of refused calls
//	func InvitationLimits(adminID int64) []models.Limit       // only Admit
//	func ResetUnlockLimits(username string) []models.Limit    // for store.System.Unlock, after a reset
//	func UnlockLimits(userID int64, username string) []models.Limit // for store.System.Unlock
package auth
