package api

import (
	"net/http"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func (a *API) hostKeepingRoutes() {
	const tag = "hosts"
	register(a, op{Method: http.MethodGet, Path: "/api/hosts/{id}/timeline", ID: "host-timeline", Summary: "What happened to a host, newest first", Tag: tag, Needs: auth.HostsRead}, a.hostTimeline)
	register(a, op{Method: http.MethodGet, Path: "/api/hosts/{id}/duplicates", ID: "list-host-duplicates", Summary: "Hosts that may be the same machine", Tag: tag, Needs: auth.HostsRead}, a.hostDuplicates)
	register(a, op{Method: http.MethodPost, Path: "/api/hosts/{id}/merge", ID: "merge-hosts", Summary: "Merge other hosts into this one", Tag: tag, Needs: auth.HostsWrite, Idempotent: true}, a.mergeHosts)
	register(a, op{Method: http.MethodGet, Path: "/api/hosts/{id}/aliases", ID: "list-host-aliases", Summary: "Client ids and names that merged hosts left to this one", Tag: tag, Needs: auth.HostsRead}, a.hostAliases)
	register(a, op{Method: http.MethodDelete, Path: "/api/hosts/{id}/aliases/{alias_id}", ID: "delete-host-alias", Summary: "Forget an alias: who has it is a host of its own from then on", Tag: tag, Needs: auth.HostsWrite, Status: http.StatusNoContent}, a.deleteHostAlias)
	register(a, op{Method: http.MethodGet, Path: "/api/hosts/fields", ID: "list-host-fields", Summary: "The tenant's own fields of hosts", Tag: tag, Needs: auth.HostsRead}, a.listHostFields)
	register(a, op{Method: http.MethodPost, Path: "/api/hosts/fields", ID: "create-host-field", Summary: "Add a field to the tenant's hosts", Tag: tag, Needs: auth.HostsFields, Status: http.StatusCreated}, a.createHostField)
	register(a, op{Method: http.MethodPatch, Path: "/api/hosts/fields/{id}", ID: "update-host-field", Summary: "Change a field's label or options", Tag: tag, Needs: auth.HostsFields}, a.updateHostField)
	register(a, op{Method: http.MethodDelete, Path: "/api/hosts/fields/{id}", ID: "delete-host-field", Summary: "Remove a field with all its values", Tag: tag, Needs: auth.HostsFields, Status: http.StatusNoContent}, a.deleteHostField)
}

func (a *API) viewRoutes() {
	const tag = "views"
	register(a, op{Method: http.MethodGet, Path: "/api/views", ID: "list-views", Summary: "Own saved views and those that others share", Tag: tag, Needs: auth.ViewsOwn}, a.listViews)
	register(a, op{Method: http.MethodPost, Path: "/api/views", ID: "create-view", Summary: "Keep a view", Tag: tag, Needs: auth.ViewsOwn, Status: http.StatusCreated}, a.createView)
	register(a, op{Method: http.MethodGet, Path: "/api/views/{id}", ID: "get-view", Summary: "One view", Tag: tag, Needs: auth.ViewsOwn}, a.getView)
	register(a, op{Method: http.MethodPut, Path: "/api/views/{id}", ID: "put-view", Summary: "Change a view", Tag: tag, Needs: auth.ViewsOwn}, a.updateView)
	register(a, op{Method: http.MethodDelete, Path: "/api/views/{id}", ID: "delete-view", Summary: "Forget a view", Tag: tag, Needs: auth.ViewsOwn, Status: http.StatusNoContent}, a.deleteView)
}
