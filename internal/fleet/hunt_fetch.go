package fleet

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of what one transaction brings in.
const (
	fetchRows  = 5000
	fetchBytes = 4 << 20
	fetchHosts = 128
	rowMost    = 8 << 20 // bytes of a row; a larger one is refused
)

// fetch reads rows of endpoints that are over, and keeps them with the places up to which they were read.
func (h *hunting) fetch(ctx context.Context) (busy bool, err error) {
	rows, err := h.t.HuntWork(ctx, h.row.ID, []string{models.HuntHostFetching}, nil, fetchHosts)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	if err := h.name(ctx, rows); err != nil {
		return false, err
	}
	some, want := 0, int64(0)
	for some < len(rows) && (some == 0 || want < fetchRows) {
		want += leftOf(&rows[some])
		some++
	}
	rows = rows[:some]
	takes := make([]taking, some)
	left := &atomic.Int64{}
	left.Store(fetchBytes)
	most := max(int64(fetchRows/some), 1)
	err = together(ctx, some, func(ctx context.Context, i int) error {
		takes[i] = taking{h: h, row: &rows[i], reading: rows[i].Reading, next: rows[i].NextRow, left: left}
		return takes[i].read(ctx, max(most, min(leftOf(&rows[i]), fetchRows)))
	})
	if err != nil && ctx.Err() == nil && !isServers(err) {
		return false, err
	}
	if kept := h.keep(ctx, takes); kept != nil {
		return false, kept
	}
	return true, err
}

// leftOf is how many rows of an endpoint to ask for: those that are not here yet, and one more, for only an answer with fewer
// rows than were asked for says that there are no others.
func leftOf(row *models.HuntHost) int64 { return max(row.Expected-row.Rows-row.Refused, 0) + 1 }

// taking is what is read of one endpoint.
type taking struct {
	h       *hunting
	row     *models.HuntHost
	reading int   // the place in the row's results
	next    int64 // of that, the next row
	left    *atomic.Int64
	rows    []taken
	refused int64
	reason  string // why the first was refused
	lost    string // why the rest will never come
}

type taken struct {
	artifact string
	row      store.HostRow
}

// read takes at most so many rows, or until the bytes are spent that all takings share.
func (k *taking) read(ctx context.Context, most int64) error {
	for k.reading < len(k.row.Results) && most > 0 && k.left.Load() > 0 {
		name := k.row.Results[k.reading]
		got, err := k.some(ctx, name, most)
		most -= got
		switch {
		case errors.Is(err, errEnough):
			return nil
		case err != nil:
			return err
		case most > 0: // fewer than asked for: the artifact is read
			if k.reading == len(k.row.Results)-1 {
				if err := k.missed(ctx); err != nil {
					return err
				}
			}
			k.reading, k.next = k.reading+1, 0
		}
	}
	return nil
}

// missed asks, where fewer rows came than the endpoint sent, whether the server still has them: one that has not gives none, and
// says nothing.
func (k *taking) missed(ctx context.Context) error {
	if k.row.Rows+k.row.Refused+int64(len(k.rows))+k.refused >= k.row.Expected {
		return nil
	}
	_, err := k.h.server.Flow(ctx, k.row.ClientID, k.row.FlowID)
	if fault.Is(err, fault.NotFound) {
		k.lost = rowsGone
		return nil
	}
	return err
}

// rowsGone is said where the server forgot what an endpoint sent, before all of it was here.
const rowsGone = "the Velociraptor server has these rows no more: they were removed there, or the connection now goes to another server or org"

// some reads rows of one artifact. Rows that are too much for one message are asked for one by one; a single one that is, is
// passed over.
func (k *taking) some(ctx context.Context, name string, most int64) (got int64, err error) {
	each := func(raw velociraptor.Row) error {
		k.take(name, raw)
		got++
		k.next++
		if k.left.Add(-int64(len(raw))) <= 0 {
			return errEnough
		}
		return nil
	}
	err = k.h.server.Rows(ctx, k.row.ClientID, k.row.FlowID, name, k.next, most, each)
	if !fault.Is(err, fault.TooLarge) {
		return got, err
	}
	for got < most {
		before := got
		err = k.h.server.Rows(ctx, k.row.ClientID, k.row.FlowID, name, k.next, 1, each)
		switch {
		case fault.Is(err, fault.TooLarge):
			k.refuse("a row is larger than 64 MiB")
			got, k.next = got+1, k.next+1
		case err != nil:
			return got, err
		case got == before:
			return got, nil
		}
	}
	return got, nil
}

