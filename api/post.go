package api

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/notify"
)

const (
	letterTries   = 4
	letterPause   = 2 * time.Second // before the second try; each further pause is twice as long
	lettersAtOnce = 4               // connections to the mail server
	lettersAtMost = 1000            // on their way; more are not taken
)

// post sends letters beside the answers, so that nobody waits for a mail server, or learns from the time an answer takes
// whether there was a letter at all. A mail server that is away for some seconds loses nothing.
type post struct {
	mailer  *notify.Mailer
	letters *notify.Letters
	log     *slog.Logger
	late    *sync.WaitGroup
	slots   chan struct{}
	under   atomic.Int64 // letters on their way
	over    chan struct{}
	end     sync.Once
}

func newPost(mailer *notify.Mailer, letters *notify.Letters, log *slog.Logger, late *sync.WaitGroup) *post {
	return &post{
		mailer: mailer, letters: letters, log: log, late: late,
		slots: make(chan struct{}, lettersAtOnce), over: make(chan struct{}),
	}
}

// enabled says whether a mail server is configured.
func (p *post) enabled() bool { return p.mailer.Enabled() }

// stop ends the pauses between tries: what the process still has to do must not keep it.
func (p *post) stop() { p.end.Do(func() { close(p.over) }) }

// send puts a letter in the post and returns. kind names the letter in the log, user whom it is for; without a mail server
// or an address nothing happens.
func (p *post) send(ctx context.Context, kind string, user int64, m notify.Mail) {
	if !p.enabled() || m.To == "" {
		return
	}
	log := p.log.With(slog.String("letter", kind), slog.Int64("user_id", user))
	if p.under.Add(1) > lettersAtMost {
		p.under.Add(-1)
		log.ErrorContext(ctx, "letter not sent: too many are on their way")
		return
	}
	ctx = context.WithoutCancel(ctx)
	p.late.Go(func() {
		defer p.under.Add(-1)
		p.slots <- struct{}{}
		defer func() { <-p.slots }()
		if err := p.deliver(ctx, m); err != nil {
			log.ErrorContext(ctx, "letter not sent", slog.String("error", err.Error()))
			return
		}
		log.InfoContext(ctx, "letter sent")
	})
}

// sendNow hands a letter to the mail server while the caller waits, at most so long. Faults: as notify.Mailer.Send.
func (p *post) sendNow(ctx context.Context, wait time.Duration, m notify.Mail) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wait) // whoever asked may leave; the letter still goes
	defer cancel()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
		return p.mailer.Send(ctx, m)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// deliver tries until the server takes the letter, refuses it for good, or was asked often enough.
func (p *post) deliver(ctx context.Context, m notify.Mail) error {
	patient, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-p.over:
			cancel()
		case <-patient.Done():
		}
	}()
	pause := letterPause
	for try := 1; ; try++ {
		err := p.mailer.Send(ctx, m)
		if err == nil || !fault.Is(err, fault.Unavailable) || try == letterTries || clock.Sleep(patient, pause) != nil {
			return err
		}
		pause *= 2
	}
}
