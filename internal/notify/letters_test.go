package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/notify"
)

func letters(t *testing.T) *notify.Letters {
	t.Helper()
	l, err := notify.NewLetters("https://vc.example.org/")
	require.NoError(t, err)
	return l
}

func TestLettersSayWhatHappenedAndWhereToGo(t *testing.T) {
	t.Parallel()
	l := letters(t)
	to := notify.Addressee{Email: "ada@example.org", Username: "ada"}
	from := notify.Origin{At: time.Date(2026, 3, 1, 12, 5, 0, 0, time.UTC), IPAddress: "192.0.2.7", UserAgent: "Firefox"}
	for name, c := range map[string]struct {
		write func() (notify.Mail, error)
		says  []string
	}{
		"reset": {
			func() (notify.Mail, error) { return l.PasswordReset(to, "tok_-1", time.Hour, from) },
			[]string{"https://vc.example.org/reset-password#token=tok_-1", "one hour", "192.0.2.7", "Firefox", "1 March 2026, 12:05 UTC"},
		},
		"verify": {
			func() (notify.Mail, error) { return l.EmailVerification(to, "tok_-1", 24*time.Hour) },
			[]string{"https://vc.example.org/verify-email#token=tok_-1", "one day"},
		},
		"invitation": {
			func() (notify.Mail, error) { return l.Invitation(to, "Acme", "grace", "tok_-1", 72*time.Hour) },
			[]string{"https://vc.example.org/accept-invitation#token=tok_-1", "3 days", "Acme", "grace made an account"},
		},
		"invitation by nobody": {
			func() (notify.Mail, error) { return l.Invitation(to, "Acme", "", "tok_-1", 90*time.Minute) },
			[]string{"90 minutes", "an account was made for you in Acme"},
		},
		"locked": {
			func() (notify.Mail, error) { return l.AccountLocked(to, from.At.Add(15*time.Minute), from) },
			[]string{"1 March 2026, 12:20 UTC", "https://vc.example.org/reset-password", "192.0.2.7"},
		},
		"reuse": {
			func() (notify.Mail, error) { return l.SessionReuse(to, from) },
			[]string{"https://vc.example.org/profile/sessions", "192.0.2.7", "1 March 2026, 12:05 UTC"},
		},
		"changed": {
			func() (notify.Mail, error) { return l.AccountChanged(to, "Your password was changed.", from) },
			[]string{"Your password was changed.", "https://vc.example.org/profile/sessions", "192.0.2.7", "Firefox"},
		},
	} {
		m, err := c.write()
		require.NoError(t, err, name)
		require.Equal(t, "ada@example.org", m.To)
		require.NotEmpty(t, m.Subject)
		require.NotContains(t, m.Subject, "\n")
		for _, body := range []string{m.Text, m.HTML} {
			require.Contains(t, body, "Hello ada,", name)
			require.NotContains(t, body, "<no value>", name)
			for _, say := range c.says {
				require.Contains(t, body, say, name)
			}
		}
		require.NotContains(t, m.Text, "<", name)
		require.Contains(t, m.HTML, "<!doctype html>", name)
	}
}

func TestNamesThatOthersChoseAreOnlyText(t *testing.T) {
	t.Parallel()
	m, err := letters(t).Invitation(notify.Addressee{Email: "ada@example.org", Username: "<b>ada</b>\r\nBcc: x"},
		`"><script>alert(1)</script>`+strings.Repeat("x", 500), "eve\x00\u2028", "a b&c#d", time.Hour)
	require.NoError(t, err)
	require.NotContains(t, m.HTML, "<script>")
	require.NotContains(t, m.HTML, "<b>")
	require.NotContains(t, m.HTML, strings.Repeat("x", 101))
	require.NotContains(t, m.Text, "\r\nBcc")
	require.NotContains(t, m.Subject, "\n")
	require.Contains(t, m.Text, "#token=a+b%26c%23d")
}

func TestALetterArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	server := startMailServer(t, serverKind{startTLS: true})
	token := strings.Repeat("Ab3_-", 20)
	m, err := letters(t).PasswordReset(notify.Addressee{Email: "zoe@example.org", Username: "zoë"}, token, time.Hour, notify.Origin{})
	require.NoError(t, err)
	require.NoError(t, server.mailer(t, nil).Send(t.Context(), m))
	got := server.received()
	require.Len(t, got, 1)
	d := decode(t, got[0].raw)
	require.Equal(t, m.Subject, d.subject(t))
	require.Equal(t, m.Text, d.parts["text/plain"])
	require.Equal(t, m.HTML, d.parts["text/html"])
	require.Contains(t, d.parts["text/plain"], "\nhttps://vc.example.org/reset-password#token="+token+"\n", "one line, whole")
}

func TestLinksNeedAnAddress(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "vc.example.org", "javascript:alert(1)", "ftp://vc.example.org"} {
		_, err := notify.NewLetters(bad)
		require.ErrorContains(t, err, "PUBLIC_URL", bad)
	}
}
