package velociraptor

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
)

// ClientsQuery says which of the org's endpoints are read.
type ClientsQuery struct {
	After string    // ids behind this one
	Since time.Time // seen by the server after this; zero: all
	Limit int       // at most so many
}

// EachClient reads endpoints in the order of their ids, by bytes, and hands them over as they come. The server sorts all its
// clients for each call: read many at once.
func (c *Client) EachClient(ctx context.Context, q ClientsQuery, each func(Endpoint) error) error {
	where, env := `client_id > After`, map[string]string{"After": q.After}
	if !q.Since.IsZero() { // a number in the text: values are strings to VQL, and would compare as such
		env["Since"] = strconv.FormatInt(q.Since.UnixMicro(), 10)
		where += ` AND last_seen_at > ` + env["Since"]
	}
	return c.Query(ctx, Statement{
		Name: "clients", Within: longDeadline,
		VQL: `SELECT ` + endpointColumns + ` FROM clients() WHERE ` + where + ` ORDER BY client_id LIMIT ` + strconv.Itoa(q.Limit),
		Env: env,
	}, func(row Row) error {
		var r endpointRow
		if err := json.Unmarshal(row, &r); err != nil {
			return garbled(err)
		}
		return each(r.endpoint())
	})
}
