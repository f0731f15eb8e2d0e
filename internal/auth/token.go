package auth

import (
	"crypto/sha256"
	"errors"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// The stable codes of a refused access token.
const (
	CodeTokenExpired = "token_expired"
	CodeTokenInvalid = "token_invalid"
)

const (
	issuer   = "velocicompanion"
	leeway   = 5 * time.Second // between the clocks of two instances
	maxToken = 4096            // bytes; ours have about 400
)

// Claims is what a valid access token says. The user's row decides what is true by now: a role or a deactivation there
// wins over the token.
type Claims struct {
	UserID    int64
	TenantID  int64
	Role      Role
	SessionID string // the refresh-token family, a UUID
	TokenID   string // unique per token
	KeyID     string // which secret signed it
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// wire is the token's payload: RFC 7519 names and ours.
type wire struct {
	jwt.RegisteredClaims

	TenantID  int64  `json:"tenant_id"`
	Role      Role   `json:"role"`
	SessionID string `json:"sid"`
}

// Audience says which door a token opens; a token for one is refused at every other.
type Audience string

// The audiences: the API, and the proxied Temporal Web UI with its codec.
const (
	AudienceAPI      Audience = issuer
	AudienceTemporal Audience = issuer + "/temporal"
)

// Issue makes a signed HS256 access token for p that ends ttl after now (whole seconds). It fails for a principal without
// user, tenant or known role, and for a ttl under a second: those are mistakes of the caller.
func (k *Keys) Issue(p Principal, now time.Time, ttl time.Duration) (string, error) {
	return k.IssueFor(AudienceAPI, p, now, ttl)
}

// IssueFor is Issue for another audience.
func (k *Keys) IssueFor(aud Audience, p Principal, now time.Time, ttl time.Duration) (string, error) {
	if p.UserID <= 0 || p.TenantID <= 0 || !p.Role.Valid() || ttl < time.Second {
		return "", fault.New(fault.Internal, "an access token needs a user, a tenant, a role and a life of a second or more")
	}
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, wire{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    issuer,
			Audience:  jwt.ClaimStrings{string(aud)},
			Subject:   strconv.FormatInt(p.UserID, 10),
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(ttl)),
			ID:        clock.Token(16),
		},
		TenantID:  p.TenantID,
		Role:      p.Role,
		SessionID: p.SessionID,
	})
	t.Header["kid"] = k.signer
	signed, err := t.SignedString(k.byID[k.signer])
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "the access token could not be signed")
	}
	return signed, nil
}

// Parse verifies a token at the moment now. Every refusal is a fault of kind Unauthenticated with the code token_expired
// (a genuine token past its end) or token_invalid (anything else, without saying what).
func (k *Keys) Parse(token string, now time.Time) (Claims, error) {
	return k.ParseFor(AudienceAPI, token, now)
}

// ParseFor is Parse for another audience.
func (k *Keys) ParseFor(aud Audience, token string, now time.Time) (Claims, error) {
	if len(token) > maxToken {
		return Claims{}, invalidToken(errors.New("token too long"))
	}
	digest := sha256.Sum256([]byte(token))
	if c, ok := k.known.find(digest, aud, now); ok {
		return c, nil
	}
	c, err := k.verify(aud, token, now)
	if err == nil {
		k.known.keep(digest, aud, c)
	}
	return c, err
}

// verify reads a token and checks all of it.
func (k *Keys) verify(aud Audience, token string, now time.Time) (Claims, error) {
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithStrictDecoding(),
		jwt.WithIssuer(issuer), jwt.WithAudience(string(aud)),
		jwt.WithLeeway(leeway), jwt.WithTimeFunc(func() time.Time { return now }),
	)
	var w wire
	t, err := parser.ParseWithClaims(token, &w, k.find)
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return Claims{}, fault.Wrap(err, fault.Unauthenticated, "the access token has expired").WithCode(CodeTokenExpired)
	case err != nil:
		return Claims{}, invalidToken(err)
	}
	return w.claims(t)
}

func (k *Keys) find(t *jwt.Token) (any, error) {
	id, ok := t.Header["kid"].(string)
	if !ok {
		return nil, errors.New("no kid")
	}
	key, ok := k.byID[id]
	if !ok {
		return nil, errors.New("unknown kid")
	}
	return key, nil
}

func (w *wire) claims(t *jwt.Token) (Claims, error) {
	user, err := strconv.ParseInt(w.Subject, 10, 64)
	if err != nil {
		return Claims{}, invalidToken(err)
	}
	if user <= 0 || w.TenantID <= 0 || !w.Role.Valid() || w.IssuedAt == nil || w.ID == "" {
		return Claims{}, invalidToken(errors.New("claims missing"))
	}
	if w.SessionID != "" {
		if err := uuid.Validate(w.SessionID); err != nil {
			return Claims{}, invalidToken(err)
		}
	}
	kid, _ := t.Header["kid"].(string)
	return Claims{
		UserID: user, TenantID: w.TenantID, Role: w.Role, SessionID: w.SessionID, TokenID: w.ID, KeyID: kid,
		IssuedAt: w.IssuedAt.UTC(), ExpiresAt: w.ExpiresAt.UTC(),
	}, nil
}

func invalidToken(cause error) error {
	return fault.Wrap(cause, fault.Unauthenticated, "the access token is not valid").WithCode(CodeTokenInvalid)
}
