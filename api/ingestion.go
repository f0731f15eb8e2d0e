package api

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

// maxIngestBody is the most an ingestion's body may have, in bytes.
const maxIngestBody = 16 << 20

type ingestIn struct {
	Body struct {
		Hostname     string            `json:"hostname" minLength:"1" maxLength:"256"`
		ClientID     *string           `json:"client_id,omitempty" maxLength:"200" doc:"Velociraptor's; decides before the hostname which host this is"`
		IPAddress    string            `json:"ip_address,omitempty" maxLength:"100"`
		OS           string            `json:"os,omitempty" maxLength:"200"`
		Labels       []string          `json:"labels,omitempty" nullable:"false" maxItems:"100" doc:"added to the host's"`
		HostMetadata freeObject        `json:"host_metadata,omitempty" doc:"its fields are laid over the host's"`
		Source       string            `json:"source,omitempty" maxLength:"200" doc:"who reports it, for example a Velociraptor artifact"`
		Rows         []json.RawMessage `json:"rows,omitempty" nullable:"false" maxItems:"10000" doc:"JSON objects of any shape; the same rows again are kept once"`
	}
}

// ingestBody is the host with what became of the rows.
type ingestBody struct {
	HostBody

	Ingested ingestedRows `json:"ingested"`
}

type ingestedRows struct {
	Rows     int `json:"rows" doc:"that came"`
	NewRows  int `json:"new_rows" doc:"that were not known yet"`
	Replaced int `json:"replaced" doc:"characters U+0000 in rows, kept as U+FFFD"`

	Indicators int `json:"indicators" doc:"found in new rows that were not known yet"`
}

type ingestOut struct {
	ETag string `header:"ETag"`
	Body ingestBody
}

// ingest finds or creates one host and keeps the rows about it.
func (a *API) ingest(ctx context.Context, in *ingestIn) (*ingestOut, error) {
	b := &in.Body
	rows, replaced, err := readRows(b.Rows)
	if err != nil {
		return nil, err
	}
	sight := store.Sighting{
		Hostname: b.Hostname, IPAddress: b.IPAddress, OS: b.OS, Labels: b.Labels, HostMetadata: json.RawMessage(b.HostMetadata), Source: b.Source,
	}
	if b.ClientID != nil {
		sight.ClientID = *b.ClientID
	}
	var got *store.Ingested
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if got, err = a.intake.One(ctx, t, sight, rows); err != nil {
			return e, inBody(err)
		}
		return recordIngest(got, b.Source), nil
	})
	if err != nil {
		return nil, err
	}
	return &ingestOut{ETag: etag(got.Host.UpdatedAt), Body: ingestBody{
		HostBody: shapeHost(got.Host), Ingested: ingestedRows{Rows: got.Rows, NewRows: got.NewRows, Replaced: replaced, Indicators: got.Indicators},
	}}, nil
}

func readRows(raw []json.RawMessage) (rows []store.Row, replaced int, err error) {
	rows = make([]store.Row, len(raw))
	for i := range raw {
		if rows[i], err = store.NewRow(raw[i], "body.rows["+strconv.Itoa(i)+"]"); err != nil {
			return nil, 0, err
		}
		replaced += rows[i].Replaced
	}
	return rows, replaced, nil
}

// recordIngest is one line for all that came: how much, not what. It tells of the host's rows, not of the host, whose changes
// would be hard to find among them.
func recordIngest(got *store.Ingested, source string) audit.Entry {
	line := entry("host.ingest", got.Host.ID, nil, map[string]any{
		"hostname": got.Host.Hostname, "created": got.Created, "source": source, "rows": got.Rows, "new_rows": got.NewRows, "indicators": got.Indicators,
	})
	line.ResourceType = "host_rows"
	return line
}
