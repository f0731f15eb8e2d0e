package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// defaultMaxBody is the most a request body may have, in bytes, where the operation doesn't say otherwise.
const defaultMaxBody = 1 << 20

// op declares an operation. Method, Path, Summary, Tag and Needs are needed.
type op struct {
	Method     string
	Path       string // with {parameters}
	ID         string // operation id; empty: made from method and path
	Summary    string
	Tag        string
	Needs      auth.Permission // what the caller must have; auth.Public: nobody is asked
	StepUp     bool            // the caller must have proved himself once more within the last minutes
	Status     int             // of success; 0: 200 with a body, 204 without
	MaxBody    int64           // bytes; 0: defaultMaxBody
	EmptyBody  bool            // the body may be left out
	Form       bool            // a urlencoded form is taken as well as JSON
	Secret     bool            // inputs hold secrets: no value is ever echoed in an error
	Idempotent bool            // honours Idempotency-Key; POSTs that answer 201 or 202 always do
	Once       []string        // fields of the answer that hold secrets: a repeat under an Idempotency-Key gets it without them
	Sorts      []string        // the fields of the parameter sort
	Produces   []string        // the types of a streamed answer
	NULBelow   string          // the place in the body, a list, below which NUL in texts is let pass; the handler replaces it
}

func (o op) maxBody() int64 {
	if o.MaxBody > 0 {
		return o.MaxBody
	}
	return defaultMaxBody
}

// keyed says whether the operation honours Idempotency-Key. Without a caller there is nobody to keep a key for.
func (o op) keyed() bool {
	starts := o.Method == http.MethodPost && (o.Status == http.StatusCreated || o.Status == http.StatusAccepted)
	return (o.Idempotent || starts) && o.Needs != auth.Public
}

// role is the lowest role that has what the operation needs; public, where nobody is asked.
func (o op) role() string {
	if g, known := o.Needs.Grant(); known {
		return string(g.Role)
	}
	return string(auth.Public)
}

// register adds a typed operation: In and Out are huma's input and output structs. Mistakes are collected and make New
// fail.
func register[In, Out any](a *API, o op, handler func(context.Context, *In) (*Out, error)) {
	if !a.declare(&o) {
		return
	}
	for _, t := range []reflect.Type{reflect.TypeFor[In](), reflect.TypeFor[Out]()} {
		if err := hiddenFields(t, map[reflect.Type]bool{}); err != nil {
			a.errs = append(a.errs, fmt.Errorf("operation %s: %w", o.ID, err))
		}
	}
	defer func() {
		if r := recover(); r != nil { // huma panics on a type it can't describe
			a.errs = append(a.errs, fmt.Errorf("operation %s: %v", o.ID, r))
		}
	}()
	ho := a.document(o)
	ho.DefaultStatus = o.Status
	ho.MaxBodyBytes = -1    // readBody bounds it, and says 413 only above the limit
	ho.BodyReadTimeout = -1 // likewise
	ho.Middlewares = huma.Middlewares{a.authenticate(o), a.readBody(o), a.idempotency(o)}
	huma.Register(a.huma, ho, func(ctx context.Context, in *In) (*Out, error) {
		out, err := handler(ctx, in)
		if err != nil {
			a.denied(ctx, o, err)
			return nil, a.toProblem(ctx, err)
		}
		return out, nil
	})
}

// registerRaw adds an operation that Gin serves directly (streams, the WebSocket, files). The caller is already known
// and allowed when handler runs. doc completes the entry in the document: parameters, request body, responses.
func registerRaw(a *API, o op, handler gin.HandlerFunc, doc func(*huma.Operation)) {
	if !a.declare(&o) {
		return
	}
	ho := a.document(o)
	if doc != nil {
		doc(&ho)
	}
	a.huma.OpenAPI().AddOperation(&ho)
	path := strings.NewReplacer("{", ":", "}", "").Replace(o.Path)
	a.engine.Handle(o.Method, path, a.allow(o), handler)
}

// declare checks what every operation must say about itself and remembers it.
func (a *API) declare(o *op) bool {
	if o.ID == "" {
		o.ID = operationID(o.Method, o.Path)
	}
	n := len(a.errs)
	if _, known := o.Needs.Grant(); o.Needs != auth.Public && !known {
		a.errs = append(a.errs, fmt.Errorf("operation %s %s declares no permission of the table", o.Method, o.Path))
	}
	if o.Summary == "" || o.Tag == "" {
		a.errs = append(a.errs, fmt.Errorf("operation %s %s needs a summary and a tag", o.Method, o.Path))
	}
	if _, taken := a.ops[o.ID]; taken {
		a.errs = append(a.errs, fmt.Errorf("operation id %s is there twice", o.ID))
	}
	a.ops[o.ID] = *o
	return len(a.errs) == n
}

