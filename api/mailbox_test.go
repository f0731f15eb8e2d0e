package api_test

import (
	"net/mail"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

// mailbox is where the mails of an API under test arrive.
type mailbox struct{ *testkit.Mailbox }

// letter is one mail as its reader sees it.
type letter struct {
	to, subject, text, html string
	header                  mail.Header
	whole                   testkit.Letter
}

// startMailbox gives a mail server and the change that makes an API's mails go there.
func startMailbox(t testing.TB) (*mailbox, func(*api.Params)) {
	t.Helper()
	m := testkit.StartMailbox(t)
	mailer, err := notify.NewMailer(notify.MailerParams{Host: "127.0.0.1", Port: m.Port, From: "vc@example.org", TLS: notify.MailNoTLS})
	require.NoError(t, err)
	return &mailbox{m}, func(p *api.Params) { p.Mailer = mailer }
}

// next waits for a mail.
func (m *mailbox) next() letter {
	l := m.Next()
	return letter{to: l.To, subject: l.Subject, text: l.Text, html: l.HTML, header: l.Header, whole: l}
}

// empty says that no mail is there now.
func (m *mailbox) empty() { m.Empty() }

// token is what the link in a mail carries.
func (l letter) token(t testing.TB) string {
	t.Helper()
	return l.whole.Token(t)
}
