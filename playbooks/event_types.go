package playbooks

// The published event types.
const (
	EventHostCreated         = "host.created"
	EventHostUpdated         = "host.updated"
	EventHostIngested        = "host.ingested"
	EventDetectionRaised     = "detection.raised"
	EventThreatScored        = "threat.scored"
	EventCaseCreated         = "case.created"
	EventCaseUpdated         = "case.updated"
	EventCaseClosed          = "case.closed"
	EventArtifactAdded       = "artifact.added"
	EventCollectionCompleted = "collection.completed"
	EventHuntCompleted       = "hunt.completed"
	EventReportReady         = "report.ready"
	EventExecutionFailed     = "execution.failed"
	EventApprovalRequested   = "approval.requested"
	EventWebhookReceived     = "webhook.received"
)

// The bounds of the rows that host.ingested carries along.
const (
	MaxSampleRows     = 20      // the first rows of the batch
	MaxSampleRowBytes = 4 << 10 // of a row as JSON; a larger one is left out
)

// EventTypes lists the published event types, each with its payload. The list is what the API publishes and what
// conditions are checked against.
func EventTypes() []EventType {
	return []EventType{
		eventType(EventHostCreated, "A host was created.", hostFields(), "host_id", "host"),
		eventType(EventHostUpdated, "A host's fields changed.", hostFields(), "host_id", "host"),
		eventType(EventHostIngested, "A host came in with its rows.", hostFields().and(schemaFields{
			"rows":   schemaOf("integer"),
			"sample": schemaList(map[string]any{"type": "object", "additionalProperties": true}),
		}), "host_id", "host", "source", "rows", "sample"),
		eventType(EventDetectionRaised, "A rule or a detector found something on a host.", schemaFields{
			"detection": schemaObject(schemaFields{
				"id": schemaOf("integer"), "rule": schemaOf("string"), "title": schemaOf("string"),
				"severity": schemaOf("string"), "attack": schemaList(schemaOf("string")), "evidence": schemaAny(),
			}),
			"host_id": schemaOf("integer"), "host": hostSchema(),
		}, "detection"),
		eventType(EventThreatScored, "A host or an artifact got a threat score.", schemaFields{
			"host_id": schemaOf("integer"), "artifact_id": schemaOf("integer"), "host": hostSchema(),
			"score": schemaOf("number"), "confidence": schemaOf("number"), "threat_type": schemaOf("string"),
			"previous_score": schemaOf("number"),
		}, "score", "confidence", "threat_type"),
		eventType(EventCaseCreated, "A case was opened.", caseFields(), "case_id", "case"),
		eventType(EventCaseUpdated, "A case's fields changed; changed names them.", caseFields(), "case_id", "case"),
		eventType(EventCaseClosed, "A case was closed.", caseFields(), "case_id", "case"),
		eventType(EventArtifactAdded, "An indicator was added.", schemaFields{
			"artifact_id": schemaOf("integer"), "artifact": artifactSchema(), "case_id": schemaOf("integer"),
		}, "artifact_id", "artifact"),
		eventType(EventCollectionCompleted, "A collection from a client ended.", workFields("collection"), "collection", "status"),
		eventType(EventHuntCompleted, "A hunt ended.", workFields("hunt"), "hunt", "status"),
		eventType(EventReportReady, "A report can be downloaded.", schemaFields{"report": schemaFree()}, "report"),
		eventType(EventExecutionFailed, "A run of a playbook failed.", schemaFields{"execution": executionSchema()}, "execution"),
		eventType(EventApprovalRequested, "A run waits for someone's decision.", schemaFields{"approval": schemaFree()}, "approval"),
		eventType(EventWebhookReceived, "An inbound webhook was called; truncated says that body holds only the small fields of a large one.", schemaFields{
			"webhook_id": schemaOf("integer"), "name": schemaOf("string"), "delivery_id": schemaOf("integer"), "body": schemaAny(),
			"headers": schemaFree(), "truncated": schemaOf("boolean"),
		}, "name", "body"),
	}
}

func hostFields() schemaFields {
	return schemaFields{"host_id": schemaOf("integer"), "host": hostSchema(), "source": schemaOf("string"), "rows": schemaOf("integer")}
}

func caseFields() schemaFields {
	return schemaFields{
		"case_id": schemaOf("integer"), "case": caseSchema(), "changed": schemaList(schemaOf("string")),
	}
}

func workFields(name string) schemaFields {
	return schemaFields{
		name: schemaFree(), "status": schemaOf("string"), "rows": schemaOf("integer"), "errors": schemaAny(),
	}
}

func hostSchema() map[string]any {
	return schemaObject(schemaFields{
		"id": schemaOf("integer"), "hostname": schemaOf("string"), "ip_address": schemaNullable("string"),
		"os": schemaNullable("string"), "client_id": schemaNullable("string"), "labels": schemaList(schemaOf("string")),
		"host_metadata": schemaFree(), "threat_score": schemaNullable("number"), "online": schemaNullable("boolean"),
		"isolation": schemaNullable("string"), "created_at": schemaTime(), "last_seen": schemaTime(),
		"first_seen": schemaTime(), "criticality": schemaOf("string"), "owner": schemaOf("string"), "notes": schemaOf("string"), "custom_fields": schemaFree(),
	})
}

func caseSchema() map[string]any {
	return schemaObject(schemaFields{
		"id": schemaOf("integer"), "title": schemaOf("string"), "description": schemaOf("string"),
		"status": schemaOf("string"), "severity": schemaOf("string"), "assignee_id": schemaNullable("integer"),
		"tags": schemaList(schemaOf("string")), "created_at": schemaTime(), "updated_at": schemaTime(),
	})
}

func artifactSchema() map[string]any {
	return schemaObject(schemaFields{
		"id": schemaOf("integer"), "case_id": schemaNullable("integer"), "case_ids": schemaList(schemaOf("integer")),
		"artifact_type": schemaOf("string"), "value": schemaOf("string"), "description": schemaOf("string"), "artifact_metadata": schemaFree(),
		"tlp": schemaOf("string"), "tags": schemaList(schemaOf("string")), "expires_at": schemaTime(), "origin": schemaOf("string"),
		"false_positive": schemaOf("boolean"),
		"created_at":     schemaTime(),
	})
}

func executionSchema() map[string]any {
	return schemaObject(schemaFields{
		"id": schemaOf("integer"), "playbook_id": schemaOf("integer"), "playbook": schemaOf("string"),
		"playbook_version": schemaOf("integer"), "status": schemaOf("string"), "trigger_type": schemaOf("string"),
		"error": schemaAny(), "started_at": schemaTime(), "finished_at": schemaTime(),
	})
}

func eventType(name, summary string, fields schemaFields, required ...string) EventType {
	schema := schemaObject(fields)
	schema["$schema"] = schemaDraft
	schema["title"] = name
	schema["description"] = summary
	schema["required"] = required
	return EventType{Name: name, Summary: summary, Schema: schemaText(schema)}
}

// typeOfEvents is what a condition may look at when an event of one of these types comes in: every field of any of them
// beside the envelope's. Without a type all fields are possible.
func typeOfEvents(types []EventType) *dataType {
	var out *dataType
	for i, t := range types {
		payload, err := typeOfSchema(t.Schema)
		if err != nil {
			return openObject()
		}
		if i == 0 {
			out = payload
		} else {
			out = out.union(payload)
		}
	}
	if out == nil {
		out = openObject()
	}
	return out.with(map[string]*dataType{
		"id": {name: "string"}, "type": {name: "string"}, "time": nil,
		"causation": {name: "array", items: &dataType{name: "string"}},
	})
}
