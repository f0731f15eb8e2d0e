package playbooks

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// reference rewrites names and members: event.host.os becomes one operation, and what hangs on a computed value one
// operation a member.
func (r *rewriter) reference(node ast.Node) (ast.Node, error) {
	if chain, ok := node.(*ast.ChainNode); ok {
		return r.node(chain.Node)
	}
	if p, ok := r.constantPath(node); ok {
		if strings.HasPrefix(p.root, "$") {
			return nil, errAt(node, "there is no name %s", cut(p.root))
		}
		p.at, p.tolerant = node.Location(), p.tolerant || r.tolerant > 0
		r.paths = append(r.paths, p)
		return invoke(node, callPath, located(&ast.ConstantNode{Value: p}, node)), nil
	}
	switch n := node.(type) {
	case *ast.IdentifierNode:
		return located(&ast.IdentifierNode{Value: n.Value}, node), nil // a variable of let
	case *ast.MemberNode:
		return r.member(n)
	}
	return nil, errAt(node, "this is not a name")
}

// constantPath unfolds members with constant keys down to a name that isn't a variable.
func (r *rewriter) constantPath(node ast.Node) (*path, bool) {
	p := &path{}
	for {
		switch n := node.(type) {
		case *ast.IdentifierNode:
			if slices.Contains(r.variables, n.Value) {
				return nil, false
			}
			p.root = n.Value
			slices.Reverse(p.keys)
			return p, true
		case *ast.ChainNode:
			node = n.Node
		case *ast.MemberNode:
			key, ok := constantKey(n.Property)
			if !ok {
				return nil, false
			}
			p.keys = append(p.keys, key)
			p.tolerant = p.tolerant || n.Optional
			node = n.Node
		default:
			return nil, false
		}
	}
}

func constantKey(node ast.Node) (any, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode:
		return n.Value, true
	}
	return nil, false
}

func (r *rewriter) member(n *ast.MemberNode) (ast.Node, error) {
	object, err := r.node(n.Node)
	if err != nil {
		return nil, err
	}
	key, err := r.node(n.Property)
	if err != nil {
		return nil, err
	}
	// After ?. everything that follows may be missing too: expr jumps over the rest of the chain.
	if n.Optional || r.tolerant > 0 || isOptional(n.Node) {
		return invoke(n, callMemberTolerant, object, key), nil
	}
	return invoke(n, callMember, object, key), nil
}

func isOptional(node ast.Node) bool {
	for {
		switch n := node.(type) {
		case *ast.ChainNode:
			node = n.Node
		case *ast.MemberNode:
			if n.Optional {
				return true
			}
			node = n.Node
		default:
			return false
		}
	}
}

// call rewrites the call of a function from the allow-list, or of a method of a time or a duration.
func (r *rewriter) call(n *ast.CallNode) (ast.Node, error) {
	switch callee := n.Callee.(type) {
	case *ast.IdentifierNode:
		return r.callFunction(n, callee)
	case *ast.MemberNode:
		name, ok := callee.Property.(*ast.StringNode)
		if !ok {
			break
		}
		object, err := r.node(callee.Node)
		if err != nil {
			return nil, err
		}
		args, err := r.all(n.Arguments)
		if err != nil {
			return nil, err
		}
		method := located(&ast.StringNode{Value: name.Value}, callee)
		return invoke(n, callMethod, append([]ast.Node{object, method}, args...)...), nil
	}
	return nil, errAt(n, "only functions can be called")
}

func (r *rewriter) callFunction(n *ast.CallNode, callee *ast.IdentifierNode) (ast.Node, error) {
	f, ok := r.functions[callee.Value]
	if !ok {
		return nil, errAt(n, "there is no function %s%s", cut(callee.Value), suggestion(callee.Value, sortedKeys(r.functions)))
	}
	r.called = append(r.called, f.name)
	if given := len(n.Arguments); given < f.min || (f.max != anyNumber && given > f.max) {
		return nil, errAt(n, "%s takes %s, not %d", f.name, countText(f.min, f.max), given)
	}
	args := make([]ast.Node, len(n.Arguments))
	for i, arg := range n.Arguments {
		var err error
		if i == 0 && (f.name == "default" || f.name == "get") {
			args[i], err = r.tolerantly(arg)
		} else {
			args[i], err = r.node(arg)
		}
		if err != nil {
			return nil, err
		}
	}
	if f.name == "regex_find" {
		if s, ok := n.Arguments[1].(*ast.StringNode); ok {
			if _, err := compilePattern(s.Value); err != nil {
				return nil, errAt(s, "%s", err.Error())
			}
		}
	}
	return invoke(n, f.name, args...), nil
}
