package audit

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// OverdueAfter is the age from which a line without a seal is overdue: sealing has stopped, or a transaction has been open
// that long.
const OverdueAfter = 10 * time.Second

// readSize is how many lines verification holds at once.
const readSize = 2000

// VerifierParams are what a verifier needs.
type VerifierParams struct {
	Store *store.Store
	Keys  *Keyring
	Clock clock.Clock
}

// Verifier checks trails against their keys.
type Verifier struct{ p VerifierParams }

// NewVerifier makes a verifier.
func NewVerifier(p VerifierParams) *Verifier { return &Verifier{p} }

// KnownHead is a head that somebody kept outside of the database, from the log.
type KnownHead struct {
	Seq int64
	MAC []byte
}

// Verify reads a tenant's whole trail, a part at a time, and says what is wrong with it. known may be nil.
func (v *Verifier) Verify(ctx context.Context, tenant int64, known *KnownHead) (*Report, error) {
	c := &check{keys: v.p.Keys.of(tenant), known: known, report: &Report{Findings: []Finding{}}, now: v.p.Clock.Now()}
	err := v.p.Store.Tenant(tenant).InSnapshot(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := c.begin(ctx, t); err != nil {
			return err
		}
		if err := c.sealed(ctx, t); err != nil {
			return err
		}
		c.end()
		if err := c.unsealed(ctx, t); err != nil {
			return err
		}
		return c.copies(ctx, t)
	})
	if err != nil {
		return nil, err
	}
	return c.report, nil
}

// check is one verification at work.
type check struct {
	keys   *keys
	known  *KnownHead
	report *Report
	now    time.Time
	head   *models.AuditHead
	breaks []models.AuditCheckpoint // those still ahead

	seq     int64    // the place that was checked last
	macs    [][]byte // what the next seal may stand on: the mac before as it is, and as it should be; empty: it is gone
	stamped bool     // a line with a transaction came: lines from before there were stamps can't follow
	tail    int      // index of the first finding of a run of missing lines that reaches to here; -1: none
}

// begin finds where the chain begins and how it should end.
func (c *check) begin(ctx context.Context, t *store.Tenant) (err error) {
	c.macs, c.tail = [][]byte{genesis()}, -1
	if c.head, err = t.AuditHead(ctx); err != nil {
		return err
	}
	seams, err := t.AuditCheckpoints(ctx)
	if err != nil {
		return err
	}
	for i := range seams {
		if !same(c.keys.checkpointSignature(&seams[i]), seams[i].Signature) {
			c.report.add(Finding{
				Kind: Altered, Seq: seams[i].Seq, CreatedAt: &seams[i].CreatedAt,
				Detail: "the signature of a checkpoint (" + seams[i].Kind + ") is not ours",
			})
		}
		if seams[i].Kind == models.CheckpointRetired {
			c.report.Retired, c.seq, c.macs = &seams[i], seams[i].Seq, [][]byte{seams[i].MAC}
			continue
		}
		c.breaks = append(c.breaks, seams[i])
	}
	c.crossBreaks()
	return nil
}

// sealed walks the chain.
func (c *check) sealed(ctx context.Context, t *store.Tenant) error {
	for {
		page, err := t.SealedLines(ctx, c.seq, readSize)
		if err != nil {
			return err
		}
		for i := range page {
			c.one(&page[i])
		}
		if len(page) < readSize {
			return nil
		}
	}
}

