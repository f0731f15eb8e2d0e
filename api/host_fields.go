package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// HostField is one of a tenant's own fields of hosts, on the wire.
type HostField struct {
	ID        int64     `json:"id"`
	Key       string    `json:"key" doc:"names it in custom_fields; never changes"`
	Label     string    `json:"label"`
	Type      string    `json:"type" enum:"text,number,boolean,date,select" doc:"date: a text such as 2026-11-22; select: one of the options"`
	Options   []string  `json:"options" nullable:"false"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

type hostFieldOut struct {
	Location string `header:"Location"`
	Body     HostField
}

func shapeHostField(row *models.HostField) HostField {
	return HostField{
		ID: row.ID, Key: row.Key, Label: row.Label, Type: row.Type, Options: notNil(row.Options), CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(),
	}
}

type hostFieldsOut struct {
	Body []HostField `nullable:"false"`
}

func (a *API) listHostFields(ctx context.Context, _ *struct{}) (*hostFieldsOut, error) {
	rows, err := a.tenant(ctx).HostFields(ctx)
	if err != nil {
		return nil, err
	}
	out := &hostFieldsOut{Body: make([]HostField, 0, len(rows))}
	for i := range rows {
		out.Body = append(out.Body, shapeHostField(&rows[i]))
	}
	return out, nil
}

type createHostFieldIn struct {
	Body struct {
		Key     string   `json:"key" pattern:"^[a-z][a-z0-9_]{0,62}$" patternDescription:"a lower-case letter, then letters, digits and underscores" maxLength:"63"`
		Label   string   `json:"label" minLength:"1" maxLength:"100"`
		Type    string   `json:"type" enum:"text,number,boolean,date,select"`
		Options []string `json:"options,omitempty" nullable:"false" maxItems:"200" doc:"of a select"`
	}
}

func (a *API) createHostField(ctx context.Context, in *createHostFieldIn) (*hostFieldOut, error) {
	row := &models.HostField{Key: in.Body.Key, Label: in.Body.Label, Type: in.Body.Type, Options: in.Body.Options}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		if err := t.CreateHostField(ctx, row); err != nil {
			return audit.Entry{}, inBody(err)
		}
		return entry("host_field.create", row.ID, nil, shapeHostField(row)), nil
	})
	if err != nil {
		return nil, err
	}
	return &hostFieldOut{Location: location("/api/hosts/fields/", row.ID), Body: shapeHostField(row)}, nil
}

type updateHostFieldIn struct {
	IDInput

	Body struct {
		Label   *string   `json:"label,omitempty" minLength:"1" maxLength:"100"`
		Options *[]string `json:"options,omitempty" nullable:"false" maxItems:"200" doc:"replaces all; values that hosts have stay"`
	}
}

func (a *API) updateHostField(ctx context.Context, in *updateHostFieldIn) (*hostFieldOut, error) {
	out := &hostFieldOut{}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, row, err := t.UpdateHostField(ctx, in.ID, store.HostFieldChange{Label: in.Body.Label, Options: in.Body.Options})
		if err != nil {
			return audit.Entry{}, inBody(err)
		}
		out.Body = shapeHostField(row)
		return entry("host_field.update", in.ID, shapeHostField(before), out.Body), nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *API) deleteHostField(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		row, values, err := t.DeleteHostField(ctx, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		return entry("host_field.delete", in.ID, map[string]any{"field": shapeHostField(row), "values": values}, nil), nil
	})
}
