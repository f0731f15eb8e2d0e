package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/runs"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// maxPlaybookBody is the most a request with a playbook may have: the language's own bound is on the source in it.
const maxPlaybookBody = 1 << 20

// playbookBody is a playbook's wire form: the head, and the document's parts as the canonical form has them.
type playbookBody struct {
	ID            int64            `json:"id"`
	Name          string           `json:"name"`
	Description   string           `json:"description"`
	Enabled       bool             `json:"enabled" doc:"Whether its own trigger starts runs; by hand it can always be run"`
	TriggerType   string           `json:"trigger_type" enum:"manual,schedule,event"`
	Trigger       json.RawMessage  `json:"trigger"`
	Inputs        json.RawMessage  `json:"inputs"`
	Actions       json.RawMessage  `json:"actions"`
	Version       int              `json:"version"`
	PublisherID   *int64           `json:"publisher_id" doc:"Who runs by event act as"`
	Source        string           `json:"source,omitempty" doc:"The document as it was written; not in lists"`
	Warnings      []diagnostic     `json:"warnings,omitempty"`
	LastExecution *playbookLastRun `json:"last_execution"`
	CreatedAt     time.Time        `json:"created_at"`
	UpdatedAt     time.Time        `json:"updated_at"`
}

// playbookLastRun is the newest run of a playbook.
type playbookLastRun struct {
	ID         int64      `json:"id"`
	Status     string     `json:"status"`
	CreatedAt  time.Time  `json:"created_at"`
	FinishedAt *time.Time `json:"finished_at"`
}

// diagnostic is something the compiler has to say about a source.
type diagnostic struct {
	Severity string `json:"severity" enum:"error,warning"`
	Path     string `json:"path" doc:"Where in the document, for example actions[2].params.title"`
	Line     int    `json:"line" doc:"1 is the first; 0: unknown"`
	Column   int    `json:"column"`
	Message  string `json:"message"`
}

func diagnosticsOut(list []playbooks.Diagnostic) []diagnostic {
	out := make([]diagnostic, 0, len(list))
	for _, d := range list {
		out = append(out, diagnostic{Severity: string(d.Severity), Path: d.Path, Line: d.Line, Column: d.Column, Message: d.Message})
	}
	return out
}

// playbookInput is what a client sends: {"source": "<YAML or JSON>", "enabled"?} or the document's own fields, with enabled
// beside them.
type playbookInput struct {
	source  []byte
	enabled *bool
}

// Schema describes both forms.
func (playbookInput) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: "object", AdditionalProperties: true,
		Description: "Either the text of a playbook in source, or the document's own fields (the JSON Schema at /api/playbooks/schema.json).",
		Properties: map[string]*huma.Schema{
			"source":  {Type: "string", Description: "The playbook as YAML or JSON text"},
			"enabled": {Type: "boolean", Description: "Whether its own trigger starts runs; true for a new playbook"},
		},
	}
}

// UnmarshalJSON takes the two forms apart; the compiler judges the document.
func (b *playbookInput) UnmarshalJSON(raw []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		return errors.New("a playbook is a JSON object")
	}
	if enabled, ok := fields["enabled"]; ok {
		if err := json.Unmarshal(enabled, &b.enabled); err != nil {
			return errors.New("enabled must be true or false")
		}
		delete(fields, "enabled")
	}
	text, ok := fields["source"]
	if !ok {
		if len(fields) > 0 {
			b.source = withoutKey(raw, fields)
		}
		return nil
	}
	var source string
	if err := json.Unmarshal(text, &source); err != nil {
		return errors.New("source must be a text")
	}
	if len(fields) > 1 {
		return errors.New("source stands alone: the document's fields belong inside it")
	}
	b.source = []byte(source)
	return nil
}

// withoutKey is the document itself, in the order it was written where nothing had to be taken out.
func withoutKey(raw []byte, fields map[string]json.RawMessage) []byte {
	if !bytes.Contains(raw, []byte(`"enabled"`)) {
		return raw
	}
	b, _ := json.Marshal(fields) //nolint:errchkjson // raw messages that were just decoded
	return b
}

type playbookIn struct {
	Body playbookInput
}

type playbookChangeIn struct {
	IDInput

	IfMatch string `header:"If-Match" doc:"The version that is being changed, from ETag; another one by now answers 412"`
	Body    playbookInput
}

type playbookOut struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag" doc:"The version, for If-Match"`
	Body     playbookBody
}

