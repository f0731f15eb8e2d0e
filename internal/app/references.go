package app

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/activities"
	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// WriteOpenAPI writes the document of all operations as indented JSON; it needs no database.
func WriteOpenAPI(w io.Writer) error {
	doc, err := describe()
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

// describe makes the document of all operations; it needs no database.
func describe() (*huma.OpenAPI, error) {
	catalog, err := playbooks.NewCatalog(activities.Specs())
	if err != nil {
		return nil, err
	}
	return api.Describe(api.Params{Catalog: catalog, Log: slog.New(slog.DiscardHandler)})
}

// WriteActions writes the reference of the actions a playbook may use.
func WriteActions(w io.Writer) error {
	catalog, err := playbooks.NewCatalog(activities.Specs())
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# Actions\n\nGenerated from the catalog: what a playbook's steps may do.\n")
	for _, s := range catalog.List() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", s.Name, s.Summary)
		fmt.Fprintf(&b, "Effect: %s. Lowest role: %s. Timeout: %s. Tries: %d. Dry run: %s\n", s.Effect, s.Role, s.Timeout, s.Retry.MaxAttempts, s.DryRun)
		if s.Undo != "" {
			fmt.Fprintf(&b, "Taken back by: %s.\n", s.Undo)
		}
		for _, part := range []struct {
			title  string
			schema json.RawMessage
		}{{"Parameters", s.Params}, {"Result", s.Result}} {
			fmt.Fprintf(&b, "\n%s:\n\n", part.title)
			if err := writeFields(&b, part.schema); err != nil {
				return err
			}
		}
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// writeFields makes a table of an object schema's properties, in the order in which the schema lists them.
func writeFields(b *strings.Builder, raw json.RawMessage) error {
	var s struct {
		Properties map[string]struct {
			Type        any    `json:"type"`
			Description string `json:"description"`
			Enum        []any  `json:"enum"`
		} `json:"properties"`
		Required []string `json:"required"`
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	names, err := keysInOrder(raw, "properties")
	if err != nil || len(names) == 0 {
		b.WriteString("none\n")
		return err
	}
	b.WriteString("| name | type | meaning |\n|---|---|---|\n")
	for _, name := range names {
		p := s.Properties[name]
		typ := fmt.Sprint(p.Type)
		if p.Type == nil {
			typ = "any"
		}
		if len(p.Enum) > 0 {
			typ = strings.ReplaceAll(strings.Trim(fmt.Sprint(p.Enum), "[]"), " ", ", ")
		}
		if slices.Contains(s.Required, name) {
			typ += ", required"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, typ, p.Description)
	}
	return nil
}

// keysInOrder lists the keys of one object inside another as they are written.
func keysInOrder(raw json.RawMessage, key string) ([]string, error) {
	var outer map[string]json.RawMessage
	if err := json.Unmarshal(raw, &outer); err != nil {
		return nil, err
	}
	inner, ok := outer[key]
	if !ok {
		return nil, nil
	}
	dec := json.NewDecoder(strings.NewReader(string(inner)))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var keys []string
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		keys = append(keys, fmt.Sprint(t))
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			return nil, err
		}
	}
	return keys, nil
}
