package api

import (
	"net/http"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func artifactOrders() []string {
	return []string{"id", "artifact_type", "value", "created_at", "last_seen", "hosts", "sightings"}
}

func (a *API) artifactRoutes() {
	const tag, path = "artifacts", "/api/artifacts"
	const get, post = http.MethodGet, http.MethodPost
	register(a, op{Method: get, Path: path, ID: "list-artifacts", Summary: "The tenant's indicators", Tag: tag, Needs: auth.IndicatorsRead, Sorts: artifactOrders()}, a.listArtifacts)
	register(a, op{Method: post, Path: path, ID: "create-artifact", Summary: "Keep an indicator; 200 with the one that is there already", Tag: tag, Needs: auth.IndicatorsWrite, Status: http.StatusCreated}, a.createArtifact)
	register(a, op{
		Method: post, Path: path + "/parse", ID: "parse-artifacts", Summary: "The indicators in a text, with what speaks against them; nothing is kept", Tag: tag,
		Needs: auth.IndicatorsRead, MaxBody: 2*maxParseText + 1024,
	}, a.parseArtifacts)
	register(a, op{
		Method: post, Path: path + "/batch", ID: "batch-artifacts", Summary: "Keep up to 5,000 indicators, each with its own outcome", Tag: tag,
		Needs: auth.IndicatorsWrite, MaxBody: maxArtifactBatch, Idempotent: true,
	}, a.batchArtifacts)
	registerRaw(a, op{Method: post, Path: path + "/import", ID: "import-artifacts", Summary: "Keep the indicators of a CSV, which is streamed", Tag: tag, Needs: auth.IndicatorsWrite}, a.importArtifacts, importArtifactsDoc(a))
	register(a, op{
		Method: get, Path: path + "/export", ID: "export-artifacts", Summary: "The indicators that match, as a file; streamed", Tag: tag,
		Needs: auth.IndicatorsRead, Produces: []string{csvType, ndjsonType},
	}, a.exportArtifacts)
	register(a, op{Method: get, Path: path + "/{id}", ID: "get-artifact", Summary: "One indicator", Tag: tag, Needs: auth.IndicatorsRead}, a.getArtifact)
	register(a, op{Method: http.MethodPut, Path: path + "/{id}", ID: "put-artifact", Summary: "Change an indicator (as PATCH)", Tag: tag, Needs: auth.IndicatorsWrite}, a.updateArtifact)
	register(a, op{Method: http.MethodPatch, Path: path + "/{id}", ID: "update-artifact", Summary: "Change an indicator", Tag: tag, Needs: auth.IndicatorsWrite}, a.updateArtifact)
	register(a, op{Method: http.MethodDelete, Path: path + "/{id}", ID: "delete-artifact", Summary: "Remove an indicator with its sightings", Tag: tag, Needs: auth.IndicatorsWrite, Status: http.StatusNoContent}, a.deleteArtifact)
	register(a, op{Method: get, Path: path + "/{id}/sightings", ID: "list-artifact-sightings", Summary: "Where an indicator was seen, last seen first", Tag: tag, Needs: auth.IndicatorsRead, Sorts: []string{"last_seen"}}, a.listSightings)
	register(a, op{Method: get, Path: path + "/{id}/cases", ID: "list-artifact-cases", Summary: "The cases of an indicator", Tag: tag, Needs: auth.CasesRead, Sorts: caseOrders()}, a.listArtifactCases)
}
