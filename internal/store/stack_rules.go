package store

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// The bounds of stacks, which keep hostile rows from filling the database with them.
const (
	maxStackValue  = 1 << 10 // bytes of a value that is counted
	maxStackField  = 200     // bytes of a field's path
	maxStackFields = 256     // fields of one change
	maxStackPaths  = 4_096   // paths of one change that are told apart
	maxStackLevels = 6       // keys in a field's path
	maxStacks      = 10_000  // stacks of a tenant
	maxStackValues = 500_000 // values of a stack; those that come later are not counted
)

// StackedKeys lists the keys whose values are counted wherever they stand in a row, in lower case: the names that programs,
// hashes, people, services, paths, commands and peers have in the rows of Velociraptor, Sysmon, the Windows event log and
// the elastic common schema. No times, process ids or counters: nothing is rare about those, because all of it is.
func StackedKeys() []string {
	return []string{
		"name", "exe", "executable", "image", "parentimage", "imageloaded", "originalfilename", "processname", "newprocessname",
		"parentprocessname", "commandline", "parentcommandline", "command_line", "cmdline", "command", "arguments", "launch string",
		"username", "user", "targetusername", "subjectusername", "useraccount", "startname",
		"sha256", "sha1", "md5", "hashes", "imphash",
		"servicename", "displayname", "imagepath", "image path", "absoluteexepath", "pathname", "servicedll", "taskname", "pipename",
		"ospath", "fullpath", "filepath", "path", "targetfilename", "targetobject", "keypath",
		"destinationip", "destinationhostname", "remoteaddress", "queryname", "issuername", "subjectname", "publisher", "eventid",
	}
}

// StackedPairs lists keys that tell something only below a certain key, as parent.key in lower case.
func StackedPairs() []string {
	return []string{"raddr.ip", "eventid.value", "eventid.#text", "destination.ip", "destination.domain", "question.name"}
}

// stackRules say which fields of a row are counted.
type stackRules struct {
	keys  map[string]bool // StackedKeys and StackedPairs
	extra []string        // whole paths that the tenant added
}

func newStackRules(extra []string) stackRules {
	r := stackRules{keys: map[string]bool{}, extra: extra}
	for _, k := range slices.Concat(StackedKeys(), StackedPairs()) {
		r.keys[k] = true
	}
	return r
}

// stackRules are those of the tenant.
func (t *Tenant) stackRules(ctx context.Context) (stackRules, error) {
	row, err := t.Own(ctx)
	if err != nil {
		return stackRules{}, err
	}
	return newStackRules(row.Chosen().StackedFields), nil
}

// counts says whether the values of a field are counted. path is its dotted path.
func (r stackRules) counts(path, parent, key string, levels int) bool {
	if len(path) > maxStackField || levels > maxStackLevels || path == "" {
		return false
	}
	key = strings.ToLower(key)
	return r.keys[key] || r.keys[strings.ToLower(parent)+"."+key] || slices.Contains(r.extra, path)
}

// stackable says whether a value is worth counting: not empty, not long, no moment.
func stackable(l *rawjson.Leaf) bool {
	simple := l.Kind == rawjson.String || l.Kind == rawjson.Number
	if !simple || len(l.Text) == 0 || len(l.Text) > maxStackValue {
		return false
	}
	b := l.Text
	moment := len(b) >= 19 && b[4] == '-' && b[7] == '-' && b[13] == ':' && b[16] == ':'
	return !moment && (len(b) != 1 || b[0] != '-') && !bytes.Equal(bytes.TrimSpace(b), nil)
}
