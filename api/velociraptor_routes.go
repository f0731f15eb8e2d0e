package api

import (
	"net/http"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

const velociraptorTag = "velociraptor"

// velociraptorRoutes are the tenant's server: how it is reached, and what is there.
func (a *API) velociraptorRoutes() {
	const tag, path = velociraptorTag, "/api/velociraptor"
	get, post := http.MethodGet, http.MethodPost
	register(a, op{Method: get, Path: path + "/config", ID: "get-velociraptor-config", Summary: "How the tenant's Velociraptor server is reached, and how that went; never its keys", Tag: tag, Needs: auth.VelociraptorRead}, a.getVelociraptor)
	register(a, op{Method: post, Path: path + "/config", ID: "save-velociraptor-config", Summary: "Connect a Velociraptor server, or rotate its keys: tested first, and what runs goes on", Tag: tag, Needs: auth.VelociraptorManage, Secret: true}, a.saveVelociraptor)
	register(a, op{Method: http.MethodPatch, Path: path + "/config", ID: "update-velociraptor-config", Summary: "Choose the org, the artifacts that isolate, and those that may be collected", Tag: tag, Needs: auth.VelociraptorManage}, a.updateVelociraptor)
	register(a, op{Method: http.MethodDelete, Path: path + "/config", ID: "delete-velociraptor-config", Summary: "Forget the Velociraptor server and its keys, and take our callbacks away from it; hosts and rows stay", Tag: tag, Needs: auth.VelociraptorManage, Status: http.StatusNoContent}, a.deleteVelociraptor)
	register(a, op{Method: post, Path: path + "/config/test", ID: "test-velociraptor-config", Summary: "Try a connection, the given or the saved one, check by check; changes nothing", Tag: tag, Needs: auth.VelociraptorManage, Secret: true, EmptyBody: true}, a.testVelociraptor)
	register(a, op{Method: get, Path: path + "/clients", ID: "list-velociraptor-clients", Summary: "The server's clients, by their ids or as its own search finds them", Tag: tag, Needs: auth.VelociraptorRead}, a.listClients)
	register(a, op{Method: get, Path: path + "/clients/{client_id}", ID: "get-velociraptor-client", Summary: "One client", Tag: tag, Needs: auth.VelociraptorRead}, a.getClient)
	register(a, op{Method: get, Path: path + "/clients/{client_id}/flows", ID: "list-velociraptor-flows", Summary: "A client's collections on the server, whoever started them, the newest first", Tag: tag, Needs: auth.VelociraptorRead}, a.listFlows)
	register(a, op{Method: get, Path: path + "/artifacts", ID: "list-velociraptor-artifacts", Summary: "The server's artifacts with their parameters; up to five minutes old", Tag: tag, Needs: auth.VelociraptorRead}, a.listDefinitions)
	register(a, op{Method: get, Path: path + "/artifacts/{name}", ID: "get-velociraptor-artifact", Summary: "One artifact of the server", Tag: tag, Needs: auth.VelociraptorRead}, a.getDefinition)
}
