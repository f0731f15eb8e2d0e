package api

import (
	"net/http"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func observationOrders() []string { return []string{"collected_at", "event_time"} }

func (a *API) observationRoutes() {
	const tag = "observations"
	register(a, op{Method: http.MethodGet, Path: "/api/observations", ID: "list-observations", Summary: "Rows that hosts were observed with, newest first", Tag: tag, Needs: auth.ObservationsRead, Sorts: observationOrders()}, a.listObservations)
	register(a, op{Method: http.MethodGet, Path: "/api/observations/export", ID: "export-observations", Summary: "Take rows away as CSV or JSON lines", Tag: tag, Needs: auth.ObservationsRead, Produces: []string{csvType, ndjsonType}}, a.exportObservations)
	register(a, op{Method: http.MethodGet, Path: "/api/observations/fields", ID: "list-observation-fields", Summary: "Fields whose values are counted", Tag: tag, Needs: auth.ObservationsRead, Sorts: []string{"field", "values", "rows"}}, a.listStackFields)
	register(a, op{Method: http.MethodGet, Path: "/api/observations/stack", ID: "list-stack", Summary: "The values of a field, the rarest first: on how many hosts, since when", Tag: tag, Needs: auth.ObservationsRead, Sorts: []string{"hosts", "rows", "value", "first_seen"}}, a.listStack)
	register(a, op{Method: http.MethodGet, Path: "/api/observations/stack/hosts", ID: "list-stack-hosts", Summary: "The hosts on which a field has a value", Tag: tag, Needs: auth.ObservationsRead, Sorts: []string{"host_id", "rows", "first_seen", "last_seen"}}, a.listStackHosts)
	register(a, op{Method: http.MethodGet, Path: "/api/sources", ID: "list-sources", Summary: "Where rows came from, newest first", Tag: tag, Needs: auth.ObservationsRead, Sorts: []string{"collected_at", "id"}}, a.listSources)
}
