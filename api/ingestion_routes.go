package api

import (
	"net/http"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func (a *API) ingestionRoutes() {
	const tag, path = "ingestion", "/api/ingestion/batches"
	get, post := http.MethodGet, http.MethodPost
	register(a, op{
		Method: post, Path: "/api/ingestion/ingest", ID: "ingest", Summary: "Find or create one host and keep rows about it", Tag: tag,
		Needs: auth.IngestionWrite, MaxBody: maxIngestBody, Idempotent: true, NULBelow: "body.rows",
	}, a.ingest)
	registerRaw(a, op{Method: post, Path: path, ID: "create-batch", Summary: "Send in many lines at once; streamed, processed beside the answer", Tag: tag, Needs: auth.IngestionWrite, Status: http.StatusAccepted}, a.createBatch, a.batchDoc)
	register(a, op{Method: get, Path: path, ID: "list-batches", Summary: "The tenant's batches", Tag: tag, Needs: auth.IngestionRead, Sorts: []string{"id", "created_at"}}, a.listBatches)
	register(a, op{Method: get, Path: path + "/{id}", ID: "get-batch", Summary: "One batch with its progress", Tag: tag, Needs: auth.IngestionRead}, a.getBatch)
	register(a, op{Method: get, Path: path + "/{id}/errors", ID: "list-batch-errors", Summary: "The lines of a batch that were not kept, in their order; as a file with format", Tag: tag, Needs: auth.IngestionRead, Sorts: []string{"id"}, Produces: []string{jsonType, ndjsonType, csvType}}, a.batchErrors)
	a.describeBatchErrors()
	register(a, op{Method: post, Path: path + "/{id}/cancel", ID: "cancel-batch", Summary: "End a batch; what came in so far stays", Tag: tag, Needs: auth.IngestionWrite, Status: http.StatusAccepted, EmptyBody: true}, a.cancelBatch)
	register(a, op{Method: post, Path: path + "/{id}/retry", ID: "retry-batch", Summary: "Have a batch go on that failed or was cancelled", Tag: tag, Needs: auth.IngestionWrite, Status: http.StatusAccepted, EmptyBody: true}, a.retryBatch)
}
