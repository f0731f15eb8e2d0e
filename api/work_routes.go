package api

import (
	"net/http"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func (a *API) workRoutes() {
	a.hostRoutes()
	a.hostKeepingRoutes()
	a.isolationRoutes()
	a.viewRoutes()
	a.caseRoutes()
	a.caseWorkRoutes()
	a.artifactRoutes()
	a.observationRoutes()
	a.ingestionRoutes()
	register(a, op{Method: http.MethodGet, Path: "/api/dashboard", ID: "dashboard", Summary: "The tenant at a glance", Tag: "dashboard", Needs: auth.DashboardRead}, a.dashboard)
}

func hostOrders() []string {
	return []string{"id", "hostname", "ip_address", "os", "threat_score", "last_seen", "created_at", "criticality", "owner"}
}

func (a *API) hostRoutes() {
	const tag = "hosts"
	register(a, op{Method: http.MethodGet, Path: "/api/hosts", ID: "list-hosts", Summary: "The tenant's hosts", Tag: tag, Needs: auth.HostsRead, Sorts: hostOrders()}, a.listHosts)
	register(a, op{Method: http.MethodPost, Path: "/api/hosts", ID: "create-host", Summary: "Make a host", Tag: tag, Needs: auth.HostsWrite, Status: http.StatusCreated}, a.createHost)
	register(a, op{Method: http.MethodGet, Path: "/api/hosts/{id}", ID: "get-host", Summary: "One host", Tag: tag, Needs: auth.HostsRead}, a.getHost)
	register(a, op{Method: http.MethodPut, Path: "/api/hosts/{id}", ID: "put-host", Summary: "Change a host (as PATCH)", Tag: tag, Needs: auth.HostsWrite}, a.updateHost)
	register(a, op{Method: http.MethodPatch, Path: "/api/hosts/{id}", ID: "update-host", Summary: "Change a host", Tag: tag, Needs: auth.HostsWrite}, a.updateHost)
	register(a, op{Method: http.MethodDelete, Path: "/api/hosts/{id}", ID: "delete-host", Summary: "Remove a host with its observations", Tag: tag, Needs: auth.HostsWrite, Status: http.StatusNoContent}, a.deleteHost)
	register(a, op{Method: http.MethodGet, Path: "/api/hosts/{id}/observations", ID: "list-host-observations", Summary: "What is known about a host, newest first", Tag: tag, Needs: auth.HostsRead, Sorts: observationOrders()}, a.listHostObservations)
}

func caseOrders() []string {
	return []string{"id", "title", "status", "severity", "created_at", "updated_at"}
}

func (a *API) caseRoutes() {
	const tag = "cases"
	register(a, op{Method: http.MethodGet, Path: "/api/cases", ID: "list-cases", Summary: "The tenant's cases", Tag: tag, Needs: auth.CasesRead, Sorts: caseOrders()}, a.listCases)
	register(a, op{Method: http.MethodPost, Path: "/api/cases", ID: "create-case", Summary: "Open a case", Tag: tag, Needs: auth.CasesWrite, Status: http.StatusCreated}, a.createCase)
	register(a, op{Method: http.MethodGet, Path: "/api/cases/{id}", ID: "get-case", Summary: "One case", Tag: tag, Needs: auth.CasesRead}, a.getCase)
	register(a, op{Method: http.MethodPut, Path: "/api/cases/{id}", ID: "put-case", Summary: "Change a case (as PATCH)", Tag: tag, Needs: auth.CasesWrite}, a.updateCase)
	register(a, op{Method: http.MethodPatch, Path: "/api/cases/{id}", ID: "update-case", Summary: "Change a case", Tag: tag, Needs: auth.CasesWrite}, a.updateCase)
	register(a, op{Method: http.MethodDelete, Path: "/api/cases/{id}", ID: "delete-case", Summary: "Remove a case; its indicators stay", Tag: tag, Needs: auth.CasesWrite, Status: http.StatusNoContent}, a.deleteCase)
	register(a, op{Method: http.MethodGet, Path: "/api/cases/{id}/hosts", ID: "list-case-hosts", Summary: "The hosts of a case", Tag: tag, Needs: auth.CasesRead, Sorts: hostOrders()}, a.listCaseHosts)
	register(a, op{Method: http.MethodPost, Path: "/api/cases/{id}/hosts", ID: "add-case-host", Summary: "Add a host to a case", Tag: tag, Needs: auth.CasesWrite, Status: http.StatusCreated}, a.addCaseHost)
	register(a, op{Method: http.MethodDelete, Path: "/api/cases/{id}/hosts/{host_id}", ID: "remove-case-host", Summary: "Take a host out of a case", Tag: tag, Needs: auth.CasesWrite, Status: http.StatusNoContent}, a.removeCaseHost)
	register(a, op{Method: http.MethodGet, Path: "/api/cases/{id}/artifacts", ID: "list-case-artifacts", Summary: "The indicators of a case", Tag: tag, Needs: auth.CasesRead, Sorts: artifactOrders()}, a.listCaseArtifacts)
	register(a, op{Method: http.MethodPost, Path: "/api/cases/{id}/artifacts", ID: "add-case-artifact", Summary: "Add an indicator to a case; 200 with the one that is there already", Tag: tag, Needs: auth.CasesWrite, Status: http.StatusCreated}, a.addCaseArtifact)
	register(a, op{Method: http.MethodDelete, Path: "/api/cases/{id}/artifacts/{artifact_id}", ID: "remove-case-artifact", Summary: "Take an indicator out of a case; it stays", Tag: tag, Needs: auth.CasesWrite, Status: http.StatusNoContent}, a.removeCaseArtifact)
}
