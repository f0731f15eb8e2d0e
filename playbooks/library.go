package playbooks

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// LibraryEntry is one shipped playbook.
type LibraryEntry struct {
	Name     string    // of its file without the ending: the entry's stable name
	Source   []byte    // YAML
	Document *Document // what the source says
}

// Library gives the shipped playbooks in the order of their names. A shipped playbook that can't be read is an Internal
// fault.
func Library() ([]LibraryEntry, error) {
	files, err := fs.Glob(libraryFiles(), "library/*.yaml")
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the library can't be listed")
	}
	slices.Sort(files)
	var out []LibraryEntry
	for _, file := range files {
		source, err := fs.ReadFile(libraryFiles(), file)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the shipped playbook %s can't be read", file)
		}
		doc, err := Parse(source)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the shipped playbook %s can't be read", file)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "library/"), ".yaml")
		out = append(out, LibraryEntry{Name: name, Source: source, Document: doc})
	}
	return out, nil
}

//go:embed library/*.yaml
var libraryYAML embed.FS

func libraryFiles() fs.FS { return libraryYAML }
