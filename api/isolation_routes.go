package api

import (
	"net/http"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func isolationOrders() []string { return []string{"id", "created_at"} }

func (a *API) isolationRoutes() {
	const hosts, tag = "hosts", "velociraptor"
	register(a, op{Method: http.MethodPost, Path: "/api/hosts/{id}/isolate", ID: "isolate-host", Summary: "Cut a host off the network, but for its Velociraptor server", Tag: hosts, Needs: auth.HostsIsolate, Status: http.StatusAccepted}, a.isolateHost)
	register(a, op{Method: http.MethodPost, Path: "/api/hosts/{id}/release", ID: "release-host", Summary: "Let a host back into the network", Tag: hosts, Needs: auth.HostsIsolate, Status: http.StatusAccepted}, a.releaseHost)
	register(a, op{Method: http.MethodGet, Path: "/api/hosts/{id}/isolations", ID: "list-host-isolations", Summary: "What was ordered about a host's isolation, newest first", Tag: hosts, Needs: auth.HostsRead, Sorts: isolationOrders()}, a.hostIsolations)
	register(a, op{Method: http.MethodGet, Path: "/api/velociraptor/isolations", ID: "list-isolations", Summary: "Orders to isolate and release, newest first", Tag: tag, Needs: auth.HostsRead, Sorts: isolationOrders()}, a.listIsolations)
	register(a, op{Method: http.MethodGet, Path: "/api/velociraptor/isolations/{id}", ID: "get-isolation", Summary: "One order", Tag: tag, Needs: auth.HostsRead}, a.getIsolation)
	register(a, op{Method: http.MethodPost, Path: "/api/velociraptor/isolations/{id}/cancel", ID: "cancel-isolation", Summary: "Call an order off", Tag: tag, Needs: auth.HostsIsolate}, a.cancelIsolation)
	register(a, op{Method: http.MethodGet, Path: "/api/velociraptor/isolation-rules", ID: "get-isolation-rules", Summary: "Hosts that nobody may isolate", Tag: tag, Needs: auth.HostsRead}, a.getIsolationRules)
	register(a, op{Method: http.MethodPut, Path: "/api/velociraptor/isolation-rules", ID: "put-isolation-rules", Summary: "Choose the hosts that nobody may isolate", Tag: tag, Needs: auth.VelociraptorManage}, a.putIsolationRules)
	register(a, op{Method: http.MethodGet, Path: "/api/velociraptor/sync", ID: "get-sync", Summary: "How far hosts are in step with the server's clients", Tag: tag, Needs: auth.VelociraptorRead}, a.getSync)
	register(a, op{Method: http.MethodPost, Path: "/api/velociraptor/sync", ID: "start-sync", Summary: "Bring hosts in step with the server's clients now", Tag: tag, Needs: auth.VelociraptorManage, Status: http.StatusAccepted}, a.startSync)
}
