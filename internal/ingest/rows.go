package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// rows keeps the rows of one source and what indicators the new ones hold.
func (l *landing) rows(ctx context.Context, tx *store.Tenant, src *sourceRows) error {
	if len(src.rows) == 0 {
		return nil
	}
	row := &models.Source{Kind: "ingestion", Name: src.name, Key: l.sourceKey(src.name), CollectedAt: l.batch.CreatedAt}
	brought, err := l.s.HostRows(ctx, tx, row, src.rows)
	l.counts.RowsNew += int64(brought.New)
	l.counts.Indicators += int64(brought.Indicators)
	return err
}

// sourceKey names a source by what came, so that the same content finds the same rows however often it is sent.
func (l *landing) sourceKey(name string) string {
	h := sha256.New()
	_, _ = h.Write(l.batch.Fingerprint)
	_, _ = h.Write([]byte(name))
	return "batch:" + hex.EncodeToString(h.Sum(nil))
}

// sight records the indicators of rows that were not known, and says how many of them were new.
func (s *Service) sight(ctx context.Context, tx *store.Tenant, src *models.Source, rows []store.HostRow, fresh []int64) (created int, err error) {
	var sighted []store.Sighted
	for i := range rows {
		if fresh[i] == 0 {
			continue
		}
		found, err := s.extract.Extract(rows[i].Data)
		if err != nil {
			continue // a row that was kept is JSON; one that is not holds nothing to be found
		}
		at := src.CollectedAt
		if rows[i].EventTime != nil {
			at = *rows[i].EventTime
		}
		for j := range found.Indicators {
			f := &found.Indicators[j]
			sighted = append(sighted, store.Sighted{
				Type: string(f.Type), Value: f.Value, Key: f.Key, HostID: rows[i].HostID, SourceID: src.ID, CollectedAt: src.CollectedAt,
				ObservationID: fresh[i], Field: f.Path, At: at,
			})
		}
	}
	if len(sighted) == 0 {
		return 0, nil
	}
	created, _, err = tx.RecordSightings(ctx, sighted)
	return created, err
}

// tell tells playbooks which hosts came in, as far as any of them listens. The same part of the same batch is the same fact.
func (l *landing) tell(ctx context.Context, tx *store.Tenant, g *gather) error {
	events := make([]store.HostIngested, len(g.ingested))
	for i, h := range g.ingested {
		events[i] = store.HostIngested{
			Fact: l.fact(h.host.ID, h.source), Host: h.host, Source: h.source, Rows: h.rows, Sample: h.sample,
		}
	}
	return tx.EmitHostsIngested(ctx, events)
}

func (l *landing) fact(host int64, source string) string {
	h := sha256.New()
	_, _ = h.Write(l.batch.Fingerprint)
	for _, part := range []string{strconv.Itoa(l.seq), strconv.FormatInt(host, 10), source} {
		_, _ = h.Write([]byte("\x00" + part))
	}
	return hex.EncodeToString(h.Sum(nil))
}
