package playbooks

import (
	"fmt"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Severity is how grave a diagnostic is.
type Severity string

// The severities. One error keeps a document from running; a warning doesn't.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Diagnostic is one thing to say about a document.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Path     string   `json:"path"`   // for example actions[2].params.title, "" for the document
	Line     int      `json:"line"`   // from 1, 0 when unknown
	Column   int      `json:"column"` // from 1, 0 when unknown
	Message  string   `json:"message"`
}

// CodeInvalidPlaybook is the stable code of a document that can't be read or compiled.
const CodeInvalidPlaybook = "invalid_playbook"

// maxDiagnostics is how many errors are worth telling at once.
const maxDiagnostics = 50

// position is where a part stood in its source, both from 1; the zero position is unknown.
type position struct{ line, column int }

// String writes the place for people.
func (p position) String() string { return fmt.Sprintf("line %d, column %d", p.line, p.column) }

// diagnosticsFault is one error for all errors among the diagnostics, nil where there are none.
func diagnosticsFault(kind fault.Kind, diagnostics []Diagnostic) error {
	var fields []fault.Field
	for _, d := range diagnostics {
		if d.Severity == SeverityError {
			fields = append(fields, fault.Field{Location: d.Path, Message: d.placed()})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	message := fields[0].Message
	if fields[0].Location != "" {
		message = fields[0].Location + ": " + message
	}
	if more := len(fields) - 1; more > 0 {
		message += fmt.Sprintf(" (and %d more)", more)
	}
	return fault.New(kind, "the playbook can't be used: %s", message).WithCode(CodeInvalidPlaybook).WithFields(fields...)
}

// placed is the message with its place in front.
func (d Diagnostic) placed() string {
	if d.Line == 0 {
		return d.Message
	}
	return position{d.Line, d.Column}.String() + ": " + d.Message
}

// sourceError is the one thing wrong with a source that can't be read any further.
type sourceError struct {
	kind       fault.Kind
	diagnostic Diagnostic
}

// Error gives the message with its place.
func (e *sourceError) Error() string { return e.diagnostic.placed() }

func sourceFault(kind fault.Kind, at position, path *trail, format string, args ...any) error {
	return &sourceError{kind: kind, diagnostic: Diagnostic{
		Severity: SeverityError, Path: path.String(), Line: at.line, Column: at.column,
		Message: strings.TrimSpace(fmt.Sprintf(format, args...)),
	}}
}
