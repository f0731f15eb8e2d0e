package indicator

import (
	"strings"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Warning is a doubt about what was read from a text.
type Warning string

// The warnings.
const (
	Defanged    Warning = "defanged"     // it was written so that nobody clicks on it
	PortDropped Warning = "port_dropped" // a port stood behind it
	PathDropped Warning = "path_dropped" // a path stood behind it, without a scheme before it
	Rewritten   Warning = "rewritten"    // its canonical form differs from what is written
)

// The bounds of a text.
const (
	MaxText  = 1 << 20 // bytes
	MaxItems = 10_000
)

// Item is one thing found in a text.
type Item struct {
	Indicator

	Original  string // as it is written
	Offset    int    // bytes before it
	Line      int    // from 1
	Duplicate bool   // the same was found before
	Guard     Guard  // why it is better left out; "" for none
	Warnings  []Warning
}

// Preview is what a text holds, in its order.
type Preview struct {
	Items     []Item
	Truncated bool // there were more than MaxItems
}

// ParseText finds the indicators in a text by people: a report, a mail, a list. It undoes defanging. Items with a Guard
// are for the screen to show and not to preselect. Faults: TooLarge beyond MaxText, Invalid for what is not UTF-8.
func ParseText(text string) (Preview, error) {
	if len(text) > MaxText {
		return Preview{}, fault.New(fault.TooLarge, "the text has more than %d bytes", MaxText)
	}
	if !utf8.ValidString(text) {
		return Preview{}, fault.InvalidField("text", "must be valid UTF-8")
	}
	var p Preview
	type key struct {
		t   Type
		key string
	}
	seen := map[key]bool{}
	r := refang(text)
	line, counted := 1, 0
	x := scan{s: r.text, report: true}
	x.emit = func(c *candidate) bool {
		if len(p.Items) == MaxItems {
			p.Truncated = true
			return false
		}
		from, to := r.original(c.start, c.end)
		if from >= counted {
			line += strings.Count(text[counted:from], "\n")
			counted = from
		}
		it := Item{Indicator: c.Indicator, Original: text[from:to], Offset: from, Line: line, Guard: c.guard, Warnings: c.warnings}
		if written := r.text[c.start:c.end]; it.Original != written {
			it.Warnings = append(it.Warnings, Defanged)
		} else if !strings.EqualFold(written, c.Value) {
			it.Warnings = append(it.Warnings, Rewritten)
		}
		k := key{c.Type, c.Key}
		it.Duplicate, seen[k] = seen[k], true
		p.Items = append(p.Items, it)
		return true
	}
	x.run()
	return p, nil
}
