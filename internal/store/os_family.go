package store

import "github.com/uptrace/bun"

// osRange holds the lower-case texts t with from <= t < below: those that begin with from.
type osRange struct{ from, below string }

// osFamily gives what the operating systems of a family begin with; nothing for a text that names no family. Velociraptor
// says "windows", others "Windows 10"; Apple's has had three names. host_filter in the database says the same of patterns.
func osFamily(name string) []osRange {
	switch name {
	case "windows":
		return []osRange{{"windows", "windowt"}}
	case "linux":
		return []osRange{{"linux", "linuy"}}
	case "darwin":
		return []osRange{{"darwin", "darwio"}, {"macos", "macot"}, {"mac os", "mac ot"}}
	}
	return nil
}

// filterOS narrows a select of hosts to a family of operating systems, or to one text as a whole: by comparisons, which
// row-level security trusts to use an index, where it would not trust LIKE.
func filterOS(sel *bun.SelectQuery, name string) *bun.SelectQuery {
	name = lower(name)
	family := osFamily(name)
	if family == nil {
		return sel.Where("h.os_key = lower(?)", name)
	}
	return sel.WhereGroup(" AND ", func(sel *bun.SelectQuery) *bun.SelectQuery {
		for _, r := range family {
			sel = sel.WhereOr("h.os_key >= ? AND h.os_key < ?", r.from, r.below)
		}
		return sel
	})
}
