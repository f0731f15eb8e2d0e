package ingest

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/intake"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	defaultSource = "ingestion" // of rows of which nobody says where they come from
	maxSource     = 200         // characters of a source's name
)

// gather sorts lines by what is done with them: which machines they are about, and which rows are whose.
type gather struct {
	*landing

	seen      []store.Sighting
	sightings map[string]int // by what they say, so that a log's thousand lines are one
	lines     []arrived
	sources   []string // in the order in which they came
	bySource  map[string]*sourceRows
	ingested  []hostRows // per machine, in the order in which they came
	byHost    map[hostOfSource]int
}

// arrived is a good line with the sighting that it makes.
type arrived struct {
	line     *intake.Line
	body     intake.Body
	sighting int
}

// sourceRows are the rows of one source.
type sourceRows struct {
	name string
	rows []store.HostRow
}

// hostRows is what came about one machine from one source.
type hostRows struct {
	host   *models.Host
	source string
	rows   int
	sample []json.RawMessage
}

type hostOfSource struct {
	host   int64
	source string
}

// line reads what a line says.
func (g *gather) line(line *intake.Line) {
	if line.Err != nil {
		g.refuse(line, line.Err)
		return
	}
	body, err := intake.BodyOf(*line, g.fallback(line))
	if err != nil {
		g.refuse(line, err)
		return
	}
	body.Source = cmp.Or(body.Source, g.batch.Source, g.batch.Filename, defaultSource)
	if p := models.TextProblem(body.Source, maxSource); p != "" {
		g.refuse(line, fault.InvalidField("source", "%s", p))
		return
	}
	if len(body.Rows) > store.MaxIngestRows {
		g.refuse(line, fault.InvalidField("rows", "at most %d rows at once", store.MaxIngestRows))
		return
	}
	g.lines = append(g.lines, arrived{line, body, g.sight(&body)})
}

// fallback is the machine of lines that name none: the archive's, or what the sender said.
func (g *gather) fallback(line *intake.Line) intake.Origin {
	if g.batch.Hostname != "" || g.batch.ClientID != "" {
		return intake.Origin{Hostname: g.batch.Hostname, ClientID: g.batch.ClientID}
	}
	return line.Host
}

// sight notes what a line says about its machine, once for all lines that say the same.
func (g *gather) sight(b *intake.Body) int {
	key := strings.Join([]string{
		b.ClientID, strings.ToLower(b.Hostname), b.IPAddress, b.OS, strings.Join(b.Labels, "\x01"), string(b.Metadata),
	}, "\x00")
	if i, known := g.sightings[key]; known {
		return i
	}
	s := store.Sighting{
		Hostname: cmp.Or(b.Hostname, b.ClientID), ClientID: b.ClientID, IPAddress: b.IPAddress, OS: b.OS, Labels: b.Labels,
		HostMetadata: b.Metadata, Source: b.Source,
	}
	g.sightings[key] = len(g.seen)
	g.seen = append(g.seen, s)
	return len(g.seen) - 1
}

// hosts gives the rows of each line to the host that was found for it, and refuses lines whose machine can't be.
func (g *gather) hosts(found []store.HostFound) {
	g.byHost = map[hostOfSource]int{}
	for i := range found {
		switch {
		case found[i].Created:
			g.counts.HostsCreated++
		case found[i].Changed:
			g.counts.HostsUpdated++
		}
	}
	for _, a := range g.lines {
		f := &found[a.sighting]
		if f.Err != nil {
			g.refuse(a.line, f.Err)
			continue
		}
		g.counts.Accepted++
		if a.line.Marks.UTF8 > 0 {
			g.counts.Mended++
		}
		g.add(f.Host, &a)
	}
}

func (g *gather) add(host *models.Host, a *arrived) {
	src := g.bySource[a.body.Source]
	if src == nil {
		src = &sourceRows{name: a.body.Source}
		g.bySource[src.name] = src
		g.sources = append(g.sources, src.name)
	}
	at, known := g.byHost[hostOfSource{host.ID, src.name}]
	if !known {
		at = len(g.ingested)
		g.byHost[hostOfSource{host.ID, src.name}] = at
		g.ingested = append(g.ingested, hostRows{host: host, source: src.name})
	}
	told := &g.ingested[at]
	for _, raw := range a.body.Rows {
		row := store.Row{Data: raw, Hash: sha256.Sum256(raw), EventTime: momentOf(a.line, raw)}
		src.rows = append(src.rows, store.HostRow{HostID: host.ID, Row: row})
		told.rows++
		if len(told.sample) < store.SampleRows && len(raw) <= store.SampleSize {
			told.sample = append(told.sample, raw)
		}
	}
	g.counts.Rows += int64(len(a.body.Rows))
}

// momentOf is when a row says it happened: of a line that is the row itself it was read when the line was.
func momentOf(line *intake.Line, raw json.RawMessage) *time.Time {
	at := line.EventTime
	if len(raw) != len(line.Raw) {
		at = intake.TimeOf(raw)
	}
	if at.IsZero() {
		return nil
	}
	return &at
}
