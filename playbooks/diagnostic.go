package playbooks

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

// position is where a part stood in its source, both from 1.
type position struct{ line, column int }
