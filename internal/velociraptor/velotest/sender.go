package velotest

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

// sender writes messages of so many rows, each with the query echoed.
type sender struct {
	stream  velopb.API_QueryServer
	query   *velopb.VQLRequest
	most    int
	trouble Trouble
	sent    int
	buffer  []byte
}

// partBytes is when a message is full whatever its rows: a server gathers no more.
const partBytes = 8 << 20

func (o *sender) send(a answer) (err error) {
	if a.log != "" {
		if err := o.log(a.log); err != nil {
			return err
		}
	}
	rows := 0
	for row := range a.rows {
		if rows == 0 {
			o.buffer = append(o.buffer[:0], '[')
		} else {
			o.buffer = append(o.buffer, ',')
		}
		if o.buffer, err = appendJSON(o.buffer, row); err != nil {
			return status.Error(codes.Internal, err.Error())
		}
		if rows++; rows < o.most && len(o.buffer) < partBytes {
			continue
		}
		if err := o.part(rows); err != nil {
			return err
		}
		rows = 0
	}
	if rows == 0 {
		return nil
	}
	return o.part(rows)
}

func (o *sender) part(rows int) error {
	o.buffer = append(o.buffer, ']')
	text := o.buffer
	if o.trouble.Garbage {
		text = []byte("<html>502 Bad Gateway</html>")
	}
	return o.message(&velopb.VQLResponse{Response: text, Query: o.query, TotalRows: uint64(rows)})
}

func (o *sender) log(line string) error {
	return o.message(&velopb.VQLResponse{Log: []byte(line), Query: o.query})
}

func (o *sender) message(m *velopb.VQLResponse) error {
	if o.trouble.CutAfter > 0 && o.sent >= o.trouble.CutAfter {
		return status.Error(codes.Unavailable, "the server is going down")
	}
	o.sent++
	return o.stream.Send(m)
}