// one checks the next seal and its line.
func (c *check) one(s *models.SealedLine) {
	c.skipTo(s.Seq)
	c.report.Checked++
	if c.report.FirstSeq == 0 {
		c.report.FirstSeq = s.Seq
	}
	c.report.LastSeq = s.Seq
	detail := c.line(s)
	right := c.linked(&s.AuditSeal)
	switch {
	case s.Line == nil:
		if c.tail < 0 {
			c.tail = len(c.report.Findings)
		}
		c.report.add(Finding{Kind: Missing, Seq: s.Seq, AuditID: s.AuditID, CreatedAt: &s.SealedAt, Detail: "the line is gone; its seal is there"})
	case detail != "" || !right:
		c.tail = -1
		if detail == "" {
			detail = "the seal does not follow from the one before"
		}
		kind := Altered
		if detail == foreign {
			kind = Inserted
		}
		c.report.add(Finding{Kind: kind, Seq: s.Seq, AuditID: s.AuditID, CreatedAt: &s.Line.CreatedAt, Detail: detail})
	default:
		c.tail = -1
	}
	c.compareKnown(s.Seq, s.MAC)
	c.seq = s.Seq
	c.crossBreaks()
}

// foreign is the detail of an inserted line.
const foreign = "none of our processes wrote this line"

// line says what is wrong with a sealed line; "" when nothing is, or when the line is gone.
func (c *check) line(s *models.SealedLine) string {
	if s.Line == nil {
		return ""
	}
	if !c.keys.known(s.KeyID) {
		return "the key of the seal is not configured, so that nothing can be said about the line"
	}
	if !eitherForm(s.Line, func(said []byte) bool { return same(c.keys.lineMAC(s.KeyID, s.Line, said), s.LineMAC) }) {
		return "the line is not what was sealed"
	}
	if s.Misfiled {
		return "the seal has the line found by what it does not say"
	}
	former := s.Line.XactID == 0 && len(s.Line.Stamp) == 0 && !c.stamped
	c.stamped = c.stamped || s.Line.XactID > 0
	switch {
	case former:
		return ""
	case c.keys.stampOf(s.Line) == stampForeign:
		return foreign
	}
	return ""
}

// linked says whether a seal stands on the one before, and notes what the next may stand on. Where the one before is gone,
// nobody can say.
func (c *check) linked(s *models.AuditSeal) bool {
	ok := len(c.macs) == 0
	next := [][]byte{s.MAC}
	for _, before := range c.macs {
		if mac := c.keys.link(s, before); same(mac, s.MAC) {
			c.macs = [][]byte{s.MAC}
			return true
		} else if mac != nil && !ok {
			next = append(next, mac)
		}
	}
	c.macs = next
	return ok
}

// skipTo reports the places between the last and the next one.
func (c *check) skipTo(next int64) {
	if next <= c.seq+1 {
		return
	}
	for len(c.breaks) > 0 && c.breaks[0].Seq < next {
		c.lose(c.breaks[0].Seq)
		c.crossBreaks()
	}
	if next > c.seq+1 {
		c.lose(next - 1)
	}
}

// lose reports the places up to last as missing, line and seal.
func (c *check) lose(last int64) {
	if last <= c.seq {
		return
	}
	if c.tail < 0 {
		c.tail = len(c.report.Findings)
	}
	c.report.gone(Missing, c.seq+1, last, "the line and its seal are gone")
	c.seq, c.macs = last, nil
}

// crossBreaks reports the breaks that lie right behind the last place; the chain goes on from them.
func (c *check) crossBreaks() {
	for len(c.breaks) > 0 && c.breaks[0].Seq <= c.seq {
		b := c.breaks[0]
		c.breaks, c.macs = c.breaks[1:], [][]byte{b.MAC}
		c.relabel()
		c.report.add(Finding{Kind: Cut, Seq: b.Seq, CreatedAt: &b.CreatedAt, Detail: "the chain was broken here: " + b.Reason})
	}
}

// relabel calls the missing lines that reach to here what they are at an end of the chain: cut off.
func (c *check) relabel() {
	if c.tail < 0 {
		return
	}
	for i := c.tail; i < len(c.report.Findings); i++ {
		c.report.Findings[i].Kind = Cut
	}
	c.tail = -1
}

