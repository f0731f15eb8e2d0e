package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"net/http"
	"slices"
	"strconv"
)

// huntSample is how many endpoints' rows are compared word by word.
const huntSample = 100

// huntFound is what of a hunt's rows is there, against what its endpoints brought.
type huntFound struct {
	expected  int // rows that the endpoints brought
	there     int // that the export has
	twice     int // that it has more than once: the same row, or the same content of the same host
	endpoints int // that took the hunt up
	whole     int // of them, those that have as many rows as they brought, and ended as they did
	sampled   int
	same      int // of the sample, those whose rows are the same
}

// huntEndpoint is an endpoint of the hunt.
type huntEndpoint struct {
	host    int64
	brought []json.RawMessage // of the sample
	count   int               // rows that it brought
	sampled bool
	rows    []json.RawMessage // of the sample: what the export has
	there   int
}

// compare reads all rows by the export, as a user does, and compares them with the fleet's own.
func (h *huntRun) compare(ctx context.Context) (*huntFound, error) {
	f := &huntFound{}
	byHost, err := h.brought(ctx, f)
	if err != nil {
		return nil, err
	}
	if err := h.export(ctx, f, byHost); err != nil {
		return nil, err
	}
	for _, e := range byHost {
		if e.there == e.count {
			f.whole++
		}
		if e.sampled {
			f.sampled++
			if sameRows(e.brought, e.rows) {
				f.same++
			}
		}
	}
	return f, nil
}

// brought asks the fleet what each endpoint of the hunt brought. All that is online must have taken it up.
func (h *huntRun) brought(ctx context.Context, f *huntFound) (map[int64]*huntEndpoint, error) {
	conn, err := h.tenantConn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	rows, err := conn.Query(ctx, "SELECT client_id, flow_id, host_id FROM hunt_hosts WHERE hunt_id = $1 ORDER BY client_id", h.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	byHost := map[int64]*huntEndpoint{}
	every := max(h.o.endpoints/huntSample, 1)
	for rows.Next() {
		var client, flow string
		e := &huntEndpoint{sampled: len(byHost)%every == 0}
		if err := rows.Scan(&client, &flow, &e.host); err != nil {
			return nil, err
		}
		brought, err := h.server.Brought("", client, flow, huntArtifact)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", client, err)
		}
		if e.count = len(brought); e.sampled {
			e.brought = brought
		}
		f.expected += e.count
		byHost[e.host] = e
	}
	f.endpoints = h.o.endpoints - h.o.endpoints/20 // of twenty one is off
	if len(byHost) != f.endpoints {
		return nil, fmt.Errorf("%d endpoints took the hunt up, %d are online", len(byHost), f.endpoints)
	}
	return byHost, rows.Err()
}

// export reads the hunt's rows as they stream.
func (h *huntRun) export(ctx context.Context, f *huntFound, byHost map[int64]*huntEndpoint) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.baseURL+"/api/velociraptor/hunts/"+strconv.FormatInt(h.id, 10)+"/results/export", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+h.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the export was answered %s", res.Status)
	}
	seed := maphash.MakeSeed()
	ids, contents := map[int64]bool{}, map[uint64]bool{}
	in := json.NewDecoder(res.Body)
	for {
		var line struct {
			ID     int64           `json:"id"`
			HostID int64           `json:"host_id"`
			Data   json.RawMessage `json:"data"`
		}
		if err := in.Decode(&line); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		content := maphash.Bytes(seed, append(strconv.AppendInt(nil, line.HostID, 10), line.Data...))
		if ids[line.ID] || contents[content] {
			f.twice++
		}
		ids[line.ID], contents[content] = true, true
		f.there++
		e := byHost[line.HostID]
		if e == nil {
			return fmt.Errorf("the row %d is about the host %d, which is none of the hunt's", line.ID, line.HostID)
		}
		if e.there++; e.sampled {
			e.rows = append(e.rows, line.Data)
		}
	}
}

// sameRows says whether two lists hold the same JSON, in any order.
func sameRows(a, b []json.RawMessage) bool {
	x, errX := plain(a)
	y, errY := plain(b)
	return errors.Join(errX, errY) == nil && slices.EqualFunc(x, y, bytes.Equal)
}

// plain writes each row the same way, and sorts them.
func plain(rows []json.RawMessage) ([][]byte, error) {
	out := make([][]byte, len(rows))
	for i, row := range rows {
		var v any
		if err := json.Unmarshal(row, &v); err != nil {
			return nil, err
		}
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		out[i] = text
	}
	slices.SortFunc(out, bytes.Compare)
	return out, nil
}