func (k *taking) take(artifact string, raw velociraptor.Row) {
	if len(raw) > rowMost {
		k.refuse("a row is larger than 8 MiB")
		return
	}
	row, err := store.NewRow(raw, "row")
	if err != nil {
		k.refuse(fault.Safe(err))
		return
	}
	k.rows = append(k.rows, taken{artifact, store.HostRow{HostID: *k.row.HostID, Row: row}})
}

func (k *taking) refuse(reason string) {
	k.refused++
	if k.reason == "" {
		k.reason = clipText(reason, wordsMost)
	}
}

// moved is where the endpoint stood and where it stands.
func (k *taking) moved() store.HuntRead {
	out := store.HuntRead{
		ClientID: k.row.ClientID, FlowID: k.row.FlowID, Reading: k.row.Reading, NextRow: k.row.NextRow, ToReading: k.reading, ToNextRow: k.next,
		Rows: int64(len(k.rows)), Refused: k.refused, Status: models.HuntHostFetching, Lost: k.lost,
	}
	if k.reading >= len(k.row.Results) {
		out.Status = models.HuntHostDone
	}
	return out
}

// addTo counts what was taken.
func (k *taking) addTo(gain *store.HuntGain, moved *store.HuntRead) {
	gain.Rows += moved.Rows
	gain.Refused += moved.Refused
	if gain.RefusedReason == "" {
		gain.RefusedReason = k.reason
	}
	if moved.Status == models.HuntHostFetching {
		return
	}
	gain.Finished++
	if k.row.ErrorKind != "" || k.lost != "" {
		gain.Errors++
	}
}

// keep writes down what was taken, all of it with the places, or nothing where somebody else has.
func (h *hunting) keep(ctx context.Context, takes []taking) error {
	err := h.t.InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		moved, bySource, gain := sum(takes)
		if len(moved) == 0 {
			return nil
		}
		ok, err := tx.MoveHuntReads(ctx, h.row.ID, moved)
		if err != nil {
			return err
		}
		if !ok {
			return errTaken
		}
		if err := h.bring(ctx, tx, bySource, &gain); err != nil {
			return err
		}
		row, err := tx.AddHuntGain(ctx, h.row.ID, gain)
		if err != nil {
			return err
		}
		h.row = row
		if h.tell {
			return tx.TellHunt(ctx, row)
		}
		return nil
	})
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// sum is what takings changed together: places, rows by artifact, and counts.
func sum(takes []taking) (moved []store.HuntRead, bySource map[string][]store.HostRow, gain store.HuntGain) {
	bySource = map[string][]store.HostRow{}
	for i := range takes {
		k := &takes[i]
		if k.reading == k.row.Reading && k.next == k.row.NextRow {
			continue
		}
		for _, r := range k.rows {
			bySource[r.artifact] = append(bySource[r.artifact], r.row)
		}
		m := k.moved()
		moved = append(moved, m)
		k.addTo(&gain, &m)
	}
	return moved, bySource, gain
}

// errTaken takes back a transaction whose rows somebody else has kept.
var errTaken = errors.New("these rows were kept meanwhile")

// bring keeps rows by artifact: one source of observations each.
func (h *hunting) bring(ctx context.Context, tx *store.Tenant, bySource map[string][]store.HostRow, gain *store.HuntGain) error {
	for name, rows := range bySource {
		src := &models.Source{Kind: "hunt", Name: name, Key: "hunt:" + strconv.FormatInt(h.row.ID, 10) + ":" + name, CollectedAt: *h.row.StartedAt}
		b := bringing{s: h.s, src: src, gain: gain}
		if err := b.bring(ctx, tx, rows); err != nil {
			return err
		}
		gain.Sources = append(gain.Sources, models.HuntSource{Artifact: name, SourceID: src.ID, Rows: b.kept})
	}
	return nil
}
