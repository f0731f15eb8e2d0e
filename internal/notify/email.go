package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// MailTLS says how the way to the mail server is protected.
type MailTLS string

// The modes of SMTP_TLS.
const (
	MailStartTLS MailTLS = "starttls" // plain first, then STARTTLS; without it nothing is sent
	MailImplicit MailTLS = "tls"      // TLS from the first byte, usually port 465
	MailNoTLS    MailTLS = "none"     // only to this machine
	MailAuto     MailTLS = "auto"     // tls on port 465; elsewhere STARTTLS where it is offered, and always for a password
)

const (
	defaultMailTimeout = 15 * time.Second
	implicitPort       = 465
	maxSubject         = 200 // characters
)

// MailerParams are what a mailer needs; the settings of the same names.
type MailerParams struct {
	Host     string // empty: there is no mail
	Port     int
	User     string // empty: no authentication
	Password string
	From     string // an address, with or without a name
	TLS      MailTLS
	RootCAs  *x509.CertPool // nil: the machine's
	Timeout  time.Duration  // of one whole Send; 0 means 15 s
	Clock    clock.Clock
}

// Mailer sends mails through one server, each over a connection of its own. It may be used from many goroutines.
type Mailer struct {
	p    MailerParams
	from *mail.Address
}

// Mail is one message to one person.
type Mail struct {
	To      string // one address
	Subject string
	Text    string
	HTML    string // empty: text only
}

// NewMailer checks the settings. With an empty host it makes a mailer that is not Enabled.
func NewMailer(p MailerParams) (*Mailer, error) {
	if p.Clock == nil {
		p.Clock = clock.System{}
	}
	if p.Timeout <= 0 {
		p.Timeout = defaultMailTimeout
	}
	if p.Host == "" {
		return &Mailer{p: p}, nil
	}
	from, err := mail.ParseAddress(p.From)
	if err != nil {
		return nil, fmt.Errorf("FROM_EMAIL: %q is no address: %w", p.From, err)
	}
	if p.Port < 1 || p.Port > 65535 {
		return nil, fmt.Errorf("SMTP_PORT: %d is no port", p.Port)
	}
	switch p.TLS {
	case MailStartTLS, MailImplicit:
	case MailAuto:
		if p.Port == implicitPort {
			p.TLS = MailImplicit
		}
	case MailNoTLS:
		if !loopback(p.Host) {
			return nil, fmt.Errorf("SMTP_TLS: none is for a mail server on this machine, and %s is elsewhere", p.Host)
		}
	default:
		return nil, fmt.Errorf("SMTP_TLS: %q is none of starttls, tls, none, auto", p.TLS)
	}
	return &Mailer{p: p, from: from}, nil
}

// Enabled says whether a mail server is configured.
func (m *Mailer) Enabled() bool { return m.p.Host != "" }

// Send delivers one mail to the server. Faults: Unavailable (mail_not_configured; mail_failed, which may pass), Invalid
// (mail_refused) for an address that can't be one or that the server refuses for good. After a connection is lost the
// mail may have arrived all the same.
func (m *Mailer) Send(ctx context.Context, one Mail) error {
	if !m.Enabled() {
		return fault.New(fault.Unavailable, "no mail server is configured").WithCode("mail_not_configured")
	}
	msg, err := m.message(one)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, m.p.Timeout)
	defer cancel()
	line := &mailLine{}
	if m.p.TLS == MailImplicit {
		line.implicit = m.tlsConfig()
	}
	defer context.AfterFunc(ctx, line.close)()
	defer line.close()
	client, err := gomail.NewClient(m.p.Host, m.options(line)...)
	if err != nil {
		return mailFailed(err)
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // the server took it; only the parting failed
		return nil
	}
	return sendFault(ctx, err)
}

func (m *Mailer) options(line *mailLine) []gomail.Option {
	opts := []gomail.Option{
		gomail.WithPort(m.p.Port), gomail.WithTimeout(m.p.Timeout), gomail.WithTLSConfig(m.tlsConfig()),
		gomail.WithDialContextFunc(line.dial), gomail.WithoutNoop(),
	}
	switch {
	case m.p.TLS == MailImplicit:
		opts = append(opts, gomail.WithSSL())
	case m.p.TLS == MailNoTLS:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	case m.p.TLS == MailAuto && (m.p.User == "" || loopback(m.p.Host)):
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if m.p.User != "" {
		opts = append(opts, gomail.WithUsername(m.p.User), gomail.WithPassword(m.p.Password), gomail.WithOpportunisticSMTPAuth(
			gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
	}
	return opts
}

func (m *Mailer) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: m.p.Host, RootCAs: m.p.RootCAs, MinVersion: tls.VersionTLS12}
}

// message builds the mail; nothing in one can add a header or a recipient.
func (m *Mailer) message(one Mail) (*gomail.Msg, error) {
	to, err := mail.ParseAddress(one.To)
	if err != nil || strings.ContainsFunc(to.Address, unicode.IsControl) {
		return nil, fault.New(fault.Invalid, "this is no e-mail address").WithCode(codeMailRefused)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	if err := msg.To(to.Address); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "this is no e-mail address").WithCode(codeMailRefused)
	}
	msg.Subject(oneLine(one.Subject, maxSubject))
	msg.SetDateWithValue(m.p.Clock.Now())
	_, domain, _ := strings.Cut(m.from.Address, "@")
	msg.SetMessageIDWithValue(clock.Token(18) + "@" + domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, one.Text)
	if one.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, one.HTML)
	}
	return msg, nil
}

// oneLine is s without control characters, cut after n characters.
func oneLine(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "?"), func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
