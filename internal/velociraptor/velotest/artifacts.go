package velotest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// definition is an artifact that the simulated endpoints know.
type definition struct {
	name, kind, about string
	sources           []string // named ones; none: the artifact itself
	params            []map[string]any
	permissions       []string
	systems           []string // none: all
	rows              func(o *org, f *flow, source string) iter.Seq[any]
}

// definitions are few, and of each kind that matters: one source, several, a parameter, a permission, other types.
func definitions() []definition {
	path := map[string]any{"name": "Path", "type": "", "default": "/etc/hosts", "description": "Glob of the files.", "choices": []string{}}
	remove := map[string]any{"name": "RemovePolicy", "type": "bool", "default": "", "description": "Release the endpoint again.", "choices": []string{}}
	return []definition{
		{name: "Windows.System.Pslist", kind: "client", about: "Processes.", systems: []string{"windows"}, rows: processes},
		{name: "Linux.Sys.Pslist", kind: "client", about: "Processes.", systems: []string{"linux"}, rows: processes},
		{name: "MacOS.System.Pslist", kind: "client", about: "Processes.", systems: []string{"darwin"}, rows: processes},
		{name: "Generic.System.Pstree", kind: "client", about: "Processes of any system.", rows: processes},
		{name: "Windows.Network.Netstat", kind: "client", about: "Connections.", systems: []string{"windows"}, rows: connections},
		{name: "Linux.Network.Netstat", kind: "client", about: "Connections.", systems: []string{"linux"}, rows: connections},
		{name: "Generic.Client.Info", kind: "client", about: "The endpoint itself.", sources: []string{"BasicInformation", "Users"}, rows: information},
		{name: "Generic.Collectors.File", kind: "client", about: "Fetches files.", params: []map[string]any{path}, rows: files},
		{name: "Linux.Sys.BashShell", kind: "client", about: "Runs a command.", permissions: []string{"EXECVE"}, systems: []string{"linux"}, rows: none},
		{name: "Windows.Remediation.Quarantine", kind: "client", about: "Cuts the endpoint off.", params: []map[string]any{remove}, systems: []string{"windows"}, rows: quarantine},
		{name: "Linux.Remediation.Quarantine", kind: "client", about: "Cuts the endpoint off.", params: []map[string]any{remove}, systems: []string{"linux"}, rows: quarantine},
		{name: "MacOS.Remediation.Quarantine", kind: "client", about: "Cuts the endpoint off.", params: []map[string]any{remove}, systems: []string{"darwin"}, rows: quarantine},
		{name: "Server.Utils.CreateCollector", kind: "server", about: "For the server only.", rows: none},
		{name: "System.Flow.Completion", kind: "server_event", about: "Collections that ended.", rows: none},
	}
}

func find(name string) (definition, bool) {
	all := definitions()
	i := slices.IndexFunc(all, func(d definition) bool { return d.name == name })
	if i < 0 {
		return definition{}, false
	}
	return all[i], true
}

func knownArtifact(name string) bool {
	_, ok := find(name)
	return ok
}

// sourcesOf is what rows are read by: A, or A/Source of each.
func sourcesOf(name string) []string {
	d, ok := find(name)
	if !ok || len(d.sources) == 0 {
		return []string{name}
	}
	out := make([]string, len(d.sources))
	for i, s := range d.sources {
		out[i] = name + "/" + s
	}
	return out
}

// rows is what a flow brought from one source; nothing, silently, for a source that it doesn't have.
func (o *org) rows(f *flow, artifact string) iter.Seq[any] {
	name, src, _ := strings.Cut(artifact, "/")
	d, ok := find(name)
	if !ok || !slices.Contains(f.artifacts, name) || !slices.Contains(sourcesOf(name), artifact) ||
		len(d.systems) > 0 && !slices.Contains(d.systems, f.client.system) {
		return each(nil)
	}
	return d.rows(o, f, src)
}