// operationID makes an id such as get-api-hosts-id from a method and a path.
func operationID(method, path string) string {
	words := strings.FieldsFunc(strings.TrimPrefix(path, "/api"), func(r rune) bool { return strings.ContainsRune("/{}._", r) })
	return strings.ToLower(method + "-" + strings.Join(words, "-"))
}

// document makes the operation's entry in the OpenAPI document.
func (a *API) document(o op) huma.Operation {
	ho := huma.Operation{
		OperationID: o.ID, Method: o.Method, Path: o.Path, Summary: o.Summary, Tags: []string{o.Tag},
		Responses:  map[string]*huma.Response{},
		Extensions: map[string]any{"x-permission": string(o.Needs), "x-role": o.role()},
	}
	if o.Needs == auth.Public {
		ho.Description = "Needs nobody signed in."
	} else {
		ho.Description = fmt.Sprintf("Needs the permission %s, which the role %s and those above it have.", o.Needs, o.role())
		ho.Security = []map[string][]string{{"bearer": {}}}
	}
	if o.StepUp {
		ho.Description += " Needs a step-up (POST /api/auth/step-up) within the last five minutes."
		ho.Extensions["x-step-up"] = true
	}
	for _, status := range o.failures() {
		ho.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content:     map[string]*huma.MediaType{problemType: {Schema: &a.problem}},
		}
	}
	if len(o.Produces) > 0 {
		content := map[string]*huma.MediaType{}
		for _, typ := range o.Produces {
			content[typ] = &huma.MediaType{}
		}
		ho.Responses["200"] = &huma.Response{Description: http.StatusText(http.StatusOK), Content: content}
	}
	if o.keyed() {
		ho.Parameters = append(ho.Parameters, &huma.Param{
			Name: idempotencyHeader, In: "header", Schema: &huma.Schema{Type: "string", MaxLength: new(maxKey)},
			Description: "Repeats under the same key within 24 hours get the first answer; another body under it is refused.",
		})
	}
	return ho
}

// failures are the statuses of problems worth documenting: 422 and 429 aside, what the shape of the operation implies.
func (o op) failures() []int {
	out := []int{http.StatusUnprocessableEntity, http.StatusInternalServerError}
	if o.Needs != auth.Public {
		out = append(out, http.StatusUnauthorized)
		if o.role() != string(auth.RoleViewer) || o.StepUp {
			out = append(out, http.StatusForbidden)
		}
	}
	if strings.Contains(o.Path, "{") {
		out = append(out, http.StatusNotFound)
	}
	if o.Method != http.MethodGet {
		out = append(out, http.StatusBadRequest, http.StatusConflict)
	}
	return out
}

// completeOperation runs when huma has described an operation's input: it adds what the declaration knows better.
func (a *API) completeOperation(_ *huma.OpenAPI, ho *huma.Operation) {
	o := a.ops[ho.OperationID]
	if ho.RequestBody != nil {
		if o.EmptyBody {
			ho.RequestBody.Required = false
		}
		if json := ho.RequestBody.Content[jsonType]; o.Form && json != nil {
			ho.RequestBody.Content[formType] = &huma.MediaType{Schema: json.Schema}
		}
	}
	for _, p := range ho.Parameters {
		if p.In != "query" || p.Name != "sort" || len(o.Sorts) == 0 {
			continue
		}
		for _, s := range o.Sorts {
			p.Schema.Enum = append(p.Schema.Enum, s, "-"+s)
		}
		p.Schema.PrecomputeMessages()
	}
}

// finishDocument removes huma's own error type and puts operations into a stable order of tags.
func (a *API) finishDocument() {
	doc := a.huma.OpenAPI()
	delete(doc.Components.Schemas.Map(), "ErrorModel")
	delete(doc.Components.Schemas.Map(), "ErrorDetail")
	seen := map[string]bool{}
	for _, o := range a.ops {
		if !seen[o.Tag] {
			seen[o.Tag] = true
			doc.Tags = append(doc.Tags, &huma.Tag{Name: o.Tag})
		}
	}
	slices.SortFunc(doc.Tags, func(x, y *huma.Tag) int { return strings.Compare(x.Name, y.Name) })
}
