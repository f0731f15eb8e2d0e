package notify_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/notify"
)

const (
	mailUser     = "mailer"
	mailPassword = "p@ss word"
)

// received is one mail as the server took it.
type received struct {
	from, to, user string
	secure         bool
	raw            string
}

// mailServer is a real SMTP server on loopback.
type mailServer struct {
	host  string
	port  int
	roots *x509.CertPool
	reply map[string]error // what RCPT answers, by address

	mu    sync.Mutex
	mails []received
}

// serverKind is what a test asks of the server.
type serverKind struct{ startTLS, implicit, auth bool }

func startMailServer(t *testing.T, kind serverKind) *mailServer {
	t.Helper()
	cert, roots := certificate(t)
	m := &mailServer{roots: roots, reply: map[string]error{}}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &mailSession{server: m, conn: c, auth: kind.auth}, nil
	}))
	srv.Domain, srv.ErrorLog = "mail.example", silent{}
	srv.ReadTimeout, srv.WriteTimeout = 10*time.Second, 10*time.Second
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if kind.startTLS {
		srv.TLSConfig = config
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr, ok := l.Addr().(*net.TCPAddr)
	require.True(t, ok)
	m.host, m.port = "127.0.0.1", addr.Port
	if kind.implicit {
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return m
}

// silent is the server's error log.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

func (m *mailServer) mailer(t *testing.T, change func(*notify.MailerParams)) *notify.Mailer {
	t.Helper()
	p := notify.MailerParams{Host: m.host, Port: m.port, From: "VelociCompanion <vc@example.org>", TLS: notify.MailStartTLS, RootCAs: m.roots}
	if change != nil {
		change(&p)
	}
	mailer, err := notify.NewMailer(p)
	require.NoError(t, err)
	return mailer
}

func (m *mailServer) received() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]received(nil), m.mails...)
}

type mailSession struct {
	server *mailServer
	conn   *smtp.Conn
	auth   bool
	mail   received
}

func (s *mailSession) AuthMechanisms() []string {
	if s.auth {
		return []string{sasl.Plain}
	}
	return nil
}

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != mailUser || password != mailPassword {
			return smtp.ErrAuthFailed
		}
		s.mail.user = user
		return nil
	}), nil
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.auth && s.mail.user == "" {
		return smtp.ErrAuthRequired
	}
	s.mail.from = from
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to += to + ";"
	return s.server.reply[to]
}

func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	_, s.mail.secure = s.conn.TLSConnectionState()
	s.mail.raw = string(raw)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, s.mail)
	return nil
}

func (s *mailSession) Reset()        { s.mail.from, s.mail.to, s.mail.raw = "", "", "" }
func (s *mailSession) Logout() error { return nil }

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, public, private)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, roots
}
