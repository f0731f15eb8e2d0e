package api

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// Permission is a line of the permission table as the wire has it.
type Permission struct {
	Permission auth.Permission `json:"permission"`
	Role       auth.Role       `json:"role" enum:"viewer,user,admin,super_admin" doc:"the lowest role that has it"`
	Keys       bool            `json:"keys" doc:"a service key may hold it as a scope"`
	Summary    string          `json:"summary"`
}

type permissionsOut struct {
	Body []Permission `nullable:"false"`
}

func (*API) listPermissions(context.Context, *struct{}) (*permissionsOut, error) {
	out := &permissionsOut{}
	for _, g := range auth.Permissions() {
		out.Body = append(out.Body, Permission{Permission: g.Permission, Role: g.Role, Keys: g.Keys, Summary: g.Summary})
	}
	return out, nil
}
