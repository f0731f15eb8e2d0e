package api_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/notify"
)

// mailbox is a real SMTP server on loopback that keeps what it takes.
type mailbox struct {
	t    testing.TB
	addr *net.TCPAddr
	in   chan letter

	refuse error // what every recipient gets; nil: the mail is taken
}

// letter is one mail as its reader sees it.
type letter struct {
	to, subject, text, html string
	header                  mail.Header
}

// startMailbox gives a server and the change that makes an API's mails go there.
func startMailbox(t testing.TB) (*mailbox, func(*api.Params)) {
	t.Helper()
	m := &mailbox{t: t, in: make(chan letter, 100)}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{box: m}, nil }))
	srv.Domain, srv.ReadTimeout, srv.WriteTimeout = "mail.example", 10*time.Second, 10*time.Second
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.addr, _ = l.Addr().(*net.TCPAddr)
	require.NotNil(t, m.addr)
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	mailer, err := notify.NewMailer(notify.MailerParams{Host: "127.0.0.1", Port: m.addr.Port, From: "vc@example.org", TLS: notify.MailNoTLS})
	require.NoError(t, err)
	return m, func(p *api.Params) { p.Mailer = mailer }
}

// next waits for a mail.
func (m *mailbox) next() letter {
	m.t.Helper()
	select {
	case l := <-m.in:
		return l
	case <-time.After(20 * time.Second):
		require.FailNow(m.t, "no mail came")
		return letter{}
	}
}

// empty says that no mail is there now.
func (m *mailbox) empty() {
	m.t.Helper()
	require.Empty(m.t, m.in)
}

// token is what the link in a mail carries.
func (l letter) token(t testing.TB) string {
	t.Helper()
	_, rest, ok := strings.Cut(l.text, "#token=")
	require.True(t, ok, l.text)
	return strings.Fields(rest)[0]
}

type mailSession struct {
	box *mailbox
	to  []string
}

func (*mailSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return s.box.refuse
}

func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	l, err := readLetter(raw)
	if err != nil {
		return err
	}
	l.to = strings.Join(s.to, ",")
	s.box.in <- l
	return nil
}

func (s *mailSession) Reset()      { s.to = nil }
func (*mailSession) Logout() error { return nil }

// readLetter opens a mail of a text and an HTML part.
func readLetter(raw []byte) (letter, error) {
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return letter{}, err
	}
	l := letter{header: msg.Header}
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		return l, err
	}
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	for parts := multipart.NewReader(msg.Body, params["boundary"]); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		body, err := io.ReadAll(part)
		if err != nil {
			return l, err
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			l.html = text
		} else {
			l.text = text
		}
	}
}
