package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// collectionRoutes are one artifact from one endpoint: started, followed, its rows and files.
func (a *API) collectionRoutes() {
	const tag, path = velociraptorTag, "/api/velociraptor/collections"
	get, post := http.MethodGet, http.MethodPost
	register(a, op{Method: post, Path: "/api/velociraptor/collect", ID: "collect", Summary: "Collect an artifact from an endpoint; it is waited for", Tag: tag, Needs: auth.CollectionsStart, Status: http.StatusAccepted}, a.collect)
	register(a, op{Method: get, Path: path, ID: "list-collections", Summary: "The tenant's collections, newest first", Tag: tag, Needs: auth.VelociraptorRead, Sorts: []string{"id", "created_at"}}, a.listCollections)
	register(a, op{Method: get, Path: path + "/{id}", ID: "get-collection", Summary: "One collection and how far it is", Tag: tag, Needs: auth.VelociraptorRead}, a.getCollection)
	register(a, op{Method: get, Path: path + "/{id}/results", ID: "list-collection-results", Summary: "The rows that a collection brought, as observations", Tag: tag, Needs: auth.VelociraptorRead, Sorts: observationOrders()}, a.collectionResults)
	register(a, op{Method: get, Path: path + "/{id}/results/export", ID: "export-collection", Summary: "Take a collection's rows away as CSV or JSON lines", Tag: tag, Needs: auth.VelociraptorRead, Produces: []string{csvType, ndjsonType}}, a.exportCollection)
	register(a, op{Method: get, Path: path + "/{id}/files", ID: "list-collection-files", Summary: "The files that a collection brought", Tag: tag, Needs: auth.VelociraptorRead, Sorts: []string{"id"}}, a.collectionFiles)
	registerRaw(a, op{Method: get, Path: path + "/{id}/files/{file_id}", ID: "download-collection-file", Summary: "One of the files that a collection brought, as it was on the endpoint", Tag: tag, Needs: auth.VelociraptorRead, Produces: []string{"application/octet-stream"}}, a.downloadCollected, func(o *huma.Operation) {
		for _, name := range []string{"id", "file_id"} {
			o.Parameters = append(o.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeInteger, Format: "int64"}})
		}
	})
	register(a, op{Method: post, Path: path + "/{id}/cancel", ID: "cancel-collection", Summary: "End a collection, on the endpoint too; what came in so far stays", Tag: tag, Needs: auth.CollectionsStart, Status: http.StatusAccepted, EmptyBody: true}, a.cancelCollection)
	register(a, op{Method: post, Path: path + "/{id}/retry", ID: "retry-collection", Summary: "Have a collection that failed or was cancelled go on, or collect anew", Tag: tag, Needs: auth.CollectionsStart, Status: http.StatusAccepted, EmptyBody: true}, a.retryCollection)
}
