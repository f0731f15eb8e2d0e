package velotest

import (
	"iter"
	"regexp"
	"slices"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

// asked is a statement as a handler sees it. The org is locked while it handles, not while the rows of its answer are read.
type asked struct {
	org    *org
	vql    string
	env    map[string]string
	now    time.Time
	by     string          // the user
	denied map[string]bool // permissions that the user lacks
}

// lacks is the first of these permissions that the user lacks; "" for none.
func (q asked) lacks(permissions ...string) string {
	if i := slices.IndexFunc(permissions, func(p string) bool { return q.denied[p] }); i >= 0 {
		return permissions[i]
	}
	return ""
}

// answer is rows, or a null and a log line.
type answer struct {
	rows iter.Seq[any]
	log  string
}

// value answers with the column V of one row, as functions are called.
func value(v any) answer { return answer{rows: each([]record{{{"V", v}}})} }

// failed is what a function gives that failed: null and a line that begins with its name.
func failed(line string) answer {
	a := value(nil)
	a.log = line
	return a
}

// statement is how one is answered, and what its caller must be allowed to.
type statement struct {
	answer func(q asked) answer
	needs  string
}

// statements answers by the names of internal/velociraptor's statements.
func statements() map[string]statement {
	return map[string]statement{
		"clients": {clients, ""}, "search_clients": {searchClients, ""}, "client_info": {clientInfo, ""},
		"label": {label, "LABEL_CLIENT"}, "collect_client": {collectClient, "COLLECT_CLIENT"}, "flows": {flows, "READ_RESULTS"},
		"flows_of_client": {flowsOfClient, "READ_RESULTS"}, "source": {source, "READ_RESULTS"}, "cancel_flow": {cancelFlow, "COLLECT_CLIENT"},
		"uploads": {uploads, "READ_RESULTS"}, "hunt": {createHunt, "START_HUNT"}, "hunts": {hunts, "READ_RESULTS"},
		"list_hunts": {listHunts, "READ_RESULTS"}, "find_hunt": {findHunt, "READ_RESULTS"}, "hunt_flows": {huntFlows, "READ_RESULTS"},
		"hunt_results": {huntResults, "READ_RESULTS"}, "hunt_update": {huntUpdate, "START_HUNT"},
		"artifact_definitions": {artifactDefinitions, ""}, "artifact_definition": {artifactDefinition, ""},
		"orgs": {orgs, ""}, "whoami": {whoami, ""}, "artifact_set": {artifactSet, ""}, "artifact_delete": {artifactDelete, ""},
		"server_set_metadata": {setMetadata, ""}, "server_metadata_digest": {metadataDigest, ""}, "callback_ping": {ping, ""},
		"add_server_monitoring": {addMonitoring, ""}, "rm_server_monitoring": {removeMonitoring, ""}, "get_server_monitoring": {getMonitoring, ""},
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
	trouble := s.note(query.GetName())
	by := callerOf(stream.Context())
	denied := s.deniedTo(by)
	if trouble.NoQueries || denied["ANY_QUERY"] {
		return status.Error(codes.PermissionDenied, "Permission denied: ANY_QUERY")
	}
	out := &sender{stream: stream, query: query, most: int(max(args.GetMaxRow(), 1)), trouble: trouble}
	if err := out.log("Starting query execution."); err != nil {
		return err
	}
	if line, ok := trouble.Deny[query.GetName()]; ok {
		return out.send(answer{rows: none, log: line})
	}
	handle, ok := statements()[query.GetName()]
	if !ok {
		return out.log("ERROR:Symbol " + query.GetName() + " not found. Current Scope is []")
	}
	if denied[handle.needs] {
		return out.send(failed(query.GetName() + ": Permission denied: " + handle.needs))
	}
	env := map[string]string{}
	for _, e := range args.GetEnv() {
		env[e.GetKey()] = e.GetValue()
	}
	if s.p.Asked != nil {
		s.p.Asked(query.GetName(), env)
	}
	a := o.ask(handle.answer, asked{org: o, vql: query.GetVQL(), env: env, now: s.p.Clock.Now(), by: by, denied: denied})
	if trouble.LoseAnswer[query.GetName()] {
		return status.Error(codes.Unavailable, "the server is going down") // it was done, and nobody hears of it
	}
	return out.send(a)
}

func (o *org) ask(handle func(q asked) answer, q asked) answer {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.settle(q.now)
	return handle(q)
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

func none(func(any) bool) {}

func each(list []record) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, row := range list {
			if !yield(row) {
				return
			}
		}
	}
}

func orgs(q asked) answer {
	return answer{rows: each([]record{{{"OrgId", q.org.id}, {"Name", "<" + q.org.id + ">"}}})}
}

func whoami(q asked) answer {
	return value(record{{"User", q.by}, {"Org", q.org.id}, {"Version", Version}})
}
