package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/intake"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of an import.
const (
	maxImport       = 50 << 20 // bytes as they come
	maxImportText   = 4 * maxImport
	maxImportLines  = 1_000_000
	maxImportErrors = 1000 // that are answered
	importAtOnce    = 1000 // lines of one transaction
)

// ImportedArtifacts is what an import came to.
type ImportedArtifacts struct {
	DryRun         bool          `json:"dry_run" doc:"nothing was kept; this is what would be"`
	Lines          int           `json:"lines" doc:"lines with something in them, the header apart"`
	Created        int           `json:"created"`
	Updated        int           `json:"updated" doc:"they were there, and got what the line says: description, TLP, expiry, further tags; a dry run counts all that are there"`
	Unchanged      int           `json:"unchanged" doc:"they were there, as the line has them"`
	Rejected       int           `json:"rejected"`
	Errors         []ImportError `json:"errors" nullable:"false" doc:"the first 1,000"`
	IgnoredColumns []string      `json:"ignored_columns" nullable:"false"`
}

// ImportError is a line that was not kept.
type ImportError struct {
	Line    int64  `json:"line" doc:"from 1, the header counted"`
	Message string `json:"message"`
}

// importArtifacts reads a CSV while it comes and keeps its indicators, a thousand lines at a time.
func (a *API) importArtifacts(c *gin.Context) {
	out, err := a.importCSV(c)
	if err != nil {
		a.plainProblem(c, err)
		return
	}
	c.JSON(http.StatusOK, out)
}

func (a *API) importCSV(c *gin.Context) (*ImportedArtifacts, error) {
	dryRun := c.Query("dry_run")
	if dryRun != "" && dryRun != "true" && dryRun != "false" {
		return nil, fault.InvalidField("query.dry_run", "must be true or false")
	}
	if err := csvBody(c.GetHeader("Content-Type")); err != nil {
		return nil, err
	}
	body := http.MaxBytesReader(c.Writer, c.Request.Body, maxImport)
	in, err := intake.Open(steady{body, http.NewResponseController(c.Writer)}, intake.Options{
		Format: intake.CSV, Limits: intake.Limits{Text: maxImportText, Columns: 100},
	})
	if err != nil {
		return nil, importFault(err)
	}
	r := &importRun{a: a, out: &ImportedArtifacts{DryRun: dryRun == "true", Errors: []ImportError{}}, seen: map[[sha256.Size]byte]struct{}{}}
	if r.columns, r.out.IgnoredColumns, err = importColumns(in.Position().Header); err != nil {
		return nil, err
	}
	if err := r.all(c.Request.Context(), in); err != nil {
		return nil, r.brokeOff(importFault(err))
	}
	return r.out, nil
}

// csvBody refuses what says that it is something else.
func csvBody(header string) error {
	kind, _, err := mime.ParseMediaType(header)
	switch {
	case header == "" || err == nil && (kind == csvType || kind == "text/plain" || kind == "application/csv" || kind == "application/gzip" || kind == "application/octet-stream"):
		return nil
	default:
		return fault.New(fault.Unsupported, "send the body as %s", csvType)
	}
}

func importFault(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.TooLarge, "the body has more than %d bytes, the most this operation takes", maxImport)
	}
	return err
}

// steady gives a client some time for each part that it sends, and no end of time for all of it.
type steady struct {
	io.Reader

	control *http.ResponseController
}

// Read takes one part.
func (s steady) Read(p []byte) (int, error) {
	_ = s.control.SetReadDeadline(clock.System{}.Now().Add(bodyTimeout)) // not every writer has deadlines; a test's has none
	return s.Reader.Read(p)
}

// importRun is one import on its way.
type importRun struct {
	a       *API
	columns map[string]string // header names to fields
	out     *ImportedArtifacts
	lines   []int64 // of rows
	rows    []*models.Artifact
	seen    map[[sha256.Size]byte]struct{} // digests of what a dry run would have created
}

