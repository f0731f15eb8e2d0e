package bulk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Action is one line of the table: what can be done to many rows of a kind at once.
type Action struct {
	Resource   string
	Name       string
	Summary    string
	Permission auth.Permission // the action's own: asked at the start and before every slice
	Undoable   bool
	StepUpOver int          // more rows than this need a caller who proved himself once more; 0: never
	Params     reflect.Type // a struct; its tags say what is allowed, as those of request bodies do

	slice int // items of one transaction
	check func(ctx context.Context, c Call, raw json.RawMessage) (json.RawMessage, error)
	do    func(ctx context.Context, c Call, raw json.RawMessage, items []models.BulkItem) ([]store.BulkOutcome, error)
	undo  func(ctx context.Context, c Call, items []models.BulkItem) ([]store.BulkOutcome, error)
	file  bool // it writes a file instead of changing rows
}

// Call is what an action works with: the handle of its transaction and whom it acts for.
type Call struct {
	Tenant *store.Tenant
	Actor  auth.Principal
	Job    *models.BulkJob // nil while a job is being checked
	Log    *slog.Logger
}

// spec is an action over its own type of parameters.
type spec[P any] struct {
	resource   string
	name       string
	summary    string
	permission auth.Permission
	slice      int // 0: eachSlice
	stepUpOver int // 0: never

	// check refuses parameters that won't do, at the start and before every slice, and brings them into the form that the
	// job keeps. May be nil.
	check func(ctx context.Context, c Call, p *P) error
	do    func(ctx context.Context, c Call, p P, items []models.BulkItem) ([]store.BulkOutcome, error)
	undo  func(ctx context.Context, c Call, items []models.BulkItem) ([]store.BulkOutcome, error)
}

const (
	eachSlice = 200   // items that are changed one by one
	setSlice  = 1_000 // items that are changed together
)

// none are the parameters of an action that takes none.
type none struct{}

// lift makes a line of the table of a spec.
func lift[P any](s spec[P]) Action {
	a := Action{
		Resource: s.resource, Name: s.name, Summary: s.summary, Permission: s.permission, Undoable: s.undo != nil, StepUpOver: s.stepUpOver,
		Params: reflect.TypeFor[P](), slice: s.slice, undo: s.undo,
	}
	if a.slice == 0 {
		a.slice = eachSlice
	}
	read := func(raw json.RawMessage) (p P, err error) {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&p); err != nil {
			return p, fault.InvalidField("body.params", "don't fit the action %s", s.name)
		}
		return p, nil
	}
	a.check = func(ctx context.Context, c Call, raw json.RawMessage) (json.RawMessage, error) {
		p, err := read(raw)
		if err == nil && s.check != nil {
			err = s.check(ctx, c, &p)
		}
		if err != nil {
			return nil, err
		}
		return json.Marshal(p)
	}
	a.do = func(ctx context.Context, c Call, raw json.RawMessage, items []models.BulkItem) ([]store.BulkOutcome, error) {
		p, err := read(raw)
		if err != nil {
			return nil, err
		}
		return s.do(ctx, c, p, items)
	}
	return a
}

// change is what an action did to one row; both are what the item keeps. Nil for a row that was so already.
type change struct{ before, after any }

// each decides items one by one, each on its own account: a row that is gone or is so already is skipped, one that refuses is
// failed with the reason, and the others go on. Only trouble that a repeat may help ends the slice.
func each(ctx context.Context, c Call, items []models.BulkItem, act func(ctx context.Context, t *store.Tenant, item *models.BulkItem) (*change, error)) ([]store.BulkOutcome, error) {
	out := make([]store.BulkOutcome, 0, len(items))
	for i := range items {
		var made *change
		err := c.Tenant.Try(ctx, func(ctx context.Context, t *store.Tenant) (err error) {
			made, err = act(ctx, t, &items[i])
			return err
		})
		if fault.Is(err, fault.Unavailable) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		o, err := c.outcome(ctx, items[i].ResourceID, made, err)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// outcome puts into an item's words what came of its row.
func (c Call) outcome(ctx context.Context, id int64, made *change, err error) (o store.BulkOutcome, _ error) {
	o.ResourceID = id
	switch {
	case fault.Is(err, fault.NotFound):
		o.Status, o.Error = models.BulkItemSkipped, store.BulkGone
	case err != nil:
		if fault.Is(err, fault.Internal) {
			c.Log.ErrorContext(ctx, "an item of a bulk job failed", "tenant_id", c.Tenant.ID(), "resource_id", id, "error", err)
		}
		o.Status, o.Error = models.BulkItemFailed, fault.Safe(err)
	case made == nil:
		o.Status, o.Error = models.BulkItemSkipped, alreadySo
	default:
		o.Status = models.BulkItemDone
		var errs [2]error
		if made.before != nil {
			o.Before, errs[0] = json.Marshal(made.before)
		}
		if made.after != nil {
			o.After, errs[1] = json.Marshal(made.after)
		}
		return o, errors.Join(errs[:]...)
	}
	return o, nil
}

// Why an item was skipped.
const (
	alreadySo  = "it is so already"
	changedNow = "it was changed since; it stays as it is"
)
