package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// MaxIngestRows bounds the rows of one ingestion.
const MaxIngestRows = 10_000

// Ingested is what an ingestion came to.
type Ingested struct {
	Host    *models.Host
	Created bool // the host is new
	Rows    int  // rows that came
	NewRows int  // rows that were not known

	SourceRow  *models.Source // of the rows; nil without any
	Fresh      []int64        // per row the new observation's id, 0 where it was known
	Indicators int            // that were not known
}

// Ingest finds or creates the sighting's host, keeps the rows and emits host.ingested, all or nothing. The same sighting
// with the same rows is the same fact: no new rows, and the event has the same id, so that no playbook runs on it twice.
// Without rows each sighting is a fact of its own. Faults: Invalid.
func (t *Tenant) Ingest(ctx context.Context, s Sighting, rows []Row) (*Ingested, error) {
	if len(rows) > MaxIngestRows {
		return nil, fault.InvalidField("rows", "at most %d rows at once", MaxIngestRows)
	}
	if p := models.TextProblem(s.Source, maxHostText); p != "" {
		return nil, fault.InvalidField("source", "%s", p)
	}
	if s.Source == "" {
		s.Source = "ingestion"
	}
	out := &Ingested{Rows: len(rows)}
	err := t.InTx(ctx, func(ctx context.Context, t *Tenant) (err error) {
		if out.Host, out.Created, err = t.FindOrCreateHost(ctx, s); err != nil {
			return err
		}
		fact := clock.Token(16)
		if len(rows) > 0 {
			fact = t.factOf(out.Host.ID, s.Source, rows)
			src := &models.Source{Kind: "ingestion", Name: s.Source, Key: "ingestion:" + fact}
			if err := t.keepRows(ctx, src, out, rows); err != nil {
				return err
			}
		}
		return t.emitHostIngested(ctx, fact, out.Host, s.Source, rows)
	})
	return out, err
}

func (t *Tenant) keepRows(ctx context.Context, src *models.Source, out *Ingested, rows []Row) (err error) {
	all := make([]HostRow, len(rows))
	for i := range rows {
		all[i] = HostRow{HostID: out.Host.ID, Row: rows[i]}
	}
	out.SourceRow = src
	out.Fresh, err = t.AddHostRows(ctx, src, all)
	for _, id := range out.Fresh {
		if id != 0 {
			out.NewRows++
		}
	}
	return err
}

// factOf names what was reported: a digest over tenant, host, source and the rows in their order.
func (t *Tenant) factOf(hostID int64, source string, rows []Row) string {
	h := sha256.New()
	var n [8]byte
	for _, part := range []int64{t.id, hostID, int64(len(source))} {
		binary.BigEndian.PutUint64(n[:], uint64(part))
		_, _ = h.Write(n[:])
	}
	_, _ = h.Write([]byte(source))
	for i := range rows {
		_, _ = h.Write(rows[i].Hash[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}
