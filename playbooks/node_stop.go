package playbooks

// stopNode ends the run: params {status: completed | failed, message}. A run stopped as failed runs on_failure.
func stopNode() stepNode {
	return stepNode{kind: KindStop, compile: compileStop, params: func() map[string]any {
		return schemaObject(schemaFields{
			"status":  {"enum": []any{StopCompleted, StopFailed}, "default": StopCompleted},
			"message": schemaOf("string"),
		})
	}}
}

func compileStop(c *compilation, s stepSite, step *Step) {
	c.pure(s)
	c.only(s, "status", "message")
	at := s.at.field("params")
	step.Status = StopCompleted
	if status, given := s.Params["status"]; given && status != nil {
		step.Status, _ = status.(string)
		if step.Status != StopCompleted && step.Status != StopFailed {
			c.complainf(at.field("status"), "must be completed or failed, not %s", quote(status))
		}
	}
	if message, given := s.Params["message"]; given && message != nil {
		text, ok := message.(string)
		if !ok {
			c.complainf(at.field("message"), "must be a text, not %s", quote(message))
		}
		c.templates(text, at.field("message"), s.scope, &dataType{name: "string"})
		step.Message = text
	}
}
