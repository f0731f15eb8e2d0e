package playbooks

import (
	"encoding/json"
	"strings"
)

// DocumentSchema is the JSON Schema (draft 2020-12) of a document, in YAML or in JSON, so that editors complete and check
// it. With a catalog, a step's type is one of its actions and the parameters are those of the action.
func DocumentSchema(catalog *Catalog) json.RawMessage {
	document := schemaObject(schemaFields{
		"name":         limited(maxTitle),
		"description":  limited(maxDescription),
		"trigger_type": {"enum": []any{"manual", "event", "event-based"}, "description": "short for trigger.type"},
		"trigger":      triggerSchema(),
		"inputs": {
			"type": "object", "maxProperties": maxInputs, "propertyNames": identifierSchema(),
			"additionalProperties": inputSchema(),
		},
		"vars":       {"type": "object", "maxProperties": maxVars, "description": "values may hold ${…}"},
		"timeout":    durationSchema("of the whole run, 24h when absent"),
		"actions":    {"type": "array", "minItems": 1, "items": map[string]any{"$ref": "#/$defs/step"}},
		"on_failure": {"type": "array", "items": map[string]any{"$ref": "#/$defs/step"}},
	})
	document["$schema"] = schemaDraft
	document["title"] = "Playbook"
	document["required"] = []any{"name", "actions"}
	document["$defs"] = map[string]any{"step": stepSchema(catalog)}
	return schemaText(document)
}

func limited(characters int) map[string]any {
	return map[string]any{"type": "string", "maxLength": characters}
}

func identifierSchema() map[string]any {
	return map[string]any{"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "maxLength": 64}
}

func durationSchema(description string) map[string]any {
	return map[string]any{"type": "string", "examples": []any{"30s", "15m", "24h", "7d"}, "description": description}
}

func expressionSchema() map[string]any {
	return map[string]any{
		"type": []any{"string", "boolean"}, "description": "an expression that is true or false, without ${ }",
	}
}

func triggerSchema() map[string]any {
	var types []any
	for _, t := range EventTypes() {
		types = append(types, t.Name)
	}
	pattern := map[string]any{"type": "string", "examples": types}
	return schemaObject(schemaFields{
		"type": {"enum": []any{"manual", "event", "event-based"}},
		"event": {
			"description": "event types, with * for any run of characters",
			"oneOf":       []any{pattern, map[string]any{"type": "array", "minItems": 1, "maxItems": maxEventPatterns, "items": pattern}},
		},
		"when": expressionSchema(),
	})
}

func inputSchema() map[string]any {
	var types []any
	for _, name := range inputTypes() {
		types = append(types, name)
	}
	schema := schemaObject(schemaFields{
		"type": {"enum": types}, "label": limited(maxTitle), "description": limited(maxDescription),
		"required": schemaOf("boolean"), "default": schemaAny(), "min": schemaOf("number"), "max": schemaOf("number"),
		"enum": {"type": "array", "minItems": 1},
	})
	schema["required"] = []any{"type"}
	return schema
}

// stepSchema chooses the parameters by the type.
func stepSchema(catalog *Catalog) map[string]any {
	retry := schemaObject(schemaFields{
		"max_attempts":     {"type": "integer", "minimum": 1, "maximum": maxAttempts},
		"initial_interval": durationSchema("pause before the second attempt"),
		"backoff":          {"type": "number", "minimum": 1, "maximum": maxBackoff},
		"max_interval":     durationSchema("longest pause"),
	})
	schema := schemaObject(schemaFields{
		"id": identifierSchema(), "name": limited(maxTitle), "description": limited(maxDescription), "type": typeSchema(catalog),
		"if": expressionSchema(), "params": schemaOf("object"), "timeout": durationSchema("of one attempt"), "retry": retry,
		"on_error": {"enum": []any{string(OnErrorFail), string(OnErrorContinue)}},
	})
	schema["required"] = []any{"type"}
	var choices []any
	for _, n := range nodes() {
		choices = append(choices, paramsOf(string(n.kind), n.params()))
	}
	for _, spec := range catalog.List() {
		var params map[string]any
		if err := json.Unmarshal(spec.Params, &params); err == nil {
			choices = append(choices, paramsOf(spec.Name, orTemplate(spec.Name, params)))
		}
	}
	schema["allOf"] = choices
	return schema
}

func typeSchema(catalog *Catalog) map[string]any {
	if catalog == nil {
		return limited(maxTitle)
	}
	var names []any
	for _, name := range catalog.names() {
		names = append(names, name)
	}
	return map[string]any{"enum": names}
}

func paramsOf(typeName string, params map[string]any) map[string]any {
	is := map[string]any{"properties": map[string]any{"type": map[string]any{"const": typeName}}, "required": []any{"type"}}
	then := map[string]any{"properties": map[string]any{"params": params}}
	if _, hasRequired := rootObject(params)["required"]; hasRequired {
		then["required"] = []any{"params"}
	}
	return map[string]any{"if": is, "then": then}
}

// orTemplate lets every parameter be a text with ${…} instead. The schema's own definitions move along, because its
// references count from the root of the document.
func orTemplate(action string, schema map[string]any) map[string]any {
	delete(schema, "$schema")
	schema["$id"] = "params/" + action
	properties, _ := rootObject(schema)["properties"].(map[string]any)
	for _, name := range sortedKeys(properties) {
		property, ok := properties[name].(map[string]any)
		if !ok {
			continue
		}
		either := map[string]any{"anyOf": []any{property, map[string]any{"type": "string", "pattern": `\$\{`}}}
		for _, key := range []string{"title", "description", "default", "examples"} {
			if value, ok := property[key]; ok {
				either[key] = value
			}
		}
		properties[name] = either
	}
	return schema
}

// rootObject is the schema itself, or the definition it refers to at once.
func rootObject(schema map[string]any) map[string]any {
	ref, _ := schema["$ref"].(string)
	name, ok := strings.CutPrefix(ref, "#/$defs/")
	if !ok {
		return schema
	}
	definitions, _ := schema["$defs"].(map[string]any)
	object, _ := definitions[name].(map[string]any)
	return object
}
