package playbooks

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"sync"
)

// Go's regular expressions take time in proportion to text times program, so both are priced before one runs.
const (
	maxPattern      = 512 // bytes of a regular expression
	maxInstructions = 1000
	stepsPerPattern = 4  // per instruction, once an evaluation
	matchesPerStep  = 16 // instructions times bytes
	keptPatterns    = 64
)

// pattern is a compiled regular expression with what it costs.
type pattern struct {
	re           *regexp.Regexp
	instructions int
}

// patternCache keeps compiled patterns. It changes how long an evaluation takes, never what it answers or may spend.
type patternCache struct {
	mu   sync.Mutex
	kept map[string]*pattern
}

func newPatternCache() *patternCache { return &patternCache{kept: make(map[string]*pattern)} }

func (c *patternCache) get(source string) (*pattern, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.kept[source]; ok {
		return p, nil
	}
	p, err := compilePattern(source)
	if err != nil {
		return nil, err
	}
	if len(c.kept) >= keptPatterns {
		clear(c.kept)
	}
	c.kept[source] = p
	return p, nil
}

func compilePattern(source string) (*pattern, error) {
	if len(source) > maxPattern {
		return nil, fmt.Errorf("the regular expression is longer than %d bytes", maxPattern)
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("%s is not a regular expression: %w", quote(source), err)
	}
	size := patternSize(tree)
	if size > maxInstructions {
		return nil, fmt.Errorf("the regular expression %s is too large: its repetitions multiply", quote(source))
	}
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, fmt.Errorf("%s is not a regular expression: %w", quote(source), err)
	}
	return &pattern{re: re, instructions: size}, nil
}

// patternSize estimates the instructions a tree compiles to, its repetitions written out. A large character class counts
// for more, since each of its ranges may have to be looked at.
func patternSize(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)/16
	if re.Op == syntax.OpLiteral {
		size = len(re.Rune)
	}
	for _, sub := range re.Sub {
		size = min(size+patternSize(sub), maxInstructions+1)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(re.Min, re.Max, 1)
	}
	return min(size, maxInstructions+1)
}

// pattern finds a compiled pattern and pays for it once an evaluation, whether it was kept or not.
func (m *meter) pattern(source string) (*pattern, error) {
	p, err := m.patterns.get(source)
	if err != nil || m.compiled[source] {
		return p, err
	}
	if m.compiled == nil {
		m.compiled = make(map[string]bool)
	}
	m.compiled[source] = true
	return p, m.spend(p.instructions * stepsPerPattern)
}

func (m *meter) match(source string, length int) (*pattern, error) {
	p, err := m.pattern(source)
	if err != nil {
		return nil, err
	}
	return p, m.spend(p.instructions * (length + 1) / matchesPerStep)
}

// opMatches is false for nothing, as in expr.
func opMatches(m *meter, args []any) (any, error) {
	if args[0] == nil || args[1] == nil {
		return false, nil
	}
	s, err := textArguments(args)
	if err != nil {
		return nil, err
	}
	p, err := m.match(s[1], len(s[0]))
	if err != nil {
		return nil, err
	}
	return p.re.MatchString(s[0]), nil
}

// fnRegexFind gives the first match of a regular expression in a text, or of one of its groups (by number or name), and
// nil where there is none.
func fnRegexFind(m *meter, args []any) (any, error) {
	if args[0] == nil {
		return nil, nil
	}
	s, err := textArguments(args[:2])
	if err != nil {
		return nil, err
	}
	// Finding where costs about twice as much as finding whether.
	p, err := m.match(s[1], 2*len(s[0]))
	if err != nil {
		return nil, err
	}
	group := 0
	if len(args) == 3 {
		if group, err = groupOf(p, args[2]); err != nil {
			return nil, err
		}
	}
	found := p.re.FindStringSubmatchIndex(s[0])
	if found == nil || found[2*group] < 0 {
		return nil, nil
	}
	return s[0][found[2*group]:found[2*group+1]], nil
}

func groupOf(p *pattern, wanted any) (int, error) {
	group, ok := integer(wanted)
	if name, isName := wanted.(string); isName {
		group, ok = p.re.SubexpIndex(name), true
	}
	if !ok || group < 0 || group > p.re.NumSubexp() {
		return 0, fmt.Errorf("the regular expression has no group %s", quote(wanted))
	}
	return group, nil
}
