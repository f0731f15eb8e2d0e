package playbooks

// stepNode is a kind of step: how it is checked and compiled, and what its parameters look like in the document's schema.
// A new kind of control flow is one file with one of these and one line in nodes.
type stepNode struct {
	kind    Kind
	compile func(c *compilation, s stepSite, step *Step)
	params  func() map[string]any // JSON Schema of its parameters
}

// nodes lists the nodes of the language itself; every other type of a step is an action of the catalog.
func nodes() []stepNode {
	return []stepNode{setNode(), stopNode()}
}

// nodeOf finds the node that a step's type names, or the one for actions.
func nodeOf(typeName string) stepNode {
	for _, n := range nodes() {
		if string(n.kind) == typeName {
			return n
		}
	}
	return actionNode()
}

func isNode(typeName string) bool { return nodeOf(typeName).kind != KindAction }

// stepSite is a step with its place in the document and what can be named there.
type stepSite struct {
	StepDocument

	at    *trail
	scope *names
}