// end compares where the chain ends with its head.
func (c *check) end() {
	for len(c.breaks) > 0 { // breaks behind the last seal
		c.lose(c.breaks[0].Seq)
		c.crossBreaks()
	}
	h := c.head
	if h == nil || blank(h) {
		if c.seq > 0 {
			c.report.add(Finding{Kind: Cut, Seq: c.seq, Detail: "the signed head of the chain is gone"})
		}
		c.relabel()
		return
	}
	c.report.Head = h
	if h.Seq > c.seq {
		c.lose(h.Seq)
	}
	c.relabel()
	switch {
	case !same(c.keys.headSignature(h), h.Signature):
		c.report.add(Finding{Kind: Cut, Seq: h.Seq, CreatedAt: &h.SealedAt, Detail: "the signature of the chain's head is not ours"})
	case h.Seq < c.seq:
		c.report.add(Finding{Kind: Altered, Seq: c.seq, Detail: fmt.Sprintf("the seals go on to %d, the signed head is at %d", c.seq, h.Seq)})
	case c.report.LastSeq == h.Seq && !c.standsOn(h.MAC):
		c.report.add(Finding{Kind: Altered, Seq: h.Seq, Detail: "the last seal is not the one that the signed head names"})
	}
	if c.known != nil && c.known.Seq > h.Seq {
		c.report.KnownHead = headContradicted
		c.report.add(Finding{
			Kind: Cut, Seq: c.known.Seq, Detail: fmt.Sprintf("the head that you know is at %d, the chain ends at %d: its end was cut off", c.known.Seq, h.Seq),
		})
	}
}

// standsOn says whether the last seal, as it is or as it should be, has this mac.
func (c *check) standsOn(mac []byte) bool {
	for _, m := range c.macs {
		if bytes.Equal(m, mac) {
			return true
		}
	}
	return len(c.macs) == 0
}

// What became of a head that the caller knows.
const (
	headConfirmed    = "confirmed"
	headContradicted = "contradicted"
	headRetired      = "retired"
)

// compareKnown holds a place against the head that the caller knows.
func (c *check) compareKnown(seq int64, mac []byte) {
	if c.known == nil || c.known.Seq != seq {
		return
	}
	if bytes.Equal(c.known.MAC, mac) {
		c.report.KnownHead = headConfirmed
		return
	}
	c.report.KnownHead = headContradicted
	c.report.add(Finding{Kind: Altered, Seq: seq, Detail: "the head that you know names another seal: the chain was made anew"})
}

// unsealed looks at the lines that are not in the chain.
func (c *check) unsealed(ctx context.Context, t *store.Tenant) error {
	if c.known != nil && c.report.Retired != nil && c.known.Seq <= c.report.Retired.Seq {
		c.report.KnownHead = headRetired
	}
	for after := int64(0); ; {
		lines, err := t.LinesWithoutSeal(ctx, after, readSize)
		if err != nil {
			return err
		}
		for i := range lines {
			c.waiting(&lines[i])
			after = lines[i].ID
		}
		if len(lines) < readSize {
			return nil
		}
	}
}

// waiting looks at one line without a seal.
func (c *check) waiting(row *models.AuditLog) {
	former := row.XactID == 0 && len(row.Stamp) == 0 && !c.stamped
	if !former && c.keys.stampOf(row) == stampForeign {
		c.report.add(Finding{Kind: Inserted, AuditID: row.ID, CreatedAt: &row.CreatedAt, Detail: foreign})
		return
	}
	c.report.Unsealed++
	if c.now.Sub(row.CreatedAt) > OverdueAfter {
		c.report.Overdue++
	}
}

// copies looks for lines that repeat the stamp of another: a genuine line put in once more.
func (c *check) copies(ctx context.Context, t *store.Tenant) error {
	ids, err := t.RepeatedLines(ctx, maxFindings)
	for _, id := range ids {
		c.report.add(Finding{Kind: Inserted, AuditID: id, Detail: "the line is a copy of an older one"})
	}
	return err
}
