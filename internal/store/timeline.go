package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// TimelineQuery says which part of a timeline is wanted, newest first.
type TimelineQuery struct {
	Kinds    []string  // of models.TimelineKinds; empty: all
	From, To time.Time // From is in, To is out; zero: no bound
	Limit    int       // entries, 1 to MaxLimit; 0 means DefaultLimit
	Cursor   string    // of the page before
}

// timelineAt is where a page of a timeline ended. Entries are in the order of time, kind and id, all descending.
type timelineAt struct {
	Time time.Time `json:"t"`
	Kind string    `json:"k"`
	ID   int64     `json:"i"`
}

func (a timelineAt) encode() string {
	b, _ := json.Marshal(a) //nolint:errchkjson // a time, a text and an integer always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

// below is the id under which entries of a kind at the cursor's very time are still to come.
func (a timelineAt) below(kind string) int64 {
	switch c := strings.Compare(kind, a.Kind); {
	case c < 0:
		return math.MaxInt64
	case c > 0:
		return math.MinInt64
	}
	return a.ID
}

// timelineBranch is one kind's part of a timeline: a SELECT of at, id, name, text, severity, actor, count, ref whose conditions
// leave out time. Its place for the condition on (at, id) and its order is %s; $1 is the tenant, $2 the subject.
type timelineBranch struct {
	kind, sql, at, id string
	entry             func(r *timelineRow) models.TimelineEntry
}

// timelineRow is what a branch gives.
type timelineRow struct {
	kind                        string
	at                          time.Time
	id                          int64
	name, text, severity, actor string
	count, ref                  int64
}

// timeline reads a page of the union of branches. Each is one bounded walk down an index, so that a page costs the same
// however much there is.
func (t *Tenant) timeline(ctx context.Context, subject int64, q TimelineQuery, branches []timelineBranch) (entries []models.TimelineEntry, next string, err error) {
	at, err := q.normal()
	if err != nil {
		return nil, "", err
	}
	wanted := slices.DeleteFunc(slices.Clone(branches), func(b timelineBranch) bool {
		return len(q.Kinds) > 0 && !slices.Contains(q.Kinds, b.kind)
	})
	if len(wanted) == 0 {
		return []models.TimelineEntry{}, "", nil
	}
	args := []any{t.id, subject, boundary(q.From, "-infinity"), boundary(q.To, "infinity"), boundary(at.Time, "infinity"), q.Limit + 1}
	parts := make([]string, len(wanted))
	for i, b := range wanted {
		args = append(args, at.below(b.kind))
		parts[i] = b.statement(len(args))
	}
	sql := strings.Join(parts, "\nUNION ALL\n") + "\nORDER BY at DESC, kind DESC, id DESC LIMIT $6"
	entries = make([]models.TimelineEntry, 0, q.Limit+1)
	var rows []timelineRow
	err = t.rows(ctx, sql, args, func(r pgx.Rows) error {
		var row timelineRow
		err := r.Scan(&row.kind, &row.at, &row.id, &row.name, &row.text, &row.severity, &row.actor, &row.count, &row.ref)
		rows = append(rows, row)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if len(rows) > q.Limit {
		last := rows[q.Limit-1]
		rows, next = rows[:q.Limit], timelineAt{Time: last.at, Kind: last.kind, ID: last.id}.encode()
	}
	for i := range rows {
		entries = append(entries, wanted[slices.IndexFunc(wanted, func(b timelineBranch) bool { return b.kind == rows[i].kind })].read(&rows[i]))
	}
	return entries, next, nil
}

// statement is the branch with its condition on where the page begins; n is its parameter's number.
func (b timelineBranch) statement(n int) string {
	page := b.at + " >= $3::text::timestamptz AND " + b.at + " < $4::text::timestamptz AND (" + b.at + ", " + b.id + ") < ($5::text::timestamptz, $" + decimal(int64(n)) +
		"::bigint) ORDER BY " + b.at + " DESC, " + b.id + " DESC LIMIT $6"
	return "(SELECT '" + b.kind + "' COLLATE \"C\" AS kind, x.* FROM (" + strings.Replace(b.sql, "%s", page, 1) + ") AS x (at, id, name, text, severity, actor, count, ref))"
}

// read makes an entry of a row.
func (b timelineBranch) read(r *timelineRow) models.TimelineEntry {
	e := b.entry(r)
	e.ID, e.Kind, e.Time = r.kind+":"+decimal(r.id), r.kind, r.at
	return e
}

// normal fills in the default and refuses what is out of bounds.
func (q *TimelineQuery) normal() (at timelineAt, err error) {
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	if q.Limit < 1 || q.Limit > MaxLimit {
		return at, fault.InvalidField("query.limit", "must be between 1 and %d", MaxLimit)
	}
	for _, k := range q.Kinds {
		if !slices.Contains(models.TimelineKinds(), k) {
			return at, fault.InvalidField("query.kinds", "must be of %s", strings.Join(models.TimelineKinds(), ", "))
		}
	}
	if q.Cursor == "" {
		return at, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err == nil {
		err = json.Unmarshal(b, &at)
	}
	if err != nil || at.Time.IsZero() || at.Time.Year() > 9999 {
		return at, fault.InvalidField("query.cursor", "is not one of ours")
	}
	return at, nil
}

// boundary is a time as PostgreSQL reads it, or the word for none.
func boundary(at time.Time, none string) string {
	if at.IsZero() {
		return none
	}
	return at.UTC().Format("2006-01-02 15:04:05.999999Z07:00")
}
