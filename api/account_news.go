package api

import (
	"context"
	"log/slog"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// accountNews is a change that whoever got hold of an account would make, and that its owner is therefore told of: in the
// screen and by mail.
type accountNews struct{ kind, title, message string }

func passwordChanged() accountNews {
	return accountNews{"account.password_changed", "Your password was changed", "Your password was changed, and other sessions of yours were ended."}
}

func factorReset() accountNews {
	return accountNews{
		"account.factor_reset", "Your second factor was taken away",
		"An administrator took your second factor away and ended your sessions. Set a new one up when you sign in.",
	}
}

func emailChanged() accountNews {
	return accountNews{
		"account.email_changed", "Your e-mail address was changed",
		"Your account has another e-mail address now. Mails about it go there.",
	}
}

func apiKeyCreated() accountNews {
	return accountNews{"account.api_key_created", "An API key was made", "An API key was made that acts for you."}
}

// securityPlace is where the screen shows a user what the own account is open to.
const securityPlace = "/profile/sessions"

// noteChange writes, in the change's transaction, the line of the trail and the notification.
func (*API) noteChange(ctx context.Context, t *store.Tenant, user int64, news accountNews, line audit.Entry) error {
	if err := audit.Write(ctx, t, line); err != nil {
		return err
	}
	_, err := t.Notify(ctx, store.Notice{
		Users: []int64{user}, Type: news.kind, Title: news.title, Message: news.message, Severity: models.SeverityMedium, Link: securityPlace,
	})
	return err
}

// mailChange tells the owner by mail at an address, after the change stands.
func (a *API) mailChange(ctx context.Context, u *models.User, email string, news accountNews) {
	if email == "" {
		return
	}
	to := addressee(u)
	to.Email = email
	m, err := a.post.letters.AccountChanged(to, news.message, a.origin(ctx))
	if err != nil {
		a.log.ErrorContext(ctx, "letter not written", slog.String("letter", news.kind), slog.String("error", err.Error()))
		return
	}
	a.post.send(ctx, news.kind, u.ID, m)
}
