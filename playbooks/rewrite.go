package playbooks

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// rewriter turns the tree an author wrote into one whose every operation is metered. It builds a new tree and never
// changes the old one: the parser shares nodes (in 1 < a < 3 and a ?: b), and a shared node rewritten in place would be
// rewritten twice. Shared nodes are also why it counts what it visits: a tree of 500 nodes can unfold to 2^100.
type rewriter struct {
	functions map[string]function
	budget    Budget
	visited   int
	variables []string // in scope, innermost last
	predicate int      // depth of predicates around
	tolerant  int      // depth of ?? and default() around
	generated int      // variables made so far
	paths     []*path  // every path, for errors and checks
	called    []string // every function, for checks
}

// locatedError is an error at a place of the expression.
type locatedError struct {
	location file.Location
	message  string
}

// Error gives the sentence without the place.
func (e *locatedError) Error() string { return e.message }

func errAt(node ast.Node, format string, args ...any) error {
	return &locatedError{location: node.Location(), message: fmt.Sprintf(format, args...)}
}

func (r *rewriter) all(nodes []ast.Node) ([]ast.Node, error) {
	out := make([]ast.Node, len(nodes))
	for i, node := range nodes {
		var err error
		if out[i], err = r.node(node); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// node rewrites one node with all below it.
func (r *rewriter) node(node ast.Node) (ast.Node, error) {
	if r.visited++; r.visited > r.budget.Nodes {
		return nil, errAt(node, "the expression is larger than the limit of %d nodes", r.budget.Nodes)
	}
	switch n := node.(type) {
	case *ast.NilNode, *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		return r.literal(node)
	case *ast.StringNode:
		return located(&ast.StringNode{Value: n.Value}, node), nil
	case *ast.IdentifierNode, *ast.MemberNode, *ast.ChainNode:
		return r.reference(node)
	case *ast.SliceNode:
		return r.slice(n)
	case *ast.UnaryNode:
		return r.unary(n)
	case *ast.BinaryNode:
		return r.binary(n)
	case *ast.CallNode:
		return r.call(n)
	case *ast.BuiltinNode:
		return r.builtin(n)
	case *ast.PointerNode:
		return r.pointer(n)
	case *ast.ConditionalNode:
		return r.conditional(n)
	case *ast.VariableDeclaratorNode:
		return r.let(n)
	case *ast.SequenceNode:
		nodes, err := r.all(n.Nodes)
		return located(&ast.SequenceNode{Nodes: nodes}, node), err
	case *ast.ArrayNode:
		nodes, err := r.all(n.Nodes)
		return located(&ast.ArrayNode{Nodes: nodes}, node), err
	case *ast.MapNode:
		return r.object(n)
	default:
		return nil, errAt(node, "this is not part of the language: %s", cut(node.String()))
	}
}

func (r *rewriter) literal(node ast.Node) (ast.Node, error) {
	switch n := node.(type) {
	case *ast.BoolNode:
		return typed(located(&ast.BoolNode{Value: n.Value}, node), true), nil
	case *ast.IntegerNode:
		return typed(located(&ast.IntegerNode{Value: n.Value}, node), 0), nil
	case *ast.FloatNode:
		return typed(located(&ast.FloatNode{Value: n.Value}, node), 0.0), nil
	default:
		return located(&ast.NilNode{}, node), nil
	}
}

func (r *rewriter) slice(n *ast.SliceNode) (ast.Node, error) {
	object, err := r.node(n.Node)
	if err != nil {
		return nil, err
	}
	ends := []ast.Node{located(&ast.NilNode{}, n), located(&ast.NilNode{}, n)}
	for i, end := range []ast.Node{n.From, n.To} {
		if end == nil {
			continue
		}
		if ends[i], err = r.node(end); err != nil {
			return nil, err
		}
	}
	return invoke(n, callSlice, object, ends[0], ends[1]), nil
}

func (r *rewriter) unary(n *ast.UnaryNode) (ast.Node, error) {
	switch n.Operator {
	case "!", "not":
		operand, err := r.condition(n.Node)
		return typed(located(&ast.UnaryNode{Operator: "not", Node: operand}, n), true), err
	case "-", "+":
		operand, err := r.node(n.Node)
		if n.Operator == "-" {
			return invoke(n, callNegate, operand), err
		}
		return invoke(n, callPlus, operand), err
	}
	return nil, errAt(n, "the operator %s is not part of the language", n.Operator)
}

func (r *rewriter) binary(n *ast.BinaryNode) (ast.Node, error) {
	switch n.Operator {
	case "and", "&&", "or", "||":
		return r.logic(n)
	case "??":
		left, err := r.tolerantly(n.Left)
		if err != nil {
			return nil, err
		}
		right, err := r.node(n.Right)
		return located(&ast.BinaryNode{Operator: "??", Left: left, Right: right}, n), err
	case "matches":
		if s, ok := n.Right.(*ast.StringNode); ok {
			if _, err := compilePattern(s.Value); err != nil {
				return nil, errAt(n.Right, "%s", err.Error())
			}
		}
	}
	operator := "$" + n.Operator
	left, err := r.node(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := r.node(n.Right)
	return invoke(n, operator, left, right), err
}

func (r *rewriter) logic(n *ast.BinaryNode) (ast.Node, error) {
	left, err := r.condition(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := r.condition(n.Right)
	return typed(located(&ast.BinaryNode{Operator: n.Operator, Left: left, Right: right}, n), true), err
}

// condition rewrites a node that must be true or false.
func (r *rewriter) condition(node ast.Node) (ast.Node, error) {
	out, err := r.node(node)
	if err != nil {
		return nil, err
	}
	return asCondition(node, out), nil
}

func asCondition(at, node ast.Node) ast.Node {
	if node.Type() == reflect.TypeFor[bool]() {
		return node
	}
	return invoke(at, callBool, node)
}

// tolerantly rewrites a node in which names and members may be missing.
func (r *rewriter) tolerantly(node ast.Node) (ast.Node, error) {
	r.tolerant++
	defer func() { r.tolerant-- }()
	return r.node(node)
}

func (r *rewriter) conditional(n *ast.ConditionalNode) (ast.Node, error) {
	cond, err := r.condition(n.Cond)
	if err != nil {
		return nil, err
	}
	branches, err := r.all([]ast.Node{n.Exp1, n.Exp2})
	if err != nil {
		return nil, err
	}
	return located(&ast.ConditionalNode{Ternary: n.Ternary, Cond: cond, Exp1: branches[0], Exp2: branches[1]}, n), nil
}

func (r *rewriter) let(n *ast.VariableDeclaratorNode) (ast.Node, error) {
	if strings.HasPrefix(n.Name, "$") {
		return nil, errAt(n, "a name can't begin with $: %s", cut(n.Name))
	}
	if _, isRoot := new(Env).root(n.Name); isRoot || slices.Contains(r.variables, n.Name) {
		return nil, errAt(n, "the name %s is taken", n.Name)
	}
	value, err := r.node(n.Value)
	if err != nil {
		return nil, err
	}
	r.variables = append(r.variables, n.Name)
	defer func() { r.variables = r.variables[:len(r.variables)-1] }()
	body, err := r.node(n.Expr)
	return located(&ast.VariableDeclaratorNode{Name: n.Name, Value: value, Expr: body}, n), err
}

func (r *rewriter) object(n *ast.MapNode) (ast.Node, error) {
	pairs := make([]ast.Node, len(n.Pairs))
	for i, node := range n.Pairs {
		pair, ok := node.(*ast.PairNode)
		if !ok {
			return nil, errAt(node, "this is not a pair of a key and a value")
		}
		key, err := r.node(pair.Key)
		if err != nil {
			return nil, err
		}
		if _, ok := key.(*ast.StringNode); !ok {
			key = invoke(pair, callText, key)
		}
		value, err := r.node(pair.Value)
		if err != nil {
			return nil, err
		}
		pairs[i] = located(&ast.PairNode{Key: key, Value: value}, node)
	}
	return located(&ast.MapNode{Pairs: pairs}, n), nil
}

// invoke makes a call of one of our operations; the whole environment of the program is the meter.
func invoke(at ast.Node, name string, args ...ast.Node) ast.Node {
	callee := located(&ast.IdentifierNode{Value: name}, at)
	env := typed(located(&ast.IdentifierNode{Value: "$env"}, at), 0)
	call := located(&ast.CallNode{Callee: callee, Arguments: append([]ast.Node{env}, args...)}, at)
	switch {
	case isBoolean(name):
		return typed(call, true)
	case name == callIterate:
		return typed(call, []any(nil))
	}
	return call
}

func located[N ast.Node](node N, at ast.Node) N {
	node.SetLocation(at.Location())
	return node
}

// typed tells expr's compiler a node's type, which spares it a check at run time.
func typed(node ast.Node, zero any) ast.Node {
	node.SetType(reflect.TypeOf(zero))
	return node
}
