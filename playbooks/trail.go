package playbooks

import (
	"slices"
	"strconv"
	"strings"
)

// trail is the way from the document to a part of it. It is written out only for a complaint: writing it for every part
// of a hostile document would take quadratic time.
type trail struct {
	up    *trail
	name  string // of a field, "" for an item
	index int
}

func (t *trail) field(name string) *trail { return &trail{up: t, name: name} }

func (t *trail) item(i int) *trail { return &trail{up: t, index: i} }

// String writes it like actions[2].params.title; nil is the document.
func (t *trail) String() string {
	var steps []*trail
	for ; t != nil; t = t.up {
		steps = append(steps, t)
	}
	var b strings.Builder
	for _, step := range slices.Backward(steps) {
		switch {
		case step.name == "":
			b.WriteString("[" + strconv.Itoa(step.index) + "]")
		case b.Len() == 0:
			b.WriteString(step.name)
		default:
			b.WriteString("." + step.name)
		}
	}
	return b.String()
}

// find walks the trail through a source and gives the place of its end, or of the last part of it that is there.
func (t *trail) find(root *node) (n *node, at position) {
	if t == nil {
		if root == nil {
			return nil, position{}
		}
		return root, root.at
	}
	parent, at := t.up.find(root)
	switch {
	case parent == nil:
		return nil, at
	case t.name != "":
		if f, ok := parent.lookup(t.name); ok {
			return f.value, f.value.at
		}
	case t.index < len(parent.items):
		return parent.items[t.index], parent.items[t.index].at
	}
	return nil, at
}

// down goes further by keys and indexes as a schema names them.
func (t *trail) down(path []string) *trail {
	for _, part := range path {
		if i, err := strconv.Atoi(part); err == nil {
			t = t.item(i)
		} else {
			t = t.field(part)
		}
	}
	return t
}
