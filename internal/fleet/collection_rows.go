package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of what one transaction brings in.
const (
	rowsAtOnce  = 2000
	bytesAtOnce = 4 << 20
)

// portion is a part of a source's rows on its way in.
type portion struct {
	source int   // its place in the collection's sources
	from   int64 // the first row's place in the source
	taken  int64 // rows that were read, the bad ones too
	rows   []store.Row
	bytes  int
	bad    int64
	why    string // of the first bad one
	last   bool   // the source has no more
}

// errEnough ends the reading of rows: there are as many as one transaction takes, and the next slice reads the rest.
var errEnough = errors.New("enough for one transaction")

// bringRows brings the next rows in, all of them in one transaction with the cursor behind them.
func (c *collecting) bringRows(ctx context.Context) (time.Duration, error) {
	if c.row.SourceAt >= len(c.row.Sources) {
		return 0, c.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Collection) error {
			row.Phase = models.CollectionFiles
			return nil
		})
	}
	p, err := c.read(ctx)
	if err != nil {
		return 0, bySaid(err)
	}
	if p.last && c.row.Rows+c.row.RowsBad+p.taken < c.row.RowsFound {
		// A server that has the collection no more gives no rows, and says nothing.
		_, err := c.server.Flow(ctx, c.row.ClientID, c.row.FlowID)
		if fault.Is(err, fault.NotFound) {
			return 0, c.fail(ctx, models.CollectionGone, collectionGone)
		}
		if err != nil {
			return 0, bySaid(err)
		}
	}
	var who *velociraptor.Endpoint
	if c.row.HostID == nil {
		info, err := c.server.ClientInfo(ctx, c.row.ClientID)
		if err != nil {
			return 0, bySaid(err)
		}
		who = &info
	}
	return 0, c.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Collection) error {
		if row.Phase != models.CollectionRows || row.SourceAt != p.source || row.RowAt != p.from {
			return nil // somebody else brought them in
		}
		return c.keep(ctx, tx, row, p, who)
	})
}

// read reads the next rows as they come, never more than one transaction takes. Rows of megabytes each come few at a time.
func (c *collecting) read(ctx context.Context) (*portion, error) {
	for count := int64(rowsAtOnce); ; count /= 8 {
		p := &portion{source: c.row.SourceAt, from: c.row.RowAt}
		err := c.server.Rows(ctx, c.row.ClientID, c.row.FlowID, c.row.Sources[p.source], p.from, max(count, 1), p.take)
		switch {
		case errors.Is(err, errEnough):
			return p, nil
		case fault.Is(err, fault.TooLarge) && count > 1:
			continue
		case fault.Is(err, fault.TooLarge):
			p.refuse("a row is longer than 64 MiB")
			return p, nil
		case err != nil:
			return nil, err
		}
		p.last = p.taken < max(count, 1)
		return p, nil
	}
}

func (p *portion) take(raw velociraptor.Row) error {
	row, err := store.NewRow(raw, "row")
	if err != nil {
		p.refuse(fault.Safe(err))
	} else {
		p.taken++
		p.rows = append(p.rows, row)
	}
	if p.bytes += len(raw); p.bytes >= bytesAtOnce {
		return errEnough
	}
	return nil
}

// refuse counts a row that can't be kept.
func (p *portion) refuse(why string) {
	p.taken++
	p.bad++
	if p.why == "" {
		p.why = why
	}
}

// keep brings a portion in and moves the cursor behind it.
func (c *collecting) keep(ctx context.Context, tx *store.Tenant, row *models.Collection, p *portion, who *velociraptor.Endpoint) error {
	if row.HostID == nil && who != nil {
		host, _, err := tx.FindOrCreateHost(ctx, collectionSighting(who))
		if err != nil {
			return err
		}
		row.HostID = &host.ID
	}
	if row.HostID == nil {
		return nil // it was removed a moment ago: the next slice finds it again
	}
	name := row.Sources[p.source]
	src := &models.Source{Kind: "collection", Name: name, Key: row.SourceKey(name), CollectedAt: *row.FlowStartedAt}
	rows := make([]store.HostRow, len(p.rows))
	for i := range p.rows {
		rows[i] = store.HostRow{HostID: *row.HostID, Row: p.rows[i]}
	}
	brought, err := c.land(ctx, tx, src, rows, p)
	if err != nil {
		return err
	}
	row.Rows += p.taken - p.bad
	row.RowsNew += int64(brought.New)
	row.Indicators += int64(brought.Indicators)
	row.RowsBad += p.bad
	if row.BadReason == "" {
		row.BadReason = collectionText(p.why, maxCollectionError)
	}
	row.RowAt += p.taken
	if p.last {
		row.SourceAt, row.RowAt = row.SourceAt+1, 0
	}
	return nil
}

// land brings rows in. What the database refuses about one of them must not cost the others: halves are tried until the one
// stands alone.
func (c *collecting) land(ctx context.Context, tx *store.Tenant, src *models.Source, rows []store.HostRow, p *portion) (out ingest.Brought, err error) {
	if len(rows) == 0 {
		return out, nil
	}
	err = tx.Attempt(ctx, func(ctx context.Context, tx *store.Tenant) error {
		out, err = c.s.p.Ingest.HostRows(ctx, tx, src, rows)
		return err
	})
	if err == nil || !store.RefusedData(err) || ctx.Err() != nil {
		return out, err
	}
	if len(rows) == 1 {
		p.bad++
		if p.why == "" {
			p.why = "the database can't keep it: " + fault.Safe(err)
		}
		return ingest.Brought{}, nil
	}
	half := len(rows) / 2
	first, err := c.land(ctx, tx, src, rows[:half], p)
	if err != nil {
		return out, err
	}
	second, err := c.land(ctx, tx, src, rows[half:], p)
	return ingest.Brought{New: first.New + second.New, Indicators: first.Indicators + second.Indicators}, err
}

// collectionSighting is what an endpoint that is no host yet becomes one with. One that enrolled a moment ago has no name: it
// goes by its id until it says more.
func collectionSighting(e *velociraptor.Endpoint) store.Sighting {
	s := store.Sighting{Hostname: e.Hostname, ClientID: e.ClientID, OS: collectionText(e.System, 100), Source: "velociraptor"}
	if models.HostnameProblem(s.Hostname) != "" {
		s.Hostname = e.ClientID
	}
	if ip, ok := models.CanonicalIP(e.LastIP); ok {
		s.IPAddress = ip
	}
	return s
}