func (o *org) count(f *flow, artifact string) (n int) {
	for range o.rows(f, artifact) {
		n++
	}
	return n
}

func artifactDefinitions(asked) answer {
	var rows []map[string]any
	for _, d := range definitions() {
		sources := []map[string]any{}
		for _, s := range d.sources {
			sources = append(sources, map[string]any{"name": s})
		}
		params, permissions := d.params, d.permissions
		if params == nil {
			params = []map[string]any{}
		}
		if permissions == nil {
			permissions = []string{}
		}
		rows = append(rows, map[string]any{
			"name": d.name, "type": d.kind, "description": d.about, "parameters": params, "sources": sources, "required_permissions": permissions,
		})
	}
	return answer{rows: each(rows)}
}

func none(*org, *flow, string) iter.Seq[any] { return each(nil) }

// processes is a process list; on an attacked endpoint one of them should be found.
func processes(o *org, f *flow, _ string) iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := range o.rowsEach {
			name, path, line := fmt.Sprintf("svc%d.exe", i), fmt.Sprintf(`C:\Windows\System32\svc%d.exe`, i), fmt.Sprintf("svc%d.exe -k netsvcs", i)
			if f.client.system != "windows" {
				name, path, line = fmt.Sprintf("svc%d", i), fmt.Sprintf("/usr/sbin/svc%d", i), fmt.Sprintf("/usr/sbin/svc%d --daemon", i)
			}
			if f.client.attacked && i == o.rowsEach-1 {
				name, path = "powershell.exe", `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`
				line = "powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAKQA="
			}
			sum := sha256.Sum256([]byte(path))
			row := map[string]any{
				"Pid": 100 + i, "Ppid": 4, "Name": name, "Exe": path, "CommandLine": line, "Username": `NT AUTHORITY\SYSTEM`,
				"CreateTime": f.created.Add(-time.Duration(i) * time.Minute).UTC().Format(time.RFC3339), "Hash": map[string]any{"SHA256": hex.EncodeToString(sum[:])},
			}
			if !yield(row) {
				return
			}
		}
	}
}

func connections(o *org, f *flow, _ string) iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := range o.rowsEach {
			remote := fmt.Sprintf("10.20.0.%d", i%250+1)
			if f.client.attacked && i == 0 {
				remote = "203.0.113.66" // RFC 5737
			}
			row := map[string]any{
				"Pid": 100 + i, "Name": fmt.Sprintf("svc%d", i), "Family": "IPv4", "Type": "TCP", "Status": "ESTAB", "Laddr.IP": f.client.ip,
				"Laddr.Port": 49152 + i, "Raddr.IP": remote, "Raddr.Port": 443,
			}
			if !yield(row) {
				return
			}
		}
	}
}

func information(_ *org, f *flow, source string) iter.Seq[any] {
	if source == "Users" {
		return each([]map[string]any{{"Name": "analyst", "Description": "", "LastLogin": f.client.born.UTC().Format(time.RFC3339)}})
	}
	return each([]map[string]any{{"Name": "velociraptor", "BuildTime": "", "Hostname": f.client.host, "OS": f.client.system, "Fqdn": f.client.fqdn}})
}

func files(_ *org, f *flow, _ string) iter.Seq[any] {
	var rows []map[string]any
	for _, path := range filesOf(f) {
		rows = append(rows, map[string]any{"SourceFile": path, "Size": len(fileOf([]string{path}))})
	}
	return each(rows)
}

// quarantine says what it did; a Linux endpoint that fails its own test takes the policy back and says so.
func quarantine(_ *org, f *flow, _ string) iter.Seq[any] {
	result := "Quarantine policy applied"
	if f.params[f.artifacts[0]]["RemovePolicy"] == "Y" {
		result = "Quarantine policy removed"
	} else if f.client.system == "linux" && f.client.attacked {
		result = "Quarantine failed connectivity test: policy removed"
	}
	return each([]map[string]any{{"Time": f.created.UTC().Format(time.RFC3339), "Result": result}})
}
