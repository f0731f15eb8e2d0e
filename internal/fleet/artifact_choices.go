package fleet

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
)

func takesSeveral(p *velociraptor.ArtifactParam) bool {
	return strings.EqualFold(p.Type, "multichoice")
}

// choiceProblem says which of the values that were chosen is no choice: the server takes any. One that takes several is a JSON
// array of choices, or a single choice.
func choiceProblem(p *velociraptor.ArtifactParam, value string) string {
	chosen := []string{value}
	if takesSeveral(p) && !slices.Contains(p.Choices, value) {
		list, problem := listOf[string](value)
		if problem != "" {
			return `must be a JSON array of choices, such as ["` + p.Choices[0] + `"]; ` + noChoice(p, value)
		}
		chosen = list
	}
	for _, v := range chosen {
		if !slices.Contains(p.Choices, v) {
			return noChoice(p, v)
		}
	}
	return ""
}

func noChoice(p *velociraptor.ArtifactParam, value string) string {
	return quoted(value) + " is none of its choices: must be one of " + told(p.Choices)
}

// wireParams are an artifact's parameters as endpoints read them: where several may be chosen, a single choice becomes an array,
// for they take it for none at all. What is asked for is not changed. Faults: those of Artifacts.
func (s *Service) wireParams(ctx context.Context, t *store.Tenant, artifact string, params map[string]string) (map[string]string, error) {
	if len(params) == 0 {
		return params, nil
	}
	a, err := s.Artifact(ctx, t, artifact)
	if fault.Is(err, fault.NotFound) {
		return params, nil // the server says so itself
	}
	if err != nil {
		return nil, err
	}
	wire := maps.Clone(params)
	for i := range a.Params {
		p := &a.Params[i]
		if value := params[p.Name]; takesSeveral(p) && slices.Contains(p.Choices, value) {
			list, err := json.Marshal([]string{value})
			if err != nil {
				return nil, fault.InvalidField("parameters."+p.Name, "can't be written as JSON")
			}
			wire[p.Name] = string(list)
		}
	}
	return wire, nil
}
