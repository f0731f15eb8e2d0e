package fleet

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	syncRead = 20_000 // clients of one reading: the server sorts all of them for each
	syncPage = 2_000  // clients of one transaction
	syncTell = 500 * time.Millisecond

	clientIDMax = 200
)

// clientStream is a server that hands over its clients as it reads them. A reduced one only pages through them.
type clientStream interface {
	EachClient(ctx context.Context, q velociraptor.ClientsQuery, each func(velociraptor.Endpoint) error) error
}

var _ clientStream = (*velociraptor.Client)(nil)

// syncPart is one reading of clients at work.
type syncPart struct {
	s      *Service
	t      *store.Tenant
	server Server
	row    *models.HostSync
	tell   bool
	told   time.Time

	after string // the last client read
	count int
	mark  time.Time
	page  []store.ClientSeen
}

// read brings the next clients of the pass in, page by page, and gives where it stands after.
func (p *syncPart) read(ctx context.Context) (*models.HostSync, error) {
	p.after = p.row.PassCursor
	if err := p.each(ctx); err != nil {
		return nil, err
	}
	return p.row, p.flush(ctx, p.count < syncRead)
}

// each reads the clients of this part.
func (p *syncPart) each(ctx context.Context) error {
	q := velociraptor.ClientsQuery{After: p.row.PassCursor, Limit: syncRead}
	if p.row.PassSince != nil {
		q.Since = *p.row.PassSince
	}
	if stream, ok := p.server.(clientStream); ok {
		return stream.EachClient(ctx, q, func(e velociraptor.Endpoint) error { return p.take(ctx, e) })
	}
	for p.count < syncRead {
		list, err := p.server.Clients(ctx, p.after, syncPage)
		if err != nil {
			return err
		}
		for _, e := range list {
			if err := p.take(ctx, e); err != nil {
				return err
			}
		}
		if len(list) < syncPage {
			return nil
		}
	}
	return nil
}

// take adds a client to the page. What is out of order would make others look gone.
func (p *syncPart) take(ctx context.Context, e velociraptor.Endpoint) error {
	if e.ClientID <= p.after {
		return fault.New(fault.Unavailable, "the Velociraptor server gave its clients out of order").WithCode("velociraptor_order")
	}
	if models.TextProblem(e.ClientID, clientIDMax) != "" {
		return nil // no id that a host could have
	}
	if len(p.page) == syncPage {
		if err := p.flush(ctx, false); err != nil {
			return err
		}
	}
	now := p.s.p.Clock.Now()
	p.after = e.ClientID
	p.count++
	if e.LastSeen.After(p.mark) && !e.LastSeen.After(now) {
		p.mark = e.LastSeen
	}
	p.page = append(p.page, clientSeen(&e, now))
	return nil
}

// flush brings the page in.
func (p *syncPart) flush(ctx context.Context, last bool) error {
	now := p.s.p.Clock.Now()
	tell := p.row.Pass == models.PassFull && (p.tell && p.told.IsZero() || !p.told.IsZero() && now.Sub(p.told) >= syncTell)
	if tell {
		p.told = now
	}
	page := store.ClientPage{After: p.row.PassCursor, Last: last, Clients: p.page, Mark: p.mark}
	row, err := p.t.SyncPage(ctx, p.row.ConfigID, page, tell)
	if err != nil {
		return err
	}
	if row.Pass != "" && row.PassCursor != p.after { // somebody else is at it, or it began anew
		return fault.New(fault.Unavailable, "the synchronisation began anew meanwhile").WithCode("try_again")
	}
	p.row, p.page = row, p.page[:0]
	return nil
}