// all reads the lines and keeps them.
func (r *importRun) all(ctx context.Context, in intake.Reader) error {
	for {
		line, err := in.Next()
		if errors.Is(err, io.EOF) {
			return r.flush(ctx)
		}
		if err != nil {
			return err
		}
		if r.out.Lines++; r.out.Lines > maxImportLines {
			return fault.New(fault.TooLarge, "the CSV has more than %d lines", maxImportLines)
		}
		row, err := importedRow(line, r.columns)
		if err != nil {
			r.reject(line.Number, err)
			continue
		}
		r.lines, r.rows = append(r.lines, line.Number), append(r.rows, row)
		if len(r.rows) < importAtOnce {
			continue
		}
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
}

func (r *importRun) reject(line int64, err error) {
	r.out.Rejected++
	if len(r.out.Errors) < maxImportErrors {
		message := strings.TrimPrefix(sentence(err), "line "+digits(line)+" ")
		r.out.Errors = append(r.out.Errors, ImportError{Line: line, Message: message})
	}
}

// flush keeps the lines that were read, in one transaction with the line of the trail that tells of them.
func (r *importRun) flush(ctx context.Context) error {
	if len(r.rows) == 0 {
		return nil
	}
	defer func() { r.lines, r.rows = r.lines[:0], r.rows[:0] }()
	if r.out.DryRun {
		return r.rehearse(ctx)
	}
	var items []store.BatchItem
	err := r.a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		var err error
		if items, err = t.AddArtifacts(ctx, r.rows, store.Batch{Update: true}); err != nil {
			return audit.Entry{}, err
		}
		created, updated := 0, 0
		for i := range items {
			if items[i].Created {
				created++
			} else if items[i].Updated {
				updated++
			}
		}
		after := map[string]any{"from_line": r.lines[0], "to_line": r.lines[len(r.lines)-1], "created": created, "updated": updated}
		return audit.Entry{Action: "artifact.import", ResourceType: "artifact", After: after}, nil
	})
	if err != nil {
		return err
	}
	for i := range items {
		switch {
		case items[i].Err != nil:
			r.reject(r.lines[i], items[i].Err)
		case items[i].Created:
			r.out.Created++
		case items[i].Updated:
			r.out.Updated++
		default:
			r.out.Unchanged++
		}
	}
	return nil
}

// rehearse counts what flush would do.
func (r *importRun) rehearse(ctx context.Context) error {
	wanted := make([]*models.Artifact, 0, len(r.rows))
	for i, row := range r.rows {
		if err := store.CheckArtifact(row); err != nil {
			r.reject(r.lines[i], err)
			continue
		}
		wanted = append(wanted, row)
	}
	known, err := r.a.tenant(ctx).FindArtifacts(ctx, wanted)
	if err != nil {
		return err
	}
	for i, row := range wanted {
		key := sha256.Sum256([]byte(row.ArtifactType + "\x00" + row.Key))
		_, there := known[i]
		if _, before := r.seen[key]; there || before {
			r.out.Updated++
			continue
		}
		r.seen[key] = struct{}{}
		r.out.Created++
	}
	return nil
}

// brokeOff says what was kept before an import ended early.
func (r *importRun) brokeOff(err error) error {
	kept := r.out.Created + r.out.Updated
	f, ok := errors.AsType[*fault.Error](err)
	if kept == 0 || r.out.DryRun || !ok {
		return err
	}
	told := *f
	told.Message += "; " + digits(int64(kept)) + " indicators before that were kept"
	return &told
}

func importArtifactsDoc(a *API) func(*huma.Operation) {
	return func(ho *huma.Operation) {
		ho.Parameters = append(ho.Parameters, &huma.Param{
			Name: "dry_run", In: "query", Schema: &huma.Schema{Type: "string", Enum: []any{"true", "false"}}, Description: "true: only say what would be kept",
		})
		ho.RequestBody = &huma.RequestBody{
			Required: true,
			Description: "CSV with a header: value, and artifact_type, description, tlp, tags (separated by semicolons), expires_at as they are there. " +
				"Without artifact_type it is guessed. At most 50 MB, gzip or not.",
			Content: map[string]*huma.MediaType{csvType: {Schema: &huma.Schema{Type: "string"}}},
		}
		ho.Responses["200"] = &huma.Response{
			Description: "What it came to",
			Content:     map[string]*huma.MediaType{jsonType: {Schema: a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[ImportedArtifacts](), true, "")}},
		}
	}
}
