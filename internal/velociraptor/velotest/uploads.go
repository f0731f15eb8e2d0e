package velotest

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// file is one that a flow brought.
type file struct {
	path string
	size int64
}

// filesOf are what Generic.Collectors.File fetched, and the finders where they were asked to.
func filesOf(f *flow) (out []file) {
	for _, name := range f.artifacts {
		p := f.params[name]
		var glob string
		switch {
		case name == "Generic.Collectors.File":
			glob = p["Path"]
			if glob == "" {
				glob = "/etc/hosts"
			}
		case strings.HasSuffix(name, ".Search.FileFinder") && p["Upload_File"] == "Y":
			glob = p["SearchFilesGlob"]
		case name == "Windows.System.TaskScheduler" && f.e.system() == windows:
			glob = `C:\Windows\System32\Tasks\SimulatedTask`
		}
		for _, found := range expand(glob) {
			out = append(out, file{found, sizeOf(found)})
		}
	}
	return out
}

// expand gives three files for a glob, none for nothing.
func expand(glob string) []string {
	if glob == "" {
		return nil
	}
	if !strings.Contains(glob, "*") {
		return []string{glob}
	}
	out := make([]string, 3)
	for i, name := range []string{"report.docx", "invoice-2291.xlsm", "setup.exe"} {
		out[i] = strings.NewReplacer("**", name, "*", name).Replace(glob)
	}
	return out
}

const (
	kib = 1 << 10
	mib = 1 << 20
)

// sizeOf follows from the name: registry hives and images of memory are large.
func sizeOf(name string) int64 {
	switch base := strings.ToUpper(path.Base(strings.ReplaceAll(name, `\`, "/"))); {
	case strings.Contains(base, "MEMORY"), strings.Contains(base, "PAGEFILE"):
		return 64 * mib
	case slices.Contains([]string{"SYSTEM", "SOFTWARE", "SAM", "NTUSER.DAT", "$MFT"}, base):
		return 3 * mib
	default:
		return 200 + int64(scatter(uint64(len(name)))%(48*kib))
	}
}

const block = 1024

// piece is a part of a file: a first line that says what it is, then the same block again and again.
func piece(name string, size int64, offset uint64, length uint32) []byte {
	total := uint64(max(size, 0))
	from := min(offset, total)
	to := min(from+uint64(length), total)
	head := "simulated file " + name + "\n"
	body := digits(name, block)
	out := make([]byte, 0, to-from)
	for at := from; at < to; at++ {
		if at < uint64(len(head)) {
			out = append(out, head[at])
		} else {
			out = append(out, body[at%block])
		}
	}
	return out
}

func uploads(q asked) answer {
	f := q.org.flow(q.env["ClientId"], q.env["FlowId"])
	if f == nil {
		return answer{rows: none}
	}
	var rows []record
	for _, u := range filesOf(f) {
		components := []string{"clients", f.client, "collections", f.id, "uploads", "auto", u.path}
		rows = append(rows, record{
			{"Timestamp", stamp(f.created)}, {"started", f.created.UTC().String()}, {"vfs_path", u.path}, {"file_size", u.size}, {"uploaded_size", u.size}, {"_Components", components},
		})
	}
	return answer{rows: each(rows)}
}

func uploadedFiles() table {
	return table{count: func(c *collected) int { return len(filesOf(c.f)) }, row: func(c *collected, i int) record {
		u := filesOf(c.f)[i]
		return record{{"Timestamp", stamp(c.f.picked)}, {"SourceFile", u.path}, {"Size", u.size}, {"Hash", hashes(u.path)}}
	}}
}

func uploadsOf(source string) table {
	t := uploadedFiles()
	t.name = source
	return t
}

func foundFiles() table {
	found := func(c *collected) []string { return expand(c.f.params[c.f.artifacts[0]]["SearchFilesGlob"]) }
	return table{count: func(c *collected) int { return len(found(c)) }, row: func(c *collected, i int) record {
		name := found(c)[i]
		row := record{
			{"OSPath", name},
			{"Inode", strconv.Itoa(1000 + i)},
			{"Mode", "-rw-r--r--"},
			{"Size", sizeOf(name)},
			{"MTime", stamp(c.f.picked.AddDate(0, 0, -3))},
			{"ATime", stamp(c.f.picked)},
			{"CTime", stamp(c.f.picked.AddDate(0, 0, -3))},
			{"IsDir", false},
		}
		if c.f.params[c.f.artifacts[0]]["Calculate_Hash"] == "Y" {
			row = append(row, column{"Hash", hashes(name)})
		}
		return row
	}}
}
