package velotest

import (
	"encoding/json"
	"iter"
	"maps"
	"regexp"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

// asked is a statement as a handler sees it.
type asked struct {
	org *org
	vql string
	env map[string]string
	now time.Time
	by  string // the user
}

// answer is rows, or a null and a log line.
type answer struct {
	rows iter.Seq[any]
	log  string
}

// value answers with the column V of one row, as functions are called.
func value(v any) answer {
	return answer{rows: func(yield func(any) bool) { yield(map[string]any{"V": v}) }}
}

// failed is what a function gives that failed: null and a line that begins with its name.
func failed(line string) answer {
	a := value(nil)
	a.log = line
	return a
}

// statements answers by the names of internal/velociraptor's statements.
func statements() map[string]func(q asked) answer {
	return map[string]func(q asked) answer{
		"clients": clients, "search_clients": searchClients, "client_info": clientInfo, "label": label,
		"collect_client": collectClient, "flows": flows, "flows_of_client": flowsOfClient, "source": source, "cancel_flow": cancelFlow,
		"uploads": uploads, "hunt": createHunt, "hunts": hunts, "list_hunts": listHunts, "find_hunt": findHunt, "hunt_flows": huntFlows,
		"hunt_results": huntResults, "hunt_update": huntUpdate, "artifact_definitions": artifactDefinitions, "orgs": orgs, "whoami": whoami,
		"artifact_set": artifactSet, "artifact_definition": artifactDefinition, "artifact_delete": artifactDelete, "callback_ping": callbackPing,
		"server_set_metadata": serverSetMetadata, "server_metadata_digest": serverMetadataDigest, "add_server_monitoring": addServerMonitoring,
		"rm_server_monitoring": rmServerMonitoring, "get_server_monitoring": getServerMonitoring,
	}
}

// Query answers one statement of ours. One that it doesn't know is an unknown symbol, as it would be to the real server.
func (s *Server) Query(args *velopb.VQLCollectorArgs, stream velopb.API_QueryServer) error {
	o, err := s.admit(stream.Context(), args.GetOrgId())
	if err != nil {
		return err
	}
	if len(args.GetQuery()) != 1 {
		return status.Error(codes.InvalidArgument, "one statement at a time")
	}
	query := args.GetQuery()[0]
	s.mu.Lock()
	trouble := s.trouble
	s.seen = append(s.seen, query.GetName())
	s.mu.Unlock()
	if trouble.NoQueries {
		return status.Error(codes.PermissionDenied, "Permission denied: ANY_QUERY")
	}
	out := &sender{stream: stream, query: query, most: int(max(args.GetMaxRow(), 1)), trouble: trouble}
	if err := out.log("Starting query execution."); err != nil {
		return err
	}
	if line, ok := trouble.Deny[query.GetName()]; ok {
		return out.send(answer{rows: func(func(any) bool) {}, log: line})
	}
	handle, ok := statements()[query.GetName()]
	if !ok {
		return out.log("ERROR:Symbol " + query.GetName() + " not found. Current Scope is []")
	}
	env := map[string]string{}
	for _, e := range args.GetEnv() {
		env[e.GetKey()] = e.GetValue()
	}
	return out.send(handle(asked{org: o, vql: query.GetVQL(), env: env, now: s.p.Clock.Now(), by: callerOf(stream.Context())}))
}

// sender writes messages of so many rows, each with the query echoed.
type sender struct {
	stream  velopb.API_QueryServer
	query   *velopb.VQLRequest
	most    int
	trouble Trouble
	sent    int
}

func (o *sender) send(a answer) error {
	if a.log != "" {
		if err := o.log(a.log); err != nil {
			return err
		}
	}
	batch := make([]any, 0, min(o.most, 1000))
	for row := range a.rows {
		if batch = append(batch, row); len(batch) == o.most {
			if err := o.part(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return o.part(batch)
}

func (o *sender) part(rows []any) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	if o.trouble.Garbage {
		text = []byte("<html>502 Bad Gateway</html>")
	}
	return o.message(&velopb.VQLResponse{Response: string(text), Query: o.query, TotalRows: uint64(len(rows))})
}

func (o *sender) log(line string) error {
	return o.message(&velopb.VQLResponse{Log: line, Query: o.query})
}

func (o *sender) message(m *velopb.VQLResponse) error {
	if o.trouble.CutAfter > 0 && o.sent >= o.trouble.CutAfter {
		return status.Error(codes.Unavailable, "the server is going down")
	}
	o.sent++
	return o.stream.Send(m)
}

// number reads a number of the statement's text, LIMIT 5 or count=5; -1 where there is none.
func (q asked) number(name string) int {
	m := regexp.MustCompile(`\b` + name + `(?:=| )(\d+)`).FindStringSubmatch(q.vql)
	if m == nil {
		return -1
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return -1
	}
	return n
}

// some takes count rows from start on; a negative count takes all.
func some(rows iter.Seq[any], start, count int) iter.Seq[any] {
	return func(yield func(any) bool) {
		if count == 0 {
			return
		}
		i := 0
		for row := range rows {
			if i++; i <= start {
				continue
			}
			if !yield(row) || count > 0 && i-start == count {
				return
			}
		}
	}
}

func each(list []map[string]any) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, row := range list {
			if !yield(row) {
				return
			}
		}
	}
}

// with gives a row further columns.
func with(row, more map[string]any) map[string]any {
	out := maps.Clone(row)
	maps.Copy(out, more)
	return out
}

func orgs(q asked) answer {
	return answer{rows: func(yield func(any) bool) { yield(map[string]any{"OrgId": q.org.id, "Name": "<" + q.org.id + ">"}) }}
}

func whoami(q asked) answer {
	return value(map[string]any{"User": q.by, "Org": q.org.id, "Version": Version})
}
