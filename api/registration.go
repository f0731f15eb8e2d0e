package api

import (
	"context"
	"crypto/subtle"
	"net"
	"net/url"
	"strconv"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
	"github.com/velocicompanion/velocicompanion/models"
)

// The settings of REGISTRATION.
const registrationOpen = "open"

type statusOut struct {
	Body struct {
		NeedsSetup         bool   `json:"needs_setup" doc:"there is no user yet: the first to register becomes super_admin"`
		SetupTokenRequired bool   `json:"setup_token_required" doc:"the first registration must present the SETUP_TOKEN"`
		Registration       string `json:"registration" enum:"invite,open,closed" doc:"who may register after the first user"`
		MailEnabled        bool   `json:"mail_enabled" doc:"mails go out: passwords can be reset, addresses verified"`
	}
}

// authStatus tells the sign-in page what it may offer.
func (a *API) authStatus(ctx context.Context, _ *struct{}) (*statusOut, error) {
	there, err := a.store.System().AnyUser(ctx)
	if err != nil {
		return nil, err
	}
	out := &statusOut{}
	out.Body.NeedsSetup = !there
	out.Body.SetupTokenRequired = !there && a.needsSetupToken()
	out.Body.Registration, out.Body.MailEnabled = a.cfg.Registration, a.post.enabled()
	return out, nil
}

// needsSetupToken says whether anybody but the person at this machine could be the first to register.
func (a *API) needsSetupToken() bool {
	if !a.cfg.Loopback() {
		return true
	}
	u, err := url.Parse(a.cfg.PublicURL)
	if err != nil {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

type signUpIn struct {
	Body struct {
		Username   string `json:"username" minLength:"1" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9._@+-]*$" patternDescription:"letters, digits and . _ @ + -"`
		Password   string `json:"password" maxLength:"200" doc:"12 characters to 72 bytes"`
		Email      string `json:"email,omitempty" format:"email" maxLength:"254"`
		SetupToken string `json:"setup_token,omitempty" maxLength:"200" doc:"for the first user where the server doesn't listen on loopback only"`
	}
}

// signUp makes the first user, or another one where REGISTRATION is open.
func (a *API) signUp(ctx context.Context, in *signUpIn) (*userOut, error) {
	n := tenancy.NewUser{Username: in.Body.Username, Email: in.Body.Email, Password: in.Body.Password}
	there, err := a.store.System().AnyUser(ctx)
	if err != nil {
		return nil, err
	}
	if !there || a.cfg.Registration == registrationOpen {
		if err := a.store.System().Admit(ctx, auth.RegistrationLimits(requestFrom(ctx).ip)); err != nil {
			return nil, err
		}
	}
	if there {
		return a.joinDefault(ctx, n)
	}
	if err := a.checkSetupToken(in.Body.SetupToken); err != nil {
		return nil, err
	}
	row, err := a.tenancy.First(ctx, n)
	if err != nil {
		return nil, err
	}
	if row == nil { // somebody else was first, a moment ago
		return a.joinDefault(ctx, n)
	}
	a.verifyLater(ctx, row)
	return &userOut{Body: shapeUser(row)}, nil
}

func (a *API) checkSetupToken(got string) error {
	if !a.needsSetupToken() {
		return nil
	}
	want := a.cfg.SetupToken
	if want == "" || subtle.ConstantTimeCompare([]byte(got), []byte(want)) != 1 {
		return fault.New(fault.Forbidden, "the first registration needs the setup token that was printed when the server started").
			WithCode("setup_token_required")
	}
	return nil
}

// joinDefault makes a viewer of the first tenant: the least there is, for an administrator to raise.
func (a *API) joinDefault(ctx context.Context, n tenancy.NewUser) (*userOut, error) {
	if a.cfg.Registration != registrationOpen {
		return nil, fault.New(fault.Forbidden, "registration is not open; ask an administrator for an account").WithCode("registration_" + a.cfg.Registration)
	}
	n.Role = auth.RoleViewer
	row, err := a.tenancy.Row(ctx, n)
	if err != nil {
		return nil, err
	}
	ids, err := a.store.System().ActiveTenants(ctx)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, fault.New(fault.Forbidden, "there is no tenant to join").WithCode("registration_closed")
	}
	err = a.store.Tenant(ids[0]).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.CreateUser(ctx, row); err != nil {
			return err
		}
		return audit.Write(ctx, t, registered(row))
	})
	if err != nil {
		return nil, err
	}
	a.verifyLater(ctx, row)
	return &userOut{Body: shapeUser(row)}, nil
}

func registered(row *models.User) audit.Entry {
	return audit.Entry{
		Action: "user.register", ResourceType: "user", ResourceID: strconv.FormatInt(row.ID, 10), UserID: row.ID,
		Username: row.Username, After: map[string]any{"username": row.Username, "role": row.Role},
	}
}
