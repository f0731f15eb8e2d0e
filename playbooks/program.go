package playbooks

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// program is an expression ready to run.
type program struct {
	source string
	code   *vm.Program
	paths  []*path  // in the order written
	called []string // functions in the order written
}

// language is the compiler's fixed part: expr with every builtin off, and our own functions and operations.
type language struct {
	functions map[string]function
	typed     conf.FunctionsTable // the functions as the type check sees them
	config    *conf.Config
	budget    Budget
}

func newLanguage(b Budget) *language {
	l := &language{
		functions: make(map[string]function), typed: make(conf.FunctionsTable), config: conf.CreateNew(), budget: b,
	}
	l.config.Optimize = false // folding would evaluate 1..1000000000 while compiling
	l.config.MaxNodes = uint(b.Nodes)
	for _, f := range builtin.Builtins {
		l.config.Disabled[f.Name] = true
	}
	for _, f := range functions() {
		l.functions[f.name] = f
		l.typed[f.name] = &builtin.Function{Name: f.name, Types: []reflect.Type{reflect.TypeOf(f.typed)}}
		l.config.Functions[f.name] = metered(f.name, f.do)
	}
	//workflowcheck:ignore // a set filled from a set
	for name, do := range operations() {
		l.config.Functions[name] = metered(name, do)
	}
	return l
}

// parse reads an expression into expr's tree, within the budget's size.
func (l *language) parse(source string) (*parser.Tree, error) {
	if strings.TrimSpace(source) == "" {
		return nil, errors.New("the expression is empty")
	}
	if len(source) > l.budget.Source {
		return nil, fmt.Errorf("the expression has %d bytes; the limit is %d", len(source), l.budget.Source)
	}
	if strings.Contains(source, "${") {
		return nil, errors.New("this is an expression already: write it without ${ }")
	}
	// An empty table of functions lets the parser see the predicates; every other call becomes ours.
	config := conf.CreateNew()
	config.MaxNodes = l.config.MaxNodes
	config.Disabled = l.config.Disabled
	return parser.ParseWithConfig(source, config)
}

// compile makes a program. Its errors carry their place where they have one.
func (l *language) compile(source string) (_ *program, err error) {
	// expr's parser and compiler panic on some malformed trees.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the expression can't be understood: %s", firstLine(fmt.Sprint(r)))
		}
	}()
	tree, err := l.parse(source)
	if err != nil {
		return nil, err
	}
	r := &rewriter{functions: l.functions, budget: l.budget}
	root, err := r.node(tree.Node)
	if err != nil {
		return nil, bind(err, tree.Source)
	}
	code, err := compiler.Compile(&parser.Tree{Node: root, Source: tree.Source}, l.config)
	if err != nil {
		return nil, fmt.Errorf("the expression can't be understood: %s", firstLine(err.Error()))
	}
	return &program{source: source, code: code, paths: r.paths, called: r.called}, nil
}

// bind gives a located error its line and column.
func bind(err error, source file.Source) error {
	if e, ok := errors.AsType[*locatedError](err); ok {
		return (&file.Error{Location: e.location, Message: e.message}).Bind(source)
	}
	return err
}

// run evaluates a program. The environment of expr's machine is the meter alone; the machine is made anew each time, so
// that nothing of one evaluation reaches the next.
func (p *program) run(m *meter) (any, error) {
	machine := vm.VM{MemoryBudget: uint(max(m.memory/bytesPerItem, 1))}
	out, err := machine.Run(p.code, m)
	if err != nil {
		return nil, err
	}
	return plain(m, out)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return cut(line)
}
