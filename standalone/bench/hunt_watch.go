package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

// huntLook is how often the hunt's row is looked at.
const huntLook = 20 * time.Millisecond

// moment is when so many rows were first seen.
type moment struct {
	rows int64
	at   time.Time
}

// huntWatch sees a hunt's rows twice: as the database has them, and as the live connection tells of them.
type huntWatch struct {
	mu     sync.Mutex
	kept   []moment
	told   []moment
	status string
	err    error
}

// watchHunt watches until ctx ends.
func (p *platform) watchHunt(ctx context.Context, conn *pgx.Conn, id int64) (*huntWatch, error) {
	w := &huntWatch{}
	live, err := p.socket(ctx)
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			_, b, err := live.Read(ctx)
			if err != nil {
				w.fail(ctx, err)
				return
			}
			w.hear(b, id)
		}
	}()
	go func() {
		for {
			var rows int64
			var status string
			if err := conn.QueryRow(ctx, "SELECT rows, status FROM hunts WHERE id = $1", id).Scan(&rows, &status); err != nil {
				w.fail(ctx, err)
				return
			}
			w.see(rows, status)
			if clock.Sleep(ctx, huntLook) != nil {
				return
			}
		}
	}()
	return w, nil
}

func (w *huntWatch) fail(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
}

func (w *huntWatch) see(rows int64, status string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept, w.status = grown(w.kept, rows), status
}

// hear takes a message of the live connection.
func (w *huntWatch) hear(message []byte, id int64) {
	var m struct {
		Type string `json:"type"`
		ID   int64  `json:"id"`
		Rows int64  `json:"rows"`
	}
	if json.Unmarshal(message, &m) != nil || m.Type != "hunt" || m.ID != id {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = grown(w.told, m.Rows)
}

func grown(list []moment, rows int64) []moment {
	if rows == 0 || len(list) > 0 && rows <= list[len(list)-1].rows {
		return list
	}
	return append(list, moment{rows, time.Now()}) //nolint:forbidigo // a program that measures real time
}

func (w *huntWatch) rows() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.kept) == 0 {
		return 0
	}
	return w.kept[len(w.kept)-1].rows
}

// until waits for a number of rows.
func (w *huntWatch) until(ctx context.Context, enough func(rows int64) bool) error {
	for !enough(w.rows()) {
		w.mu.Lock()
		status, err := w.status, w.err
		w.mu.Unlock()
		if err != nil {
			return err
		}
		if ended(status) {
			return fmt.Errorf("the hunt had ended (%s) with %d rows: it needs more of them", status, w.rows())
		}
		if err := clock.Sleep(ctx, huntLook); err != nil {
			return err
		}
	}
	return nil
}

func ended(status string) bool {
	return status == "completed" || status == "failed" || status == "cancelled"
}

// end waits for the hunt's end, and until its last rows were told.
func (w *huntWatch) end(ctx context.Context) (at time.Time, err error) {
	for {
		w.mu.Lock()
		status, err := w.status, w.err
		w.mu.Unlock()
		switch {
		case err != nil:
			return at, err
		case status == "completed":
			at = time.Now()                             //nolint:forbidigo // a program that measures real time
			return at, clock.Sleep(ctx, 2*huntProgress) // what is told later than that is late
		case ended(status):
			return at, fmt.Errorf("the hunt ended %s", status)
		}
		if err := clock.Sleep(ctx, huntLook); err != nil {
			return at, err
		}
	}
}

// span is from the first rows to the last.
func (w *huntWatch) span() (first, last time.Time) { return w.kept[0].at, w.kept[len(w.kept)-1].at }

// lag is the longest time from rows in the database to the message that told of them or of more, and how many such times were
// looked at. Those are left out in which there was no worker or no server.
func (w *huntWatch) lag(pauses []pause) (longest time.Duration, looked int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := 0
	for _, k := range w.kept {
		for i < len(w.told) && w.told[i].rows < k.rows {
			i++
		}
		told := time.Now() //nolint:forbidigo // never told is late as well
		if i < len(w.told) {
			told = w.told[i].at
		}
		if within(pauses, k.at, told) {
			continue
		}
		looked++
		longest = max(longest, told.Sub(k.at))
	}
	return longest, looked
}

func within(pauses []pause, from, to time.Time) bool {
	for _, p := range pauses {
		if from.Before(p.upTo) && to.After(p.from) {
			return true
		}
	}
	return false
}
