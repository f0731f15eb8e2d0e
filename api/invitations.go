package api

import (
	"context"
	"log/slog"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	invitationLife = 7 * 24 * time.Hour
	invitationWait = 10 * time.Second // how long the answer waits for the mail server to take an invitation
)

// Invited says how an invitation went out. Embed it in the answer that tells of a user who was invited.
type Invited struct {
	InvitationSent bool   `json:"invitation_sent,omitempty" doc:"the mail server took the invitation"`
	InvitationURL  string `json:"invitation_url,omitempty" doc:"where no mail went out: the link to hand on, told this once"`
}

// invitation is a token that was made and has to go out.
type invitation struct {
	user   *models.User
	tenant string
	by     string
	token  string
}

// invite makes an invitation in the transaction of t, for a user without a password; an earlier one is void. Hand it to
// deliver once the transaction has committed. Faults: NotFound for a user who is not active or has a password.
func (*API) invite(ctx context.Context, t *store.Tenant, user *models.User) (*invitation, error) {
	me := actor(ctx)
	token, hash := auth.NewLinkToken()
	err := t.Invite(ctx, store.NewInvitation{UserID: user.ID, TokenHash: hash, TTL: invitationLife, InvitedBy: me.UserID})
	if err != nil {
		return nil, err
	}
	own, err := t.Own(ctx)
	if err != nil {
		return nil, err
	}
	return &invitation{user: user, tenant: own.Name, by: me.Username, token: token}, nil
}

// mayInvite bounds what an administrator has mailed. Faults: TooMany.
func (a *API) mayInvite(ctx context.Context, limits []models.Limit, email string) error {
	if email == "" || !a.post.enabled() {
		return nil
	}
	return a.store.System().Admit(ctx, limits)
}

// deliver mails an invitation and waits for the mail server: whoever invites wants to know. Where no mail goes out the
// link itself is the answer. Nil is no invitation, and nothing happens.
func (a *API) deliver(ctx context.Context, i *invitation) Invited {
	if i == nil {
		return Invited{}
	}
	byHand := Invited{InvitationURL: a.post.letters.InvitationURL(i.token)}
	if i.user.Email == "" || !a.post.enabled() {
		return byHand
	}
	m, err := a.post.letters.Invitation(addressee(i.user), i.tenant, i.by, i.token, invitationLife)
	if err == nil {
		err = a.post.sendNow(ctx, invitationWait, m)
	}
	if err != nil {
		a.log.WarnContext(ctx, "invitation not sent", slog.Int64("user_id", i.user.ID), slog.String("error", err.Error()))
		return byHand
	}
	return Invited{InvitationSent: true}
}

type inviteOut struct {
	Body struct {
		Sent          bool   `json:"sent" doc:"the mail server took the invitation"`
		InvitationURL string `json:"invitation_url,omitempty" doc:"where no mail went out: the link to hand on, told this once"`
	}
}

// inviteUser makes another invitation for a user who has not accepted one.
func (a *API) inviteUser(ctx context.Context, in *IDInput) (*inviteOut, error) {
	user, err := a.subordinate(ctx, a.tenant(ctx), in.ID)
	switch {
	case err != nil:
		return nil, err
	case user.PasswordHash != "":
		return nil, fault.New(fault.Conflict, "this user has a password already").WithCode("already_accepted")
	case !user.IsActive:
		return nil, fault.New(fault.Conflict, "this user is not active").WithCode("user_inactive")
	}
	if err := a.mayInvite(ctx, auth.MailLimits(user.ID), user.Email); err != nil {
		return nil, err
	}
	var made *invitation
	err = a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if made, err = a.invite(ctx, t, user); err != nil {
			return err
		}
		return audit.Write(ctx, t, entry("user.invite", user.ID, nil, map[string]any{"username": user.Username, "email": user.Email}))
	})
	if err != nil {
		return nil, err
	}
	sent := a.deliver(ctx, made)
	out := &inviteOut{}
	out.Body.Sent, out.Body.InvitationURL = sent.InvitationSent, sent.InvitationURL
	return out, nil
}

type acceptInvitationIn struct {
	Body struct {
		LinkToken

		Password string `json:"password" minLength:"1" maxLength:"200" doc:"12 characters to 72 bytes"`
	}
}

type acceptInvitationOut struct {
	Body struct {
		Username string `json:"username" doc:"the name to sign in with"`
	}
}

// acceptInvitation sets the first password. It is judged before the token is spent, so that the link still works after a
// refusal.
func (a *API) acceptInvitation(ctx context.Context, in *acceptInvitationIn) (*acceptInvitationOut, error) {
	link, err := a.open(ctx, store.LinkInvitation, in.Body.Token)
	if err != nil {
		return nil, err
	}
	password, err := a.newPassword(ctx, "body.password", in.Body.Password, link.user)
	if err != nil {
		return nil, err
	}
	out := &acceptInvitationOut{}
	err = link.tenant.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		user, err := t.AcceptInvitation(ctx, link.hash, password)
		if err != nil {
			return err
		}
		out.Body.Username = user.Username
		return audit.Write(ctx, t, selfEntry("user.accept_invitation", user))
	})
	if err != nil {
		return nil, a.voidLink(err)
	}
	return out, nil
}
