package playbooks

import (
	"bytes"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// readYAML reads one YAML document into nodes. Aliases are refused as such: the same document must be writable as JSON,
// and a few hundred bytes of aliases unfold to gigabytes. So are tags beyond those of JSON's types.
func readYAML(src []byte) (*node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		return nil, yamlFault(err)
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		return nil, sourceFault(fault.Malformed, yamlPlace(&second), nil, "a file holds one playbook, but here a second begins")
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlFault(err)
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) != 1 {
		return nil, sourceFault(fault.Malformed, position{1, 1}, nil, "the document is empty")
	}
	return yamlNode(document.Content[0], nil, 0)
}

// yamlFault takes the line out of the library's error: it has no other place for it.
func yamlFault(err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	at := position{line: 1, column: 1}
	if found := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(message); found != nil {
		at.line, _ = strconv.Atoi(found[1])
		message = strings.TrimPrefix(message, found[0])
	}
	return sourceFault(fault.Malformed, at, nil, "this is not YAML: %s", firstLine(message))
}

func yamlPlace(n *yaml.Node) position {
	return position{line: max(n.Line, 1), column: max(n.Column, 1)}
}

func yamlNode(n *yaml.Node, path *trail, depth int) (*node, error) {
	at := yamlPlace(n)
	if depth > maxNested {
		return nil, errNested(at, path)
	}
	if n.Anchor != "" {
		return nil, sourceFault(fault.Invalid, at, path, "anchors and aliases (&%s) are not part of the language", n.Anchor)
	}
	switch n.Kind {
	case yaml.AliasNode:
		return nil, sourceFault(fault.Invalid, at, path, "anchors and aliases (*%s) are not part of the language", n.Value)
	case yaml.SequenceNode:
		return yamlList(n, path, depth)
	case yaml.MappingNode:
		return yamlObject(n, path, depth)
	case yaml.ScalarNode:
		return yamlScalar(n, path)
	default:
		return nil, sourceFault(fault.Malformed, at, path, "this is not a value")
	}
}

func yamlList(n *yaml.Node, path *trail, depth int) (*node, error) {
	out := &node{shape: shapeList, at: yamlPlace(n)}
	if tag := n.ShortTag(); tag != "!!seq" {
		return nil, errTag(n, path)
	}
	for i, content := range n.Content {
		item, err := yamlNode(content, path.item(i), depth+1)
		if err != nil {
			return nil, err
		}
		out.items = append(out.items, item)
	}
	return out, nil
}

func yamlObject(n *yaml.Node, path *trail, depth int) (*node, error) {
	out := &node{shape: shapeObject, at: yamlPlace(n)}
	if tag := n.ShortTag(); tag != "!!map" {
		return nil, errTag(n, path)
	}
	seen := make(map[string]position)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		at := yamlPlace(key)
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" || key.Anchor != "" {
			return nil, sourceFault(fault.Invalid, at, path, "the name of a field is a text; put %s in quotes", quote(key.Value))
		}
		where := path.field(key.Value)
		if err := checkName(key.Value, at, path); err != nil {
			return nil, err
		}
		if first, ok := seen[key.Value]; ok {
			return nil, errDuplicate(at, first, where)
		}
		seen[key.Value] = at
		value, err := yamlNode(n.Content[i+1], where, depth+1)
		if err != nil {
			return nil, err
		}
		out.fields = append(out.fields, field{name: key.Value, at: at, value: value})
	}
	return out, nil
}

func yamlScalar(n *yaml.Node, path *trail) (*node, error) {
	at := yamlPlace(n)
	switch n.ShortTag() {
	case "!!null":
		return &node{shape: shapeNull, at: at}, nil
	case "!!bool":
		var b bool
		if err := n.Decode(&b); err != nil {
			return nil, errTag(n, path)
		}
		return &node{shape: shapeBoolean, at: at, scalar: b}, nil
	case "!!int", "!!float":
		return yamlNumber(n, path)
	case "!!str", "!!timestamp":
		if n.Style&yaml.TaggedStyle != 0 && n.ShortTag() != "!!str" {
			return nil, errTag(n, path)
		}
		return &node{shape: shapeText, at: at, scalar: n.Value}, checkText(n.Value, at, path)
	}
	return nil, errTag(n, path)
}

func yamlNumber(n *yaml.Node, path *trail) (*node, error) {
	at := yamlPlace(n)
	var i int
	if n.ShortTag() == "!!int" && n.Decode(&i) == nil {
		return &node{shape: shapeNumber, at: at, scalar: i}, nil
	}
	var f float64
	if err := n.Decode(&f); err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, sourceFault(fault.Invalid, at, path, "%s is not a finite number", quote(n.Value))
	}
	return &node{shape: shapeNumber, at: at, scalar: f}, nil
}

func errTag(n *yaml.Node, path *trail) error {
	return sourceFault(fault.Invalid, yamlPlace(n), path, "the tag %s is not part of the language", quote(n.Tag))
}
