package notify_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/notify"
)

var greeting = notify.Mail{To: "ada@example.org", Subject: "Grüße 🦖", Text: "plain ünïcode\n.\nafter a lone dot\n", HTML: "<p>rich ünïcode</p>"}

// decoded is a received mail as its reader sees it: headers decoded, parts by content type.
type decoded struct {
	header mail.Header
	parts  map[string]string
}

func decode(t *testing.T, raw string) decoded {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	require.NoError(t, err)
	d := decoded{header: m.Header, parts: map[string]string{}}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	if kind != "multipart/alternative" {
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		require.NoError(t, err)
		d.parts[kind] = strings.ReplaceAll(string(body), "\r\n", "\n")
		return d
	}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := r.NextPart() // decodes quoted-printable itself
		if errors.Is(err, io.EOF) {
			return d
		}
		require.NoError(t, err)
		kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		require.NoError(t, err)
		body, err := io.ReadAll(part)
		require.NoError(t, err)
		d.parts[kind] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
}

func (d *decoded) subject(t *testing.T) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(d.header.Get("Subject"))
	require.NoError(t, err)
	return s
}

func TestAMailArrivesWholeOverStartTLS(t *testing.T) {
	t.Parallel()
	server := startMailServer(t, serverKind{startTLS: true, auth: true})
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	mailer := server.mailer(t, func(p *notify.MailerParams) {
		p.User, p.Password, p.Clock = mailUser, mailPassword, clock.NewFixed(at)
	})
	require.True(t, mailer.Enabled())
	require.NoError(t, mailer.Send(t.Context(), greeting))
	got := server.received()
	require.Len(t, got, 1)
	require.True(t, got[0].secure)
	require.Equal(t, mailUser, got[0].user)
	require.Equal(t, "vc@example.org", got[0].from)
	require.Equal(t, "ada@example.org;", got[0].to)

	d := decode(t, got[0].raw)
	require.Equal(t, greeting.Subject, d.subject(t))
	require.Equal(t, greeting.Text, d.parts["text/plain"])
	require.Equal(t, greeting.HTML, strings.TrimSpace(d.parts["text/html"]))
	require.Equal(t, `"VelociCompanion" <vc@example.org>`, d.header.Get("From"))
	require.Equal(t, "<ada@example.org>", d.header.Get("To"))
	require.Equal(t, "auto-generated", d.header.Get("Auto-Submitted"))
	require.Regexp(t, `^<[\w-]{20,}@example\.org>$`, d.header.Get("Message-Id"))
	sent, err := d.header.Date()
	require.NoError(t, err)
	require.True(t, sent.Equal(at))
}

func TestTheModesOfTLS(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind    serverKind
		mode    notify.MailTLS
		user    string
		arrives bool
		secure  bool
	}{
		"starttls":                       {serverKind{startTLS: true}, notify.MailStartTLS, "", true, true},
		"starttls that is not offered":   {serverKind{}, notify.MailStartTLS, "", false, false},
		"tls":                            {serverKind{implicit: true}, notify.MailImplicit, "", true, true},
		"tls with a password":            {serverKind{implicit: true, auth: true}, notify.MailImplicit, mailUser, true, true},
		"tls to a server without":        {serverKind{}, notify.MailImplicit, "", false, false},
		"auto takes what is offered":     {serverKind{startTLS: true}, notify.MailAuto, "", true, true},
		"auto does without on loopback":  {serverKind{}, notify.MailAuto, "", true, false},
		"none":                           {serverKind{startTLS: true}, notify.MailNoTLS, "", true, false},
		"a password nobody asks for":     {serverKind{startTLS: true}, notify.MailStartTLS, mailUser, false, false},
		"none given where one is needed": {serverKind{startTLS: true, auth: true}, notify.MailStartTLS, "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startMailServer(t, c.kind)
			err := server.mailer(t, func(p *notify.MailerParams) {
				p.TLS, p.User, p.Password, p.Timeout = c.mode, c.user, mailPassword, 5*time.Second
			}).Send(t.Context(), greeting)
			got := server.received()
			if !c.arrives {
				require.True(t, fault.Is(err, fault.Unavailable), err)
				require.Empty(t, got)
				return
			}
			require.NoError(t, err)
			require.Len(t, got, 1)
			require.Equal(t, c.secure, got[0].secure)
		})
	}
}

