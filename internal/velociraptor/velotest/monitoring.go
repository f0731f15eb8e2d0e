package velotest

import (
	"context"
	"crypto/sha256"
	stdhex "encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// monitoring is the org's server monitoring: artifacts of its own, the table of those that run, and the metadata of the
// server, where secrets stand.
type monitoring struct {
	artifacts map[string]definition
	table     map[string]map[string]string // artifact → parameters
	metadata  map[string]string
	out       *poster
}

func newMonitoring() monitoring {
	return monitoring{artifacts: map[string]definition{}, table: map[string]map[string]string{}, metadata: map[string]string{}}
}

func (m *monitoring) apply(c change) {
	switch c.Op {
	case opArtifact:
		delete(m.artifacts, c.ID)
		if d, err := parseArtifact(c.Text); c.On && err == nil {
			m.artifacts[c.ID] = d
		}
	case opMonitor:
		delete(m.table, c.ID)
		if c.On {
			m.table[c.ID] = c.Values
		}
		if m.out != nil {
			m.out.forget() // the query starts anew: what happened in between is lost
		}
	case opMetadata:
		maps.Copy(m.metadata, c.Values)
		for _, key := range c.Tags {
			delete(m.metadata, key)
		}
	}
}

// flowEnded posts what our artifact would, once for each monitored artifact with an address.
func (m *monitoring) flowEnded(o *org, f *flow, at time.Time) {
	if m.out == nil || len(m.table) == 0 {
		return
	}
	row := f.row(o, at)
	body := record{{"kind", "flow.completed"}, {"org_id", o.id}, {"client_id", f.client}, {"flow_id", f.id}, {"hunt_id", nil}}
	if f.hunted {
		body[4].value = huntOf(f.id)
	}
	body = append(body, column{"state", row.get("state")}, column{"status", row.get("status")}, column{"creator", f.creator}, column{"artifacts", f.artifacts},
		column{"artifacts_with_results", row.get("artifacts_with_results")}, column{"rows", row.get("total_collected_rows")},
		column{"files", row.get("total_uploaded_files")}, column{"ts", at.Unix()})
	m.post(body)
}

func (m *monitoring) huntCreated(o *org, h *hunt, at time.Time) {
	if m.out == nil || len(m.table) == 0 {
		return
	}
	m.post(record{
		{"kind", "hunt.created"},
		{"org_id", o.id},
		{"hunt_id", h.ID},
		{"description", h.Text},
		{"creator", h.By},
		{"artifacts", h.Artifacts},
		{"state", h.state(at)},
		{"ts", at.Unix()},
	})
}

func (m *monitoring) post(body record) {
	text, err := appendJSON(nil, body)
	if err != nil {
		return
	}
	for _, params := range m.table {
		if params["CallbackURL"] != "" {
			m.out.post(delivery{url: params["CallbackURL"], key: m.metadata[params["KeyName"]], rootCA: params["RootCA"], body: text})
		}
	}
}

func (r record) get(name string) any {
	for _, c := range r {
		if c.name == name {
			return c.value
		}
	}
	return nil
}

// parseArtifact reads the YAML of a definition. Faults are the server's words.
func parseArtifact(text string) (definition, error) {
	var y struct {
		Name        string              `yaml:"name"`
		Description string              `yaml:"description"`
		Type        string              `yaml:"type"`
		Permissions []string            `yaml:"required_permissions"`
		Parameters  []map[string]any    `yaml:"parameters"`
		Sources     []map[string]string `yaml:"sources"`
	}
	if err := yaml.Unmarshal([]byte(text), &y); err != nil {
		return definition{}, err
	}
	if y.Name == "" || len(y.Sources) == 0 {
		return definition{}, errNoArtifact
	}
	d := definition{name: y.Name, about: y.Description, kind: strings.ToLower(y.Type), permissions: y.Permissions, raw: text}
	if d.kind == "" {
		d.kind = "client"
	}
	for _, p := range y.Parameters {
		d.params = append(d.params, parameter(plain(p["name"]), plain(p["type"]), plain(p["default"]), plain(p["description"])))
	}
	for _, s := range y.Sources {
		if s["name"] != "" {
			d.sources = append(d.sources, table{name: s["name"]})
		}
	}
	if len(d.sources) == 0 {
		d.sources = []table{{}}
	}
	return d, nil
}

var errNoArtifact = errors.New("Syntax error in artifact definition: it needs a name and sources") //nolint:staticcheck // the server's words

func plain(v any) string {
	text, _ := v.(string)
	return text
}

// artifactSet answers with the definition, or null and a line.
func artifactSet(q asked) answer {
	if missing := q.lacks("SERVER_ARTIFACT_WRITER"); missing != "" {
		return failed("artifact_set: Permission denied: " + missing)
	}
	d, err := parseArtifact(q.env["Definition"])
	if err != nil {
		return failed("artifact_set: " + err.Error())
	}
	if _, builtIn := q.org.p.catalog[d.name]; builtIn {
		return failed("artifact_set: Unable to override built in artifact " + d.name)
	}
	q.change(change{Op: opArtifact, ID: d.name, Text: q.env["Definition"], On: true})
	return value(d.row())
}

// artifactDefinition gives one definition, with its text.
func artifactDefinition(q asked) answer {
	d, ok := q.org.artifact(q.env["Name"])
	if !ok {
		return answer{rows: none}
	}
	return answer{rows: each([]record{append(d.row(), column{"raw", d.raw})})}
}

func artifactDelete(q asked) answer {
	if missing := q.lacks("SERVER_ARTIFACT_WRITER"); missing != "" {
		return failed("artifact_delete: Permission denied: " + missing)
	}
	name := q.env["Name"]
	if _, ours := q.org.monitor.artifacts[name]; !ours {
		return failed("artifact_delete: Artifact " + name + " not found")
	}
	q.change(change{Op: opArtifact, ID: name})
	return value(name)
}

// setMetadata changes the keys that are named; a null takes one away.
func setMetadata(q asked) answer {
	if missing := q.lacks("SERVER_ADMIN"); missing != "" {
		return failed("server_set_metadata: Permission denied: " + missing)
	}
	var asked map[string]*string
	if json.Unmarshal([]byte(q.env["Metadata"]), &asked) != nil {
		return failed("server_set_metadata: metadata should be a dict")
	}
	c := change{Op: opMetadata, Values: map[string]string{}}
	for key, text := range asked {
		if text == nil {
			c.Tags = append(c.Tags, key)
		} else {
			c.Values[key] = *text
		}
	}
	q.change(c)
	return value(true)
}

// metadataDigest is the SHA-256 of a value, so that it needn't travel.
func metadataDigest(q asked) answer {
	text := q.org.monitor.metadata[q.env["KeyName"]]
	if text == "" {
		return value("")
	}
	sum := sha256.Sum256([]byte(text))
	return value(stdhex.EncodeToString(sum[:]))
}

func addMonitoring(q asked) answer {
	if missing := q.lacks("COLLECT_SERVER"); missing != "" {
		return failed("add_server_monitoring: Permission denied: " + missing)
	}
	name := q.env["Artifact"]
	d, ok := q.org.artifact(name)
	if !ok || d.kind != "server_event" {
		return failed("add_server_monitoring: artifact " + name + " not found or not of type SERVER_EVENT")
	}
	values := map[string]string{}
	if json.Unmarshal([]byte(q.env["Parameters"]), &values) != nil {
		return failed("add_server_monitoring: parameters should be a dict of strings")
	}
	for _, p := range d.params {
		if key := plain(p.get("name")); values[key] == "" {
			values[key] = plain(p.get("default"))
		}
	}
	q.change(change{Op: opMonitor, ID: name, Values: values, On: true})
	return value(q.org.monitor.row())
}

func removeMonitoring(q asked) answer {
	if missing := q.lacks("COLLECT_SERVER"); missing != "" {
		return failed("rm_server_monitoring: Permission denied: " + missing)
	}
	q.change(change{Op: opMonitor, ID: q.env["Artifact"]})
	return value(q.org.monitor.row())
}

// row is the table of what runs, as get_server_monitoring gives it.
func (m *monitoring) row() record {
	names, specs := []string{"Server.Monitor.Health"}, []record{}
	for _, name := range slices.Sorted(maps.Keys(m.table)) {
		names = append(names, name)
		env := []record{}
		for _, key := range slices.Sorted(maps.Keys(m.table[name])) {
			env = append(env, record{{"key", key}, {"value", m.table[name][key]}})
		}
		specs = append(specs, record{{"artifact", name}, {"parameters", record{{"env", env}}}})
	}
	return record{{"artifacts", names}, {"specs", specs}}
}

func getMonitoring(q asked) answer { return value(q.org.monitor.row()) }

// ping calls as the statement says, with the key that the metadata holds. The org is not locked meanwhile: whoever is called
// may ask us something.
func ping(q asked) answer {
	c := Call{
		URL: q.env["URL"], Key: q.org.monitor.metadata[q.env["KeyName"]], RootCA: q.env["RootCA"],
		Body: map[string]any{"kind": "ping", "org_id": q.org.id, "nonce": q.env["Nonce"], "state": "ping"},
	}
	return answer{rows: func(yield func(any) bool) {
		status, content := c.Post(context.Background(), q.now)
		yield(record{{"Response", status}, {"Content", content}})
	}}
}
