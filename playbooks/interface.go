package playbooks

import "embed"

// Limits bound a compiled Plan.
type Limits struct {
	PlanBytes int // of the Plan as JSON
	Steps     int // of the Plan, on_failure included
}

// CompileOptions is what Compile needs beside the document.
type CompileOptions struct {
	Catalog *Catalog
	Limits  Limits // zero values take the defaults: 512 KiB, 2,000 steps
	Budget  Budget // zero takes DefaultBudget
}

// Catalog is the set of actions a playbook may use.
type Catalog struct{}

// NewCatalog checks the specs.
func NewCatalog(specs []ActionSpec) (*Catalog, error) { panic("soon") }

// Lookup finds a spec by name.
func (c *Catalog) Lookup(name string) (ActionSpec, bool) { panic("soon") }

// List gives all specs by name.
func (c *Catalog) List() []ActionSpec { panic("soon") }

// CheckParams checks rendered parameters against the action's JSON Schema.
func (c *Catalog) CheckParams(action string, params map[string]any) error { panic("soon") }

// Parse reads a document.
func Parse(src []byte) (*Document, error) { panic("soon") }

// JSON is the document's canonical form.
func (d *Document) JSON() ([]byte, error) { panic("soon") }

// Compile makes the Plan.
func Compile(doc *Document, opts CompileOptions) (*Plan, []Diagnostic, error) { panic("soon") }

// Validate says everything there is to say about a source.
func Validate(src []byte, opts CompileOptions) []Diagnostic { panic("soon") }

// DocumentSchema is the JSON Schema of the document.
func DocumentSchema(catalog *Catalog) []byte { panic("soon") }

// CheckInputs checks what was given against what is declared and fills in defaults.
func CheckInputs(inputs []Input, given, event map[string]any) (map[string]any, error) { panic("soon") }

// EventTypes lists the published event types.
func EventTypes() []EventType { panic("soon") }

// Fields is the event as expressions see it.
func (e Event) Fields() map[string]any { panic("soon") }

// MatchPattern says whether an event type fits a pattern with * wildcards.
func MatchPattern(pattern, eventType string) bool { panic("soon") }

// Matches says whether an event of this type starts the playbook.
func (t Trigger) Matches(ev *Evaluator, eventType string, env Env) (bool, error) { panic("soon") }

// Skipped is what steps.<id> holds for a step that was skipped or hasn't run.
func (s Step) Skipped() map[string]any { panic("soon") }

// Finished is what steps.<id> holds after the step gave this result.
func (s Step) Finished(result map[string]any) map[string]any { panic("soon") }

// Failed is what steps.<id> holds after the step failed with on_error continue.
func (s Step) Failed(message string) map[string]any { panic("soon") }

// PendingSteps is Env.Steps before the first step.
func (p *Plan) PendingSteps() map[string]any { panic("soon") }

// Library holds the shipped playbooks.
func Library() embed.FS { panic("soon") }
