package fleet

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

const (
	maxParam  = 64 << 10 // bytes of a value
	namesTold = 30       // names in a sentence
)

// checkParams says whether an artifact takes these values. Faults: Invalid, at parameters.<name> of each that won't do.
func checkParams(a *velociraptor.Artifact, params map[string]string) error {
	var wrong []fault.Field
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if problem := paramProblem(a, name, params[name]); problem != "" {
			wrong = append(wrong, fault.Field{Location: "parameters." + name, Message: problem})
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "%s: %s", wrong[0].Location, wrong[0].Message).WithFields(wrong...)
}

func paramProblem(a *velociraptor.Artifact, name, value string) string {
	i := slices.IndexFunc(a.Params, func(p velociraptor.ArtifactParam) bool { return p.Name == name })
	if i < 0 {
		return noSuchParam(a)
	}
	p := &a.Params[i]
	switch {
	case len(value) > maxParam:
		return "longer than " + strconv.Itoa(maxParam>>10) + " KiB"
	case strings.ContainsRune(value, 0):
		return "must not hold NUL characters"
	case value == "" || value == p.Default:
		return "" // what the artifact itself says
	case len(p.Choices) > 0:
		return choiceProblem(p, value)
	}
	return typeProblem(p.Type, value)
}

func noSuchParam(a *velociraptor.Artifact) string {
	if len(a.Params) == 0 {
		return a.Name + " has no parameters"
	}
	names := make([]string, len(a.Params))
	for i := range a.Params {
		names[i] = a.Params[i].Name
	}
	return a.Name + " has no such parameter; it has " + told(names)
}

// told lists names, not all of very many.
func told(names []string) string {
	if len(names) > namesTold {
		return strings.Join(names[:namesTold], ", ") + " and " + strconv.Itoa(len(names)-namesTold) + " more"
	}
	return strings.Join(names, ", ")
}

// similar are artifacts whose name shares its last part with a name, or holds it; empty: none.
func similar(list []velociraptor.Artifact, name string) string {
	const few = 3
	low := strings.ToLower(name)
	last := low[strings.LastIndexByte(low, '.')+1:]
	var near []string
	for i := range list {
		candidate := strings.ToLower(list[i].Name)
		if len(near) < few && len(last) > 2 && (strings.HasSuffix(candidate, "."+last) || strings.Contains(candidate, low)) {
			near = append(near, list[i].Name)
		}
	}
	return strings.Join(near, ", ")
}

// quoted is a name of somebody's in a sentence.
func quoted(name string) string {
	const most = 100
	name = strings.ToValidUTF8(name, "\uFFFD")
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "") + "…"
	}
	return strconv.Quote(name)
}