func TestAStrangersCertificateAndAWrongPasswordSendNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range []serverKind{{startTLS: true, auth: true}, {implicit: true, auth: true}} {
		server := startMailServer(t, kind)
		mode := notify.MailStartTLS
		if kind.implicit {
			mode = notify.MailImplicit
		}
		_, others := certificate(t)
		err := server.mailer(t, func(p *notify.MailerParams) {
			p.RootCAs, p.User, p.Password, p.TLS = others, mailUser, mailPassword, mode
		}).Send(t.Context(), greeting)
		require.True(t, fault.Is(err, fault.Unavailable), err)
		err = server.mailer(t, func(p *notify.MailerParams) { p.User, p.Password, p.TLS = mailUser, "wrong secret", mode }).Send(t.Context(), greeting)
		require.True(t, fault.Is(err, fault.Unavailable), err)
		require.NotContains(t, err.Error(), "wrong secret")
		require.Empty(t, server.received())
	}
}

func TestNothingInAMailAddsAHeaderOrARecipient(t *testing.T) {
	t.Parallel()
	server := startMailServer(t, serverKind{startTLS: true})
	mailer := server.mailer(t, nil)
	for _, to := range []string{
		"ada@example.org\r\nBcc: eve@evil.example", "ada@example.org, eve@evil.example", "ada@example.org\nRCPT TO:<eve@evil.example>", "", "ada",
		"\"a\r\nb\"@example.org", "ada@example.org>\r\nDATA", "<ada@example.org> NOTIFY=SUCCESS",
	} {
		err := mailer.Send(t.Context(), notify.Mail{To: to, Subject: "x", Text: "x"})
		require.True(t, fault.Is(err, fault.Invalid), to)
	}
	require.Empty(t, server.received())

	require.NoError(t, mailer.Send(t.Context(), notify.Mail{
		To: "ada@example.org", Subject: "Hello\r\nBcc: eve@evil.example\r\n\r\nbody\x00" + strings.Repeat("long ", 100),
		Text: "\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n",
	}))
	got := server.received()
	require.Len(t, got, 1)
	require.Equal(t, "ada@example.org;", got[0].to)
	d := decode(t, got[0].raw)
	require.Empty(t, d.header.Get("Bcc"))
	require.True(t, strings.HasPrefix(d.subject(t), "Hello Bcc: eve@evil.example body long"))
	require.LessOrEqual(t, len([]rune(d.subject(t))), 200)
	require.Equal(t, "\n.\nMAIL FROM:<eve@evil.example>\n", d.parts["text/plain"])
}

func TestRefusalsForGoodAndForNow(t *testing.T) {
	t.Parallel()
	server := startMailServer(t, serverKind{startTLS: true})
	server.reply["gone@example.org"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	server.reply["later@example.org"] = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "greylisted"}
	mailer := server.mailer(t, nil)
	require.True(t, fault.Is(mailer.Send(t.Context(), notify.Mail{To: "gone@example.org", Subject: "x", Text: "x"}), fault.Invalid))
	err := mailer.Send(t.Context(), notify.Mail{To: "later@example.org", Subject: "x", Text: "x"})
	require.True(t, fault.Is(err, fault.Unavailable), err)
	require.True(t, fault.Retryable(err))
	require.NotContains(t, fault.Safe(err), "greylisted")
}

func TestASilentServerHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	reached := make(chan net.Conn, 2)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			reached <- conn
		}
	}()
	addr, ok := l.Addr().(*net.TCPAddr)
	require.True(t, ok)
	silent := &mailServer{host: "127.0.0.1", port: addr.Port}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	err = silent.mailer(t, func(p *notify.MailerParams) { p.Timeout = time.Hour }).Send(ctx, greeting)
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, fault.Is(err, fault.Unavailable))
	err = silent.mailer(t, func(p *notify.MailerParams) { p.Timeout = 50 * time.Millisecond }).Send(t.Context(), greeting)
	require.True(t, fault.Is(err, fault.Unavailable), err)
}

func TestSettingsThatCanNotWork(t *testing.T) {
	t.Parallel()
	good := notify.MailerParams{Host: "mail.example.org", Port: 587, From: "vc@example.org", TLS: notify.MailStartTLS}
	_, err := notify.NewMailer(good)
	require.NoError(t, err)
	for name, change := range map[string]func(*notify.MailerParams){
		"FROM_EMAIL": func(p *notify.MailerParams) { p.From = "nobody" },
		"SMTP_PORT":  func(p *notify.MailerParams) { p.Port = 0 },
		"SMTP_TLS":   func(p *notify.MailerParams) { p.TLS = "ssl" },
		"elsewhere":  func(p *notify.MailerParams) { p.TLS = notify.MailNoTLS },
	} {
		p := good
		change(&p)
		_, err := notify.NewMailer(p)
		require.ErrorContains(t, err, name)
	}
	none, err := notify.NewMailer(notify.MailerParams{})
	require.NoError(t, err)
	require.False(t, none.Enabled())
	require.True(t, fault.Is(none.Send(t.Context(), greeting), fault.Unavailable))
}
