package velociraptor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

// Statement is VQL of ours with its values. The text is a constant; whatever comes from elsewhere stands in Env, where
// VQL sees it as strings. The server logs both: neither ever holds a secret, but for the callback key at its installation.
type Statement struct {
	Name   string // what it is for: the recipe's name
	VQL    string
	Env    map[string]string
	Within time.Duration // deadline; 30 s when zero
	Rows   int           // rows a message; 1000 when zero
}

const (
	rowsAMessage = 1000
	maxWait      = 1 // seconds that the server gathers rows
)

// Row is one row as it came: a JSON object, whose texts may hold bytes that are no UTF-8. It holds for the call only.
type Row = json.RawMessage

// Query runs a statement and hands its rows to each as they come. A statement that fails inside is a fault: the server
// ends the stream well then, gives a null row or none, and logs a line. Faults: Unavailable, Forbidden, Invalid, TooLarge
// (codes of this package), Malformed for an answer that is no JSON.
func (c *Client) Query(ctx context.Context, s Statement, each func(row Row) error) error {
	complained := "" // the first line that says that something failed
	within := s.Within
	if within == 0 {
		within = shortDeadline
	}
	err := c.do(ctx, within, func(ctx context.Context) error {
		ctx, cancel := context.WithCancel(ctx) // frees the stream when we stop reading before its end
		defer cancel()
		stream, err := c.api.Query(ctx, s.request(c.p.OrgID, within))
		if err != nil {
			return err
		}
		for {
			part, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if complained == "" {
				complained = complaint(string(part.GetLog()))
			}
			if err := take(part.GetResponse(), each); err != nil {
				return stop{err}
			}
		}
	})
	if stopped, ok := errors.AsType[stop](err); ok {
		return stopped.error
	}
	if err == nil && complained != "" {
		err = refused(s.Name, complained)
	}
	return err
}

// stop is an error of the caller's: the server has nothing to do with it.
type stop struct{ error }

func (s *Statement) request(org string, within time.Duration) *velopb.VQLCollectorArgs {
	rows := s.Rows
	if rows == 0 {
		rows = rowsAMessage
	}
	args := &velopb.VQLCollectorArgs{
		Query: []*velopb.VQLRequest{{Name: s.Name, VQL: s.VQL}}, OrgId: org,
		MaxRow: uint64(rows), MaxWait: maxWait, Timeout: uint64(within / time.Second),
	}
	for key, value := range s.Env {
		args.Env = append(args.Env, &velopb.VQLEnv{Key: key, Value: value})
	}
	return args
}

// take hands over the rows of one message: a JSON array. A null is no row: what a function gives that failed.
func take(text []byte, each func(row Row) error) error {
	if len(text) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return garbled(err)
	}
	for dec.More() {
		var row Row
		if err := dec.Decode(&row); err != nil {
			return garbled(err)
		}
		if bytes.Equal(row, []byte("null")) {
			continue
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return nil
}

func garbled(cause error) error {
	return fault.Wrap(cause, fault.Unavailable, "the Velociraptor server answered with something that is no list of rows").WithCode(CodeStatement)
}

// one runs a statement that gives one value, a column of its only row. A null, or no row, is a fault: with the log's
// words where there are any, else with the given ones.
func one[T any](ctx context.Context, c *Client, s Statement, missing string) (out T, err error) {
	found := false
	err = c.Query(ctx, s, func(row Row) error {
		var holder struct {
			Value *T `json:"V"`
		}
		if err := json.Unmarshal(row, &holder); err != nil {
			return garbled(err)
		}
		if holder.Value != nil {
			out, found = *holder.Value, true
		}
		return nil
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "%s", missing)
	}
	return out, err
}

// list runs a statement whose rows are few.
func list[T any](ctx context.Context, c *Client, s Statement) (out []T, err error) {
	err = c.Query(ctx, s, func(row Row) error {
		var v T
		if err := json.Unmarshal(row, &v); err != nil {
			return garbled(err)
		}
		out = append(out, v)
		return nil
	})
	return out, err
}
