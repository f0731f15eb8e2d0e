package api

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// accountNews is a change that whoever got hold of an account would make, and that its owner is therefore told of: in the
// screen and by mail.
type accountNews struct{ kind, title, message string }

func passwordChanged() accountNews {
	return accountNews{"security.password_changed", "Your password was changed", "Your password was changed, and other sessions of yours were ended."}
}

func factorReset() accountNews {
	return accountNews{
		"security.factor_reset", "Your second factor was taken away",
		"An administrator took your second factor away and ended your sessions. Set a new one up when you sign in.",
	}
}

func emailChanged() accountNews {
	return accountNews{
		"security.email_changed", "Your e-mail address was changed",
		"Your account has another e-mail address now. Mails about it go there.",
	}
}

func apiKeyCreated() accountNews {
	return accountNews{"security.api_key_created", "An API key was made", "An API key was made that acts for you."}
}

// noteChange writes, in the change's transaction, the line of the trail and the notification.
func noteChange(ctx context.Context, t *store.Tenant, user int64, news accountNews, line audit.Entry) error {
	if err := audit.Write(ctx, t, line); err != nil {
		return err
	}
	return tell(ctx, t, user, store.Notice{Type: news.kind, Title: news.title, Message: news.message, Severity: models.SeverityMedium})
}

// mailChange tells the owner by mail at an address, which may be a former one, after the change stands.
func (a *API) mailChange(ctx context.Context, u *models.User, email string, news accountNews) {
	reader := *u
	reader.Email = email
	a.write(ctx, news.kind, &reader, func(to notify.Addressee) (notify.Mail, error) {
		return a.post.letters.AccountChanged(to, news.message, a.origin(ctx))
	})
}
