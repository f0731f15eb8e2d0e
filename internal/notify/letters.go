package notify

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// letterFiles are the wordings: per letter a .txt.tmpl with its subject and a .html.tmpl for the frame in layout.html.tmpl.
//
//go:embed templates/*.tmpl
var letterFiles embed.FS

// The letters, named as their files are.
const (
	letterReset      = "password_reset"
	letterVerify     = "email_verification"
	letterInvitation = "invitation"
	letterLocked     = "account_locked"
	letterReuse      = "session_reuse"
	letterChanged    = "account_changed"
)

// The screen's places that mails link to. Tokens stand in the fragment: it reaches no server, no log and no Referer.
const (
	placeReset      = "/reset-password"
	placeVerify     = "/verify-email"
	placeInvitation = "/accept-invitation"
	placeSessions   = "/profile/sessions"
)

const maxName = 100 // characters of a name that somebody else chose

// Letters writes the mails that the product sends about accounts. It may be used from many goroutines.
type Letters struct {
	base string
	text map[string]*texttemplate.Template
	html map[string]*htmltemplate.Template
}

// Addressee is who a letter goes to.
type Addressee struct{ Email, Username string }

// Origin is where an event came from.
type Origin struct {
	At        time.Time
	IPAddress string
	UserAgent string
}

// letter is what the templates see.
type letter struct {
	Username, Tenant, By string
	What                 string // a sentence of ours
	Link, Site           string
	Valid, Until, At     string
	IPAddress, UserAgent string
}

// NewLetters reads the templates; publicURL (PUBLIC_URL) is what links begin with.
func NewLetters(publicURL string) (*Letters, error) {
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("PUBLIC_URL: %q is not an http(s) address", publicURL)
	}
	l := &Letters{
		base: strings.TrimRight(publicURL, "/"), text: map[string]*texttemplate.Template{}, html: map[string]*htmltemplate.Template{},
	}
	for _, name := range []string{letterReset, letterVerify, letterInvitation, letterLocked, letterReuse, letterChanged} {
		text, err := texttemplate.New(name).Option("missingkey=error").ParseFS(letterFiles, "templates/"+name+".txt.tmpl")
		if err != nil {
			return nil, fmt.Errorf("the letter %s: %w", name, err)
		}
		html, err := htmltemplate.New(name).Option("missingkey=error").
			ParseFS(letterFiles, "templates/layout.html.tmpl", "templates/"+name+".html.tmpl")
		if err != nil {
			return nil, fmt.Errorf("the letter %s: %w", name, err)
		}
		l.text[name], l.html[name] = text, html
	}
	return l, nil
}

// PasswordReset carries a token that sets a new password, valid for valid.
func (l *Letters) PasswordReset(to Addressee, token string, valid time.Duration, from Origin) (Mail, error) {
	return l.write(letterReset, to, letter{Link: l.link(placeReset, token), Valid: span(valid)}.from(from))
}

// EmailVerification carries a token that proves that the address is read by its user.
func (l *Letters) EmailVerification(to Addressee, token string, valid time.Duration) (Mail, error) {
	return l.write(letterVerify, to, letter{Link: l.link(placeVerify, token), Valid: span(valid)})
}

// Invitation carries a token with which a new user sets the first password. by is who invites, empty where nobody is to be
// named.
func (l *Letters) Invitation(to Addressee, tenant, by, token string, valid time.Duration) (Mail, error) {
	return l.write(letterInvitation, to, letter{
		Tenant: oneLine(tenant, maxName), By: oneLine(by, maxName), Link: l.link(placeInvitation, token), Valid: span(valid),
	})
}

// AccountLocked tells an owner that signing in is refused until the moment given, after too many failures.
func (l *Letters) AccountLocked(to Addressee, until time.Time, from Origin) (Mail, error) {
	return l.write(letterLocked, to, letter{Link: l.base + placeReset, Until: moment(until)}.from(from))
}

// SessionReuse tells a user that a spent refresh token was presented again, so that somebody may have copied it, and that
// the session was ended.
func (l *Letters) SessionReuse(to Addressee, from Origin) (Mail, error) {
	return l.write(letterReuse, to, letter{Link: l.base + placeSessions}.from(from))
}

// AccountChanged tells a user of a change that whoever got hold of the account would make. what is a sentence of ours: it
// may hold no text that somebody else chose.
func (l *Letters) AccountChanged(to Addressee, what string, from Origin) (Mail, error) {
	return l.write(letterChanged, to, letter{What: what, Link: l.base + placeSessions}.from(from))
}

// InvitationURL is where an invitation's token leads, for an administrator to hand on where no mail goes out.
func (l *Letters) InvitationURL(token string) string { return l.link(placeInvitation, token) }

func (d letter) from(o Origin) letter {
	d.At, d.IPAddress, d.UserAgent = moment(o.At), oneLine(o.IPAddress, maxName), oneLine(o.UserAgent, maxSubject)
	return d
}

func (l *Letters) link(place, token string) string {
	return l.base + place + "#token=" + url.QueryEscape(token)
}

func (l *Letters) write(name string, to Addressee, d letter) (Mail, error) {
	d.Username, d.Site = oneLine(to.Username, maxName), l.base
	var subject, text, html strings.Builder
	for out, part := range map[*strings.Builder]string{&subject: "subject", &text: "text"} {
		if err := l.text[name].ExecuteTemplate(out, part, d); err != nil {
			return Mail{}, fault.Wrap(err, fault.Internal, "the letter %s could not be written", name)
		}
	}
	if err := l.html[name].ExecuteTemplate(&html, "layout", d); err != nil {
		return Mail{}, fault.Wrap(err, fault.Internal, "the letter %s could not be written", name)
	}
	return Mail{To: to.Email, Subject: subject.String(), Text: strings.TrimLeft(text.String(), "\n"), HTML: html.String()}, nil
}

// span is a duration in words, in the largest unit that gives a whole number.
func span(d time.Duration) string {
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d >= u.of && d%u.of == 0 {
			if n := d / u.of; n > 1 {
				return fmt.Sprintf("%d %ss", n, u.name)
			}
			return "one " + u.name
		}
	}
	return d.Round(time.Second).String()
}

func moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }
