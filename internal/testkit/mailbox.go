package testkit

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

const mailTimeout = 10 * time.Second // what the mail server waits for a client

// Mailbox is a real SMTP server on loopback, without encryption, that keeps what it takes.
type Mailbox struct {
	Port int

	t testing.TB
	*inbox
}

type inbox struct {
	in chan Letter

	mu     sync.Mutex
	refuse error
}

// Letter is one mail as its reader sees it.
type Letter struct {
	To, Subject, Text, HTML string
	Header                  mail.Header
}

// StartMailbox starts a server on a free port; it ends with the test.
func StartMailbox(t testing.TB) *Mailbox {
	t.Helper()
	m := &Mailbox{t: t, inbox: &inbox{in: make(chan Letter, 100)}}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{box: m.inbox}, nil }))
	srv.Domain, srv.ReadTimeout, srv.WriteTimeout = "mail.example", mailTimeout, mailTimeout
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.Port = l.Addr().(*net.TCPAddr).Port
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return m
}

// For is the same mailbox as a part of a test looks at it.
func (m *Mailbox) For(t testing.TB) *Mailbox {
	t.Helper()
	return &Mailbox{Port: m.Port, t: t, inbox: m.inbox}
}

// Refuse makes every recipient get this error from now on; nil: mails are taken.
func (m *Mailbox) Refuse(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = err
}

// Next waits for a mail.
func (m *Mailbox) Next() Letter {
	m.t.Helper()
	select {
	case l := <-m.in:
		return l
	case <-time.After(20 * time.Second):
		require.FailNow(m.t, "no mail came")
		return Letter{}
	}
}

// Empty says that no mail is there now.
func (m *Mailbox) Empty() {
	m.t.Helper()
	require.Empty(m.t, m.in)
}

// Drain throws away the mails that are there.
func (m *Mailbox) Drain() {
	for len(m.in) > 0 {
		<-m.in
	}
}

// Token is what the link in a mail carries.
func (l Letter) Token(t testing.TB) string {
	t.Helper()
	_, rest, ok := strings.Cut(l.Text, "#token=")
	require.True(t, ok, l.Text)
	return strings.Fields(rest)[0]
}

type mailSession struct {
	box *inbox
	to  []string
}

// Mail takes any sender.
func (*mailSession) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt notes a recipient.
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	return s.box.refuse
}

// Data reads one mail.
func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	l, err := readLetter(raw)
	if err != nil {
		return err
	}
	l.To = strings.Join(s.to, ",")
	s.box.in <- l
	return nil
}

// Reset begins anew.
func (s *mailSession) Reset() { s.to = nil }

// Logout ends the session.
func (*mailSession) Logout() error { return nil }

// readLetter opens a mail of a text and an HTML part.
func readLetter(raw []byte) (Letter, error) {
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Letter{}, err
	}
	l := Letter{Header: msg.Header}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
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
			l.HTML = text
		} else {
			l.Text = text
		}
	}
}