// compiled checks a source and makes the draft of a version. The author needs every right that the actions need.
func (a *API) compiled(ctx context.Context, source []byte) (store.PlaybookDraft, []playbooks.Diagnostic, error) {
	var d store.PlaybookDraft
	doc, err := playbooks.Parse(source)
	if err != nil {
		return d, nil, playbookFault(err)
	}
	plan, notes, err := playbooks.Compile(doc, playbooks.CompileOptions{Catalog: a.catalog})
	if err != nil {
		return d, notes, playbookFault(err)
	}
	who := actor(ctx)
	if err := runs.MayRun(who, plan); err != nil {
		return d, notes, err
	}
	document, err := doc.JSON()
	if err != nil {
		return d, notes, err
	}
	planJSON, err := json.Marshal(plan)
	if err != nil {
		return d, notes, fault.Wrap(err, fault.Internal, "the plan can't be written")
	}
	return store.PlaybookDraft{
		Name: plan.Name, Description: plan.Description, TriggerType: string(plan.Trigger.Type), Patterns: plan.Trigger.Events,
		Version: models.PlaybookVersion{Source: string(source), Document: document, Plan: planJSON}, Author: publisher(who),
	}, notes, nil
}

// playbookFault puts the parts of a document under the field that held it.
func playbookFault(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	fields := slices.Clone(f.Fields)
	for i := range fields {
		fields[i].Location = "body." + fields[i].Location
	}
	return &fault.Error{Kind: fault.Invalid, Code: f.Code, Message: f.Message, Fields: fields}
}

func (a *API) createPlaybook(ctx context.Context, in *playbookIn) (*playbookOut, error) {
	if in.Body.source == nil {
		return nil, fault.InvalidField("body.source", "is missing: send the playbook's text in source, or its fields")
	}
	d, notes, err := a.compiled(ctx, in.Body.source)
	if err != nil {
		return nil, err
	}
	enabled := in.Body.enabled == nil || *in.Body.enabled
	if err := mayPublish(ctx, d.TriggerType, enabled); err != nil {
		return nil, err
	}
	var row *models.Playbook
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if row, err = t.CreatePlaybook(ctx, d, enabled); err != nil {
			return e, err
		}
		return entry("playbook.create", row.ID, nil, recordPlaybook(row)), nil
	})
	if err != nil {
		return nil, err
	}
	out, err := playbookAnswer(row, &d.Version, notes)
	if err == nil {
		out.Location = location("/api/playbooks/", row.ID)
	}
	return out, err
}

func (a *API) updatePlaybook(ctx context.Context, in *playbookChangeIn) (*playbookOut, error) {
	if in.Body.source == nil {
		return a.switchPlaybook(ctx, a.tenant(ctx), in)
	}
	d, notes, err := a.compiled(ctx, in.Body.source)
	if err != nil {
		return nil, err
	}
	version, err := versionOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := mayPublish(ctx, d.TriggerType, in.Body.enabled == nil || *in.Body.enabled); err != nil {
		return nil, err
	}
	row, err := a.changePlaybook(ctx, in.ID, "playbook.update", func(ctx context.Context, t *store.Tenant) (*models.Playbook, error) {
		return t.UpdatePlaybook(ctx, in.ID, d, in.Body.enabled, version)
	})
	if err != nil {
		return nil, err
	}
	return playbookAnswer(row, &d.Version, notes)
}

// switchPlaybook turns the playbook's own trigger on or off without a new version.
func (a *API) switchPlaybook(ctx context.Context, t *store.Tenant, in *playbookChangeIn) (*playbookOut, error) {
	if in.Body.enabled == nil {
		return nil, fault.InvalidField("body", "changes nothing: send source, the document's fields, or enabled")
	}
	v, err := t.PlaybookVersion(ctx, in.ID, 0)
	if err != nil {
		return nil, err
	}
	var plan playbooks.Plan
	if err := json.Unmarshal(v.Plan, &plan); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the plan can't be read")
	}
	who := actor(ctx)
	if *in.Body.enabled {
		if err := runs.MayRun(who, &plan); err != nil {
			return nil, err
		}
	}
	if err := mayPublish(ctx, string(plan.Trigger.Type), *in.Body.enabled); err != nil {
		return nil, err
	}
	action := "playbook.disable"
	if *in.Body.enabled {
		action = "playbook.enable"
	}
	row, err := a.changePlaybook(ctx, in.ID, action, func(ctx context.Context, t *store.Tenant) (*models.Playbook, error) {
		return t.EnablePlaybook(ctx, in.ID, *in.Body.enabled, plan.Trigger.Events, publisher(who))
	})
	if err != nil {
		return nil, err
	}
	return playbookAnswer(row, v, nil)
}

func (a *API) getPlaybook(ctx context.Context, in *IDInput) (*playbookOut, error) {
	t := a.tenant(ctx)
	row, err := t.Playbook(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := t.PlaybookVersion(ctx, in.ID, row.Version)
	if err != nil {
		return nil, err
	}
	out, err := playbookAnswer(row, v, nil)
	if err != nil {
		return nil, err
	}
	last, err := t.LastExecutions(ctx, []int64{row.ID})
	if err != nil {
		return nil, err
	}
	out.Body.LastExecution = lastRun(last, row.ID)
	return out, nil
}

func (a *API) deletePlaybook(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		before, err := t.Playbook(ctx, in.ID)
		if err != nil {
			return e, err
		}
		return entry("playbook.delete", in.ID, recordPlaybook(before), nil), t.DeletePlaybook(ctx, in.ID)
	})
}

