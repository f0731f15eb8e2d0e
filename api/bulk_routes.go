package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// maxBulkBody is the most a selection may have, in bytes: a hundred thousand ids.
const maxBulkBody = 2 << 20

func (a *API) bulkRoutes() {
	const tag, path = "bulk", "/api/bulk"
	get, post := http.MethodGet, http.MethodPost
	register(a, op{Method: get, Path: path + "/actions", ID: "list-bulk-actions", Summary: "What can be done to many rows at once", Tag: tag, Needs: auth.BulkRead}, a.listBulkActions)
	register(a, op{Method: post, Path: path + "/preview", ID: "preview-bulk", Summary: "How many rows a selection means, and the first of them", Tag: tag, Needs: auth.BulkRead, MaxBody: maxBulkBody}, a.previewBulk)
	register(a, op{Method: post, Path: path, ID: "start-bulk", Summary: "Act on many rows, as a job", Tag: tag, Needs: auth.BulkStart, Status: http.StatusAccepted, MaxBody: maxBulkBody}, a.startBulk)
	register(a, op{Method: get, Path: path, ID: "list-bulk", Summary: "The tenant's jobs on many rows, newest first", Tag: tag, Needs: auth.BulkRead, Sorts: []string{"id", "created_at"}}, a.listBulk)
	register(a, op{Method: get, Path: path + "/{id}", ID: "get-bulk", Summary: "One job", Tag: tag, Needs: auth.BulkRead}, a.getBulk)
	register(a, op{Method: get, Path: path + "/{id}/items", ID: "list-bulk-items", Summary: "What became of each row of a job", Tag: tag, Needs: auth.BulkRead, Sorts: []string{"resource_id"}}, a.listBulkItems)
	register(a, op{Method: post, Path: path + "/{id}/cancel", ID: "cancel-bulk", Summary: "End a job before its next part", Tag: tag, Needs: auth.BulkStart, EmptyBody: true}, a.cancelBulk)
	register(a, op{Method: post, Path: path + "/{id}/undo", ID: "undo-bulk", Summary: "Take back what a job did, as another job", Tag: tag, Needs: auth.BulkStart, Status: http.StatusAccepted, EmptyBody: true}, a.undoBulk)
	registerRaw(a, op{Method: get, Path: path + "/{id}/download", ID: "download-bulk", Summary: "The file that an export wrote; kept for seven days", Tag: tag, Needs: auth.BulkRead, Produces: []string{csvType, ndjsonType}}, a.downloadBulk, func(o *huma.Operation) {
		o.Parameters = append(o.Parameters, &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeInteger, Format: "int64"}})
	})
}
