package api

import (
	"context"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// definitionBody is an artifact's definition on the wire.
type definitionBody struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Type        string          `json:"type" doc:"client, server, client_event, server_event …"`
	Parameters  []parameterBody `json:"parameters" nullable:"false"`
	Sources     []string        `json:"sources" nullable:"false" doc:"of several; none: the artifact itself"`
	Permissions []string        `json:"required_permissions" nullable:"false"`
	NeedsAdmin  bool            `json:"needs_admin" doc:"it can run programs, or is no question to an endpoint"`
	Allowed     bool            `json:"allowed" doc:"the caller may collect it: by role and by the tenant's list"`
}

type parameterBody struct {
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	Default     string   `json:"default"`
	Description string   `json:"description"`
	Choices     []string `json:"choices" nullable:"false"`
}

func shapeDefinition(a *velociraptor.Artifact, role auth.Role, config *models.VelociraptorConfig) definitionBody {
	body := definitionBody{
		Name: a.Name, Description: a.Description, Type: strings.ToLower(a.Type), Sources: notNil(a.Sources), Permissions: notNil(a.Permissions),
		Parameters: make([]parameterBody, len(a.Params)), NeedsAdmin: fleet.NeedsAdmin(a),
	}
	body.Allowed = role.Has(auth.CollectionsStart) && config.Allows(a.Name) && (!body.NeedsAdmin || role.AtLeast(auth.RoleAdmin))
	for i, p := range a.Params {
		body.Parameters[i] = parameterBody{p.Name, p.Type, p.Default, p.Description, notNil(p.Choices)}
	}
	return body
}

type listDefinitionsIn struct {
	Search string `query:"q" maxLength:"200" doc:"words, all of them in the name or the description"`
	Type   string `query:"type" maxLength:"40" doc:"client for what endpoints are asked"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	Skip   int    `query:"skip" minimum:"0" maximum:"10000" default:"0"`
}

type definitionsOut struct {
	Total int              `header:"X-Total-Count" doc:"artifacts that match"`
	Body  []definitionBody `nullable:"false"`
}

// listDefinitions shows the artifacts that match: those with the words in their names first.
func (a *API) listDefinitions(ctx context.Context, in *listDefinitionsIn) (*definitionsOut, error) {
	t := a.tenant(ctx)
	all, err := a.fleet.Artifacts(ctx, t)
	if err != nil {
		return nil, err
	}
	config, err := t.VelociraptorConfig(ctx)
	if err != nil {
		return nil, err
	}
	matching := matchingDefinitions(all, strings.Fields(strings.ToLower(in.Search)), strings.ToLower(in.Type))
	out := &definitionsOut{Total: len(matching), Body: []definitionBody{}}
	role := actor(ctx).Role
	for _, d := range matching[min(in.Skip, len(matching)):min(in.Skip+in.Limit, len(matching))] {
		out.Body = append(out.Body, shapeDefinition(d, role, config))
	}
	return out, nil
}

func matchingDefinitions(all []velociraptor.Artifact, words []string, kind string) []*velociraptor.Artifact {
	var named, described []*velociraptor.Artifact
	for i := range all {
		d := &all[i]
		name := strings.ToLower(d.Name)
		text := name + " " + strings.ToLower(d.Description)
		lacks := func(in string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(in, w) })
		}
		switch {
		case kind != "" && !strings.EqualFold(d.Type, kind) || lacks(text):
		case lacks(name):
			described = append(described, d)
		default:
			named = append(named, d)
		}
	}
	return append(named, described...)
}

type definitionIn struct {
	Name string `path:"name" maxLength:"200" doc:"an artifact's name"`
}

type definitionOut struct{ Body definitionBody }

func (a *API) getDefinition(ctx context.Context, in *definitionIn) (*definitionOut, error) {
	t := a.tenant(ctx)
	d, err := a.fleet.Artifact(ctx, t, in.Name)
	if err != nil {
		return nil, notConfigured(err)
	}
	config, err := t.VelociraptorConfig(ctx)
	if err != nil {
		return nil, err
	}
	return &definitionOut{shapeDefinition(&d, actor(ctx).Role, config)}, nil
}
