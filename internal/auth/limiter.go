package auth

import (
	"crypto/sha256"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/models"
)

// The actions that are limited, each for itself: who fails at one is not held up at another.
const (
	ActionLogin        = "login"
	ActionTOTP         = "totp" // second factor of a sign-in, step-up, and changes of the factor
	ActionReset        = "password_reset"
	ActionRegistration = "registration"
	ActionMail         = "verification_mail"
	ActionInvitation   = "invitation_mail"
	ActionWebhook      = "webhook"
	ActionCallback     = "velociraptor_callback"
)

// An address stands for whole offices behind one router, so it may fail more often than an account; what succeeds is given
// back.
const (
	loginFree, loginLock     = 4, 10 // 1, 2, 4, 8, 16 s, then a lock-out
	totpFree, totpLock       = 3, 8
	addressFree, addressOpen = 100, 10 // with a password; without any proof
	askFree                  = 3
	inviteFree               = 200
)

// LoginLimits are for a password tried with a user name from an address. Give the stored spelling of the name where there
// is such a user, so that no other spelling counts apart.
func LoginLimits(username, address string) []models.Limit {
	return []models.Limit{
		limit(ActionLogin, models.ScopeAccount, accountKey(username), lockOut(loginFree, loginLock)),
		limit(ActionLogin, models.ScopeAddress, addressKey(address), slowing(addressFree, time.Second, 15*time.Minute)),
	}
}

// TOTPLimits are for a one-time or recovery code of a user whose password, or session, was right.
func TOTPLimits(userID int64, address string) []models.Limit {
	return []models.Limit{
		limit(ActionTOTP, models.ScopeAccount, userKey(userID), lockOut(totpFree, totpLock)),
		limit(ActionTOTP, models.ScopeAddress, addressKey(address), slowing(addressFree, time.Second, 15*time.Minute)),
	}
}

// ResetLimits are for mails that reset a password; each asked for counts, none is given back.
func ResetLimits(email, address string) []models.Limit {
	return []models.Limit{
		limit(ActionReset, models.ScopeAccount, accountKey(email), slowing(askFree, time.Minute, time.Hour)),
		limit(ActionReset, models.ScopeAddress, addressKey(address), slowing(addressOpen, time.Second, time.Hour)),
	}
}

// RegistrationLimits are for accounts that somebody makes without an invitation; each counts.
func RegistrationLimits(address string) []models.Limit {
	return []models.Limit{limit(ActionRegistration, models.ScopeAddress, addressKey(address), slowing(addressOpen, time.Second, time.Hour))}
}

// MailLimits are for verification mails that a user asks for; each counts.
func MailLimits(userID int64) []models.Limit {
	return []models.Limit{limit(ActionMail, models.ScopeAccount, userKey(userID), slowing(askFree, time.Minute, time.Hour))}
}

// WebhookLimits are for calls of webhooks that are refused: an unknown address, a wrong signature. What is taken never
// counts. Each counts.
func WebhookLimits(address string) []models.Limit {
	return []models.Limit{limit(ActionWebhook, models.ScopeAddress, addressKey(address), slowing(addressFree, time.Second, 15*time.Minute))}
}

// CallbackLimits are for callbacks of Velociraptor servers that are refused: an unknown address, a wrong signature. What is
// taken never counts. Each counts.
func CallbackLimits(address string) []models.Limit {
	return []models.Limit{limit(ActionCallback, models.ScopeAddress, addressKey(address), slowing(addressFree, time.Second, 15*time.Minute))}
}

// InvitationLimits are for invitations that an administrator has mailed: enough for a large team at once, not for a flood of
// mails to strangers. Each counts.
func InvitationLimits(adminID int64) []models.Limit {
	return []models.Limit{limit(ActionInvitation, models.ScopeAccount, userKey(adminID), slowing(inviteFree, time.Second, time.Hour))}
}

// UnlockLimits are the accounts' ones that an administrator lifts from a user.
func UnlockLimits(userID int64, username string) []models.Limit {
	return []models.Limit{
		limit(ActionLogin, models.ScopeAccount, accountKey(username), models.Brake{}),
		limit(ActionTOTP, models.ScopeAccount, userKey(userID), models.Brake{}),
	}
}

// ResetUnlockLimits are what a password reset lifts: the mailbox has proved the owner, and the guesses were made at a password
// that is no more. The second factor's limit stays, or a mailbox would be enough to guess codes without end.
func ResetUnlockLimits(username string) []models.Limit {
	return []models.Limit{limit(ActionLogin, models.ScopeAccount, accountKey(username), models.Brake{})}
}

func limit(action, scope, key string, b models.Brake) models.Limit {
	sum := sha256.Sum256([]byte("velocicompanion/attempt/" + scope + ":" + key))
	return models.Limit{Action: action, Scope: scope, Subject: sum[:], Brake: b}
}

func lockOut(free, lockAfter int) models.Brake {
	return models.Brake{Free: free, First: time.Second, LockAfter: lockAfter, Lock: 15 * time.Minute, Window: time.Hour}
}

func slowing(free int, first, longest time.Duration) models.Brake {
	return models.Brake{Free: free, First: first, Lock: longest, Window: time.Hour}
}

func accountKey(name string) string { return "name:" + strings.ToLower(strings.TrimSpace(name)) }

func userKey(id int64) string { return "id:" + strconv.FormatInt(id, 10) }

// addressKey is an IPv4 address, or the /64 of an IPv6 one: that much one customer of a provider has to himself.
func addressKey(address string) string {
	ip, err := netip.ParseAddr(strings.TrimSpace(address))
	if err != nil {
		return "text:" + address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
