package api

import (
	"net/http"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// caseWorkRoutes are what people do in a case.
func (a *API) caseWorkRoutes() {
	const tag, path = "cases", "/api/cases/{id}"
	get, post, patch, del := http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete
	register(a, op{Method: get, Path: path + "/comments", ID: "list-case-comments", Summary: "What was said about a case", Tag: tag, Needs: auth.CasesRead, Sorts: []string{"created_at"}}, a.listComments)
	register(a, op{Method: post, Path: path + "/comments", ID: "add-case-comment", Summary: "Say something about a case; @name tells that user", Tag: tag, Needs: auth.CasesWrite, Status: http.StatusCreated}, a.addComment)
	register(a, op{Method: patch, Path: path + "/comments/{comment_id}", ID: "edit-case-comment", Summary: "Change an own comment", Tag: tag, Needs: auth.CasesWrite}, a.editComment)
	register(a, op{Method: del, Path: path + "/comments/{comment_id}", ID: "delete-case-comment", Summary: "Remove an own comment; an administrator removes anybody's", Tag: tag, Needs: auth.CasesWrite, Status: http.StatusNoContent}, a.deleteComment)
	register(a, op{Method: get, Path: path + "/tasks", ID: "list-case-tasks", Summary: "The tasks of a case", Tag: tag, Needs: auth.CasesRead, Sorts: []string{"position", "due_at", "created_at"}}, a.listTasks)
	register(a, op{Method: post, Path: path + "/tasks", ID: "add-case-task", Summary: "Add a task to a case", Tag: tag, Needs: auth.CasesWrite, Status: http.StatusCreated}, a.addTask)
	register(a, op{Method: patch, Path: path + "/tasks/{task_id}", ID: "update-case-task", Summary: "Change a task, or its place among the others", Tag: tag, Needs: auth.CasesWrite}, a.updateTask)
	register(a, op{Method: del, Path: path + "/tasks/{task_id}", ID: "delete-case-task", Summary: "Remove a task", Tag: tag, Needs: auth.CasesWrite, Status: http.StatusNoContent}, a.deleteTask)
	register(a, op{Method: get, Path: path + "/timeline", ID: "case-timeline", Summary: "What happened in a case, newest first", Tag: tag, Needs: auth.CasesRead}, a.caseTimeline)
}

func (a *API) webhookRoutes() {
	const tag, path = "webhooks", "/api/webhooks"
	get, post, needs := http.MethodGet, http.MethodPost, auth.WebhooksManage
	register(a, op{Method: get, Path: path, ID: "list-webhooks", Summary: "The tenant's webhooks", Tag: tag, Needs: needs, Sorts: []string{"name", "created_at", "last_used_at"}}, a.listWebhooks)
	register(a, op{Method: post, Path: path, ID: "create-webhook", Summary: "Make an address that another program may call", Tag: tag, Needs: needs, Status: http.StatusCreated, Secret: true, Once: []string{"url", "secret"}}, a.createWebhook)
	register(a, op{Method: get, Path: path + "/{id}", ID: "get-webhook", Summary: "One webhook", Tag: tag, Needs: needs}, a.getWebhook)
	register(a, op{Method: http.MethodPatch, Path: path + "/{id}", ID: "update-webhook", Summary: "Change a webhook, turn it on or off, or change how calls are signed", Tag: tag, Needs: needs, Secret: true}, a.updateWebhook)
	register(a, op{Method: http.MethodDelete, Path: path + "/{id}", ID: "delete-webhook", Summary: "Remove a webhook with what it received", Tag: tag, Needs: needs, Status: http.StatusNoContent}, a.deleteWebhook)
	register(a, op{Method: post, Path: path + "/{id}/rotate", ID: "rotate-webhook", Summary: "Give a webhook another address, another secret, or both; the old ones are void at once", Tag: tag, Needs: needs, EmptyBody: true, Secret: true}, a.rotateWebhook)
	register(a, op{Method: get, Path: path + "/{id}/deliveries", ID: "list-webhook-deliveries", Summary: "The calls of a webhook, of the last 30 days", Tag: tag, Needs: needs, Sorts: []string{"received_at"}}, a.listDeliveries)
	register(a, op{Method: get, Path: path + "/{id}/deliveries/{delivery_id}", ID: "get-webhook-delivery", Summary: "One call of a webhook with what came", Tag: tag, Needs: needs}, a.getDelivery)
	registerRaw(a, op{Method: post, Path: webhookPath + "/{token}", ID: "call-webhook", Summary: "Call a webhook with any JSON; becomes the event webhook.received", Tag: "ingestion", Needs: auth.Public, Status: http.StatusAccepted}, a.receiveWebhook, webhookDoc)
}
