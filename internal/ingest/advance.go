package ingest

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/intake"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Advance brings the next chunk of a batch into the tenant, all of it in one transaction with the mark that it is done, or
// ends the batch where none is left. The answer is the batch's status. It may be called by many at once and after any
// crash: no chunk comes in twice. Faults: NotFound for a batch that was deleted; Unavailable, and others worth another try.
func (s *Service) Advance(ctx context.Context, t *store.Tenant, batchID int64, tell bool) (status string, err error) {
	err = t.InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		batch, chunk, err := tx.TakeChunk(ctx, batchID)
		if err != nil {
			return err
		}
		if chunk == nil {
			status, err = tx.FinishBatch(ctx, batchID)
			return err
		}
		lines, err := intake.Unpack(chunk.Data)
		if err != nil {
			return err
		}
		done := &landing{s: s, batch: batch, seq: chunk.Seq, order: make(map[*intake.Line]int, len(lines))}
		for i := range lines {
			done.order[&lines[i]] = i
		}
		if err := done.land(ctx, tx, lines); err != nil {
			return err
		}
		err = tx.FinishChunk(ctx, batch, store.ChunkDone{Seq: chunk.Seq, Counts: done.counts, Errors: done.errors(), Tell: tell})
		status = batch.Status
		return err
	})
	return status, err
}

// land brings lines in. What the database refuses about one of them must not cost the others: halves are tried until the one
// stands alone.
func (l *landing) land(ctx context.Context, tx *store.Tenant, lines []intake.Line) error {
	before := *l
	before.bad = append([]refusal(nil), l.bad...)
	err := tx.Attempt(ctx, func(ctx context.Context, tx *store.Tenant) error { return l.bring(ctx, tx, lines) })
	if err == nil || fault.Retryable(err) && !store.RefusedData(err) || ctx.Err() != nil {
		return err
	}
	*l = before
	if len(lines) == 1 {
		l.refuse(&lines[0], err)
		return nil
	}
	half := len(lines) / 2
	if err := l.land(ctx, tx, lines[:half]); err != nil {
		return err
	}
	return l.land(ctx, tx, lines[half:])
}

// landing is one chunk on its way in.
type landing struct {
	s      *Service
	batch  *models.Batch
	seq    int
	order  map[*intake.Line]int // the lines' places in the chunk
	counts models.BatchCounts
	bad    []refusal
}

// bring brings lines in, all of them or none.
func (l *landing) bring(ctx context.Context, tx *store.Tenant, lines []intake.Line) error {
	g := gather{landing: l, sightings: map[string]int{}, bySource: map[string]*sourceRows{}}
	for i := range lines {
		g.line(&lines[i])
	}
	found, err := tx.FindOrCreateHosts(ctx, g.seen)
	if err != nil {
		return err
	}
	g.hosts(found)
	for _, name := range g.sources {
		if err := l.rows(ctx, tx, g.bySource[name]); err != nil {
			return err
		}
	}
	return l.tell(ctx, tx, &g)
}
