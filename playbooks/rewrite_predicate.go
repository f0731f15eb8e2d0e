package playbooks

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// builtin rewrites all, none, any, one, filter, map, find…, count, sum, reduce, groupBy and sortBy. expr's own loop stays;
// what it walks and each round of it are metered.
func (r *rewriter) builtin(n *ast.BuiltinNode) (ast.Node, error) {
	if len(n.Arguments) == 0 {
		return nil, errAt(n, "%s needs a list", n.Name)
	}
	list, err := r.node(n.Arguments[0])
	if err != nil {
		return nil, err
	}
	list = invoke(n, callIterate, list)
	switch n.Name {
	case "all", "none", "any", "one", "filter", "find", "findIndex", "count":
		return r.loop(n, list, callTickBool)
	case "sum":
		return r.loop(n, list, callTickNumber)
	case "map", "reduce":
		return r.loop(n, list, callTick)
	case "sortBy":
		return r.byKeys(n, list, callSortBy, callTick)
	case "groupBy":
		return r.byKeys(n, list, callGroupBy, callTick)
	case "findLast":
		return r.byKeys(n, list, callFindLast, callTickBool)
	case "findLastIndex":
		return r.byKeys(n, list, callFindLastIndex, callTickBool)
	}
	return nil, errAt(n, "there is no function %s", n.Name)
}

func (r *rewriter) loop(n *ast.BuiltinNode, list ast.Node, tick string) (ast.Node, error) {
	var body ast.Node = located(&ast.PredicateNode{Node: located(&ast.PointerNode{}, n)}, n)
	if len(n.Arguments) > 1 {
		body = n.Arguments[1]
	}
	body, err := r.body(n, body, tick)
	if err != nil {
		return nil, err
	}
	rest, err := r.all(n.Arguments[min(2, len(n.Arguments)):])
	if err != nil {
		return nil, err
	}
	out := located(&ast.BuiltinNode{Name: n.Name, Arguments: append([]ast.Node{list, body}, rest...)}, n)
	switch n.Name {
	case "all", "none", "any", "one":
		return typed(out, true), nil
	}
	return out, nil
}

// body rewrites a predicate's body. Each round costs as much as the body is large, so that a large body in a short loop
// and a small one in a long loop are bounded alike.
func (r *rewriter) body(at, node ast.Node, tick string) (ast.Node, error) {
	predicate, ok := node.(*ast.PredicateNode)
	if !ok {
		return nil, errAt(node, "this is not a predicate")
	}
	before := r.visited
	r.predicate++
	body, err := r.node(predicate.Node)
	r.predicate--
	if err != nil {
		return nil, err
	}
	weight := typed(located(&ast.IntegerNode{Value: r.visited - before}, at), 0)
	return located(&ast.PredicateNode{Node: invoke(predicate.Node, tick, weight, body)}, node), nil
}

// byKeys replaces some of expr's loops by our own over the list and its mapped keys: sortBy and groupBy, because they
// sort and hash unmetered, findLast and findLastIndex, because they leave values behind on the machine's stack (v1.17.8).
// The result is: let $1 = list; $sortBy($1, map($1, key), order).
func (r *rewriter) byKeys(n *ast.BuiltinNode, list ast.Node, call, tick string) (ast.Node, error) {
	if len(n.Arguments) < 2 {
		return nil, errAt(n, "%s needs a list and a key", n.Name)
	}
	body, err := r.body(n, n.Arguments[1], tick)
	if err != nil {
		return nil, err
	}
	rest, err := r.all(n.Arguments[2:])
	if err != nil {
		return nil, err
	}
	r.generated++
	name := fmt.Sprintf("$%d", r.generated)
	variable := func() ast.Node { return typed(located(&ast.IdentifierNode{Value: name}, n), []any(nil)) }
	keys := located(&ast.BuiltinNode{Name: "map", Arguments: []ast.Node{variable(), body}}, n)
	args := slices.Concat([]ast.Node{variable(), keys}, rest)
	return located(&ast.VariableDeclaratorNode{Name: name, Value: list, Expr: invoke(n, call, args...)}, n), nil
}

func (r *rewriter) pointer(n *ast.PointerNode) (ast.Node, error) {
	if r.predicate == 0 {
		return nil, errAt(n, "# stands for an item and belongs inside filter, map, any and the like")
	}
	switch n.Name {
	case "", "index", "acc":
		return located(&ast.PointerNode{Name: n.Name}, n), nil
	}
	return nil, errAt(n, "there is no #%s; there are #, #index and, in reduce, #acc", cut(n.Name))
}