// changePlaybook makes a change and the line that tells of it.
func (a *API) changePlaybook(
	ctx context.Context, id int64, action string, change func(context.Context, *store.Tenant) (*models.Playbook, error),
) (row *models.Playbook, err error) {
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		before, err := t.Playbook(ctx, id)
		if err != nil {
			return e, err
		}
		if row, err = change(ctx, t); err != nil {
			return e, err
		}
		return entry(action, id, recordPlaybook(before), recordPlaybook(row)), nil
	})
	return row, err
}

// recordPlaybook is what the trail keeps of a playbook. Its text is kept with its version, and may hold secrets.
func recordPlaybook(row *models.Playbook) map[string]any {
	return map[string]any{
		"name": row.Name, "description": row.Description, "enabled": row.Enabled, "trigger_type": row.TriggerType, "version": row.Version,
		"publisher_id": row.PublisherID,
	}
}

func playbookAnswer(row *models.Playbook, v *models.PlaybookVersion, notes []playbooks.Diagnostic) (*playbookOut, error) {
	p, err := playbookWire(row, v.Document)
	if err != nil {
		return nil, err
	}
	p.Source = v.Source
	p.Warnings = diagnosticsOut(notes)
	return &playbookOut{ETag: etagOf(row.Version), Body: p}, nil
}

func playbookWire(row *models.Playbook, document json.RawMessage) (playbookBody, error) {
	var d struct {
		Trigger json.RawMessage `json:"trigger"`
		Inputs  json.RawMessage `json:"inputs"`
		Actions json.RawMessage `json:"actions"`
	}
	if err := json.Unmarshal(document, &d); err != nil {
		return playbookBody{}, fault.Wrap(err, fault.Internal, "the document can't be read")
	}
	return playbookBody{
		ID: row.ID, Name: row.Name, Description: row.Description, Enabled: row.Enabled, TriggerType: row.TriggerType,
		Trigger: orJSON(d.Trigger, "{}"), Inputs: orJSON(d.Inputs, "{}"), Actions: orJSON(d.Actions, "[]"),
		Version: row.Version, PublisherID: row.PublisherID, CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(),
	}, nil
}

func orJSON(raw json.RawMessage, empty string) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage(empty)
	}
	return raw
}

func lastRun(last map[int64]models.Execution, id int64) *playbookLastRun {
	e, ok := last[id]
	if !ok {
		return nil
	}
	return &playbookLastRun{ID: e.ID, Status: e.Status, CreatedAt: e.CreatedAt.UTC(), FinishedAt: e.FinishedAt}
}

type listPlaybooksIn struct {
	PageInput

	Q           string `query:"q" maxLength:"200" doc:"part of the name"`
	Enabled     string `query:"enabled" enum:"true,false"`
	TriggerType string `query:"trigger_type" enum:"manual,schedule,event"`
}

func (a *API) listPlaybooks(ctx context.Context, in *listPlaybooksIn) (*listOut[playbookBody], error) {
	t := a.tenant(ctx)
	q := store.PlaybookQuery{PageQuery: in.query(), Q: in.Q, TriggerType: in.TriggerType}
	if in.Enabled != "" {
		q.Enabled = new(in.Enabled == "true")
	}
	rows, p, err := t.ListPlaybooks(ctx, q)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	documents, err := t.CurrentDocuments(ctx, ids)
	if err != nil {
		return nil, err
	}
	last, err := t.LastExecutions(ctx, ids)
	if err != nil {
		return nil, err
	}
	var bad error
	out := list(ctx, rows, p, func(row *models.Playbook) playbookBody {
		b, err := playbookWire(row, documents[row.ID])
		bad = errors.Join(bad, err)
		b.LastExecution = lastRun(last, row.ID)
		return b
	})
	return out, bad
}

// etagOf is a version as an entity tag (RFC 9110, section 8.8.3).
func etagOf(version int) string { return strconv.Quote(strconv.Itoa(version)) }

// versionOf reads If-Match; 0 stands for none given, or any.
func versionOf(header string) (int, error) {
	header = strings.TrimSpace(header)
	if header == "" || header == "*" {
		return 0, nil
	}
	text, err := strconv.Unquote(header)
	if err != nil {
		text = header
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < 1 {
		return 0, fault.InvalidField("header.If-Match", "must be the ETag of the playbook, for example \"3\"")
	}
	return v, nil
}
