package store

import (
	"bytes"
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// ClientSeen is one client of the server as a host is made of it.
type ClientSeen struct {
	Sighting Sighting // with its client id; without a name it is a sign of life only
	Digest   []byte   // of the sighting without its times: the same digest says that the host needs no look
	SeenAt   time.Time
}

// ClientPage is a run of clients in the order of their ids, by bytes.
type ClientPage struct {
	After   string // the pass's cursor before it
	Last    bool   // there are none behind it
	Clients []ClientSeen
	Mark    time.Time // the server's time when the pass began; zero: not known yet
}

// How much a client's last sign of life must have moved on to be written down: thousands are heard of every minute.
const (
	SeenStep = 2 * time.Minute  // in what is known of the client
	toldStep = 15 * time.Minute // in its host, which has many indexes
)

// SyncPage brings hosts in step with a page of clients, and moves the cursor, in one transaction: new and changed clients by
// the rules of FindOrCreateHosts; those that are as they were cost no look at their hosts. In a full pass clients that two
// passes in a row didn't find are gone. A page that isn't behind the cursor any more changes nothing. Faults: NotFound when
// the connection is gone.
func (t *Tenant) SyncPage(ctx context.Context, configID int64, page ClientPage, tell bool) (row *models.HostSync, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockSync(ctx, db); err != nil {
			return err
		}
		switch {
		case row.ConfigID != configID:
			return fault.New(fault.NotFound, "this connection is gone")
		case row.Pass == "" || row.PassCursor != page.After:
			return nil
		}
		p := &syncPage{t: t, db: db, row: row, page: page, now: t.s.Now()}
		if err := p.work(ctx); err != nil {
			return err
		}
		if tell {
			err = t.TellJob(ctx, models.JobSync, configID, row.Status, row.Progress(), row.Counters())
		}
		return err
	})
	return row, err
}

// syncPage is one page at work.
type syncPage struct {
	t     *Tenant
	db    bun.IDB
	row   *models.HostSync
	page  ClientPage
	now   time.Time
	known map[string]*models.VelociraptorClient
}

func (p *syncPage) work(ctx context.Context) error {
	if err := p.recall(ctx); err != nil {
		return err
	}
	var fresh []ClientSeen // new, changed or back again
	here := make(map[string]bool, len(p.page.Clients))
	for _, c := range p.page.Clients {
		here[c.Sighting.ClientID] = true
		k := p.known[c.Sighting.ClientID]
		if c.Sighting.Hostname != "" && (k == nil || k.GoneAt != nil || !bytes.Equal(k.Digest, c.Digest)) {
			fresh = append(fresh, c)
		}
	}
	if err := p.meet(ctx, fresh); err != nil {
		return err
	}
	if err := p.hear(ctx); err != nil {
		return err
	}
	if p.row.Pass == models.PassFull {
		if err := p.miss(ctx, here); err != nil {
			return err
		}
	}
	return p.move(ctx)
}

// recall reads what is known of the page's clients; in a full pass, of all in its range.
func (p *syncPage) recall(ctx context.Context) error {
	p.known = map[string]*models.VelociraptorClient{}
	sel, args := recallSQL+" AND client_id = ANY ($2)", []any{p.t.id, p.ids()}
	if p.row.Pass == models.PassFull {
		sel, args = recallSQL+" AND client_id > $2 AND ($3 OR client_id <= $4)", []any{p.t.id, p.page.After, p.page.Last, p.end()}
	}
	return p.t.rowsPlanned(ctx, sel, args, func(r pgx.Rows) error {
		c := &models.VelociraptorClient{}
		err := r.Scan(&c.ClientID, &c.HostID, &c.Digest, &c.Labels, &c.SeenAt, &c.ToldAt, &c.Online, &c.MissedAt, &c.GoneAt)
		p.known[c.ClientID] = c
		return err
	})
}

const recallSQL = `SELECT client_id, host_id, digest, labels, seen_at, told_at, online, missed_at, gone_at
FROM velociraptor_clients WHERE tenant_id = $1`

func (p *syncPage) ids() []string {
	ids := make([]string, len(p.page.Clients))
	for i, c := range p.page.Clients {
		ids[i] = c.Sighting.ClientID
	}
	return ids
}

// end is the last id of the page.
func (p *syncPage) end() string {
	if n := len(p.page.Clients); n > 0 {
		return p.page.Clients[n-1].Sighting.ClientID
	}
	return p.page.After
}

// move counts the page and moves the cursor behind it; behind the last one the pass is over.
func (p *syncPage) move(ctx context.Context) error {
	s := p.row
	s.PassClients += int64(len(p.page.Clients))
	s.PassCursor = p.end()
	if s.PassMark == nil && !p.page.Mark.IsZero() {
		s.PassMark = &p.page.Mark
	}
	s.Failures, s.Error, s.ErrorCode = 0, "", ""
	if p.page.Last {
		p.finish()
	}
	_, err := p.db.NewUpdate().Model(s).WherePK().Exec(ctx)
	return err
}

func (p *syncPage) finish() {
	s := p.row
	if s.Pass == models.PassFull {
		s.Clients, s.Fresh, s.Changed, s.Gone, s.Refused = s.PassClients, s.PassFresh, s.PassChanged, s.PassGone, s.PassRefused
		if s.Refused == 0 {
			s.Refusal = ""
		}
		s.LastFullAt, s.LastFullTook = &p.now, p.now.Sub(*s.PassBegan).Milliseconds()
	}
	if s.PassMark != nil && (s.Mark == nil || s.PassMark.After(*s.Mark)) {
		s.Mark = s.PassMark
	}
	s.LastAt, s.Pass, s.PassCursor, s.Status = &p.now, "", "", models.JobWaiting
}
