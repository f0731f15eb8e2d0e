package api

import (
	"context"
	"encoding/json"

	"github.com/velocicompanion/velocicompanion/playbooks"
)

type validateIn struct {
	Body struct {
		Source string `json:"source" doc:"The playbook as YAML or JSON text"`
	}
}

type validateOut struct {
	Body struct {
		Valid       bool         `json:"valid"`
		Diagnostics []diagnostic `json:"diagnostics"`
	}
}

// validatePlaybook says everything there is to say about a source; a bad one is an answer, not an error.
func (a *API) validatePlaybook(_ context.Context, in *validateIn) (*validateOut, error) {
	found := playbooks.Validate([]byte(in.Body.Source), playbooks.CompileOptions{Catalog: a.catalog})
	out := &validateOut{}
	out.Body.Valid = true
	for _, d := range found {
		out.Body.Valid = out.Body.Valid && d.Severity != playbooks.SeverityError
	}
	out.Body.Diagnostics = diagnosticsOut(found)
	return out, nil
}

type actionsOut struct {
	Body []actionEntry
}

// actionEntry is an action of the catalog as pure data.
type actionEntry struct {
	Name    string          `json:"name"`
	Summary string          `json:"summary"`
	Effect  string          `json:"effect" enum:"none,database,outside,work"`
	Role    string          `json:"role"`
	Params  json.RawMessage `json:"params" doc:"JSON Schema of the parameters"`
	Result  json.RawMessage `json:"result" doc:"JSON Schema of the result"`
	Undo    string          `json:"undo"`
	DryRun  string          `json:"dry_run"`
}

func (a *API) listActions(context.Context, *struct{}) (*actionsOut, error) {
	out := &actionsOut{Body: []actionEntry{}}
	for _, s := range a.catalog.List() {
		out.Body = append(out.Body, actionEntry{
			Name: s.Name, Summary: s.Summary, Effect: string(s.Effect), Role: s.Role, Params: s.Params, Result: s.Result, Undo: s.Undo, DryRun: s.DryRun,
		})
	}
	return out, nil
}

type eventsOut struct {
	Body []eventEntry
}

// eventEntry is a type of event that a playbook can wait for.
type eventEntry struct {
	Name    string          `json:"name"`
	Summary string          `json:"summary"`
	Schema  json.RawMessage `json:"schema" doc:"JSON Schema of the payload"`
}

func (a *API) listEvents(context.Context, *struct{}) (*eventsOut, error) {
	out := &eventsOut{Body: []eventEntry{}}
	for _, e := range playbooks.EventTypes() {
		out.Body = append(out.Body, eventEntry{Name: e.Name, Summary: e.Summary, Schema: e.Schema})
	}
	return out, nil
}

type libraryOut struct {
	Body []libraryEntry
}

// libraryEntry is a playbook that comes with the product, to copy.
type libraryEntry struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Source      string `json:"source"`
}

func (a *API) listLibrary(context.Context, *struct{}) (*libraryOut, error) {
	shipped, err := playbooks.Library()
	if err != nil {
		return nil, err
	}
	out := &libraryOut{Body: []libraryEntry{}}
	for _, e := range shipped {
		out.Body = append(out.Body, libraryEntry{Name: e.Document.Name, Description: e.Document.Description, Source: string(e.Source)})
	}
	return out, nil
}

type schemaOut struct {
	ContentType string `header:"Content-Type"`
	Body        json.RawMessage
}

func (a *API) playbookSchema(context.Context, *struct{}) (*schemaOut, error) {
	return &schemaOut{ContentType: "application/schema+json", Body: playbooks.DocumentSchema(a.catalog)}, nil
}
