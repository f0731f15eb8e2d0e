package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/models"
)

func (a *API) huntRoutes() {
	const tag, path = "hunts", "/api/velociraptor/hunts"
	register(a, op{Method: http.MethodGet, Path: path, ID: "list-hunts", Summary: "Hunts, newest first", Tag: tag, Needs: auth.VelociraptorRead, Sorts: []string{"id", "created_at"}}, a.listHunts)
	register(a, op{Method: http.MethodPost, Path: path, ID: "start-hunt", Summary: "Collect artifacts from many hosts", Tag: tag, Needs: auth.HuntsStart, Status: 202}, a.startHunt)
	register(a, op{Method: http.MethodPost, Path: path + "/estimate", ID: "estimate-hunt", Summary: "What a hunt would do, without starting it", Tag: tag, Needs: auth.HuntsStart}, a.estimateHunt)
	register(a, op{Method: http.MethodGet, Path: path + "/{id}", ID: "get-hunt", Summary: "One hunt with how far it is", Tag: tag, Needs: auth.VelociraptorRead}, a.getHunt)
	register(a, op{Method: http.MethodGet, Path: path + "/{id}/hosts", ID: "list-hunt-hosts", Summary: "Where each host of a hunt stands", Tag: tag, Needs: auth.VelociraptorRead, Sorts: []string{"client_id"}}, a.listHuntHosts)
	register(a, op{Method: http.MethodGet, Path: path + "/{id}/errors", ID: "list-hunt-errors", Summary: "Why hosts of a hunt failed, the most frequent cause first", Tag: tag, Needs: auth.VelociraptorRead}, a.listHuntErrors)
	register(a, op{Method: http.MethodPost, Path: path + "/{id}/errors/retry", ID: "retry-hunt-errors", Summary: "Collect once more from hosts that failed", Tag: tag, Needs: auth.HuntsStart, Status: 202, EmptyBody: true}, a.retryHuntErrors)
	register(a, op{Method: http.MethodGet, Path: path + "/{id}/results", ID: "list-hunt-results", Summary: "The rows of a hunt", Tag: tag, Needs: auth.VelociraptorRead, Sorts: observationOrders()}, a.listHuntResults)
	register(a, op{Method: http.MethodGet, Path: path + "/{id}/results/export", ID: "export-hunt-results", Summary: "Take the rows of a hunt away as CSV or JSON lines", Tag: tag, Needs: auth.VelociraptorRead, Produces: []string{csvType, ndjsonType}}, a.exportHuntResults)
	register(a, op{Method: http.MethodPost, Path: path + "/{id}/stop", ID: "stop-hunt", Summary: "End a hunt; the rows that came stay", Tag: tag, Needs: auth.HuntsStart, Status: 202, EmptyBody: true}, a.stopHunt)
	register(a, op{Method: http.MethodPost, Path: path + "/{id}/resume", ID: "resume-hunt", Summary: "Let a paused hunt begin", Tag: tag, Needs: auth.HuntsStart, Status: 202, EmptyBody: true}, a.resumeHunt)
	register(a, op{Method: http.MethodPost, Path: path + "/{id}/extend", ID: "extend-hunt", Summary: "Give a hunt another expiry", Tag: tag, Needs: auth.HuntsStart}, a.extendHunt)
}

// artifactOf is an artifact's name without its source.
func artifactOf(name string) string {
	artifact, _, _ := strings.Cut(name, "/")
	return artifact
}

func asksFor(row *models.Hunt, artifact string) bool { return slices.Contains(row.Artifacts, artifact) }
