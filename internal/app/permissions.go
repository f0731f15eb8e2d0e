package app

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// WritePermissions writes the permission table and the matrix of every operation by every role.
func WritePermissions(w io.Writer) error {
	doc, err := describe()
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# Permissions\n\nGenerated from the permission table and the operations. Roles nest: each has what those before it have.\n\n")
	b.WriteString("| permission | lowest role | service keys | what for |\n|---|---|---|---|\n")
	for _, g := range auth.Permissions() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", g.Permission, g.Role, tick(g.Keys), g.Summary)
	}
	b.WriteString("\n## Operations by role\n\n| operation | permission |")
	for _, r := range auth.Roles() {
		fmt.Fprintf(&b, " %s |", r)
	}
	b.WriteString("\n|---|---|" + strings.Repeat(":-:|", len(auth.Roles())) + "\n")
	for _, o := range documented(doc) {
		needs, _ := o.Extensions["x-permission"].(string)
		fmt.Fprintf(&b, "| %s `%s` | `%s` |", o.Method, o.Path, needs)
		for _, r := range auth.Roles() {
			fmt.Fprintf(&b, " %s |", tick(r.Has(auth.Permission(needs))))
		}
		b.WriteString("\n")
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func tick(yes bool) string {
	if yes {
		return "✓"
	}
	return "–"
}

// documented lists the operations of a document by path and method.
func documented(doc *huma.OpenAPI) []*huma.Operation {
	var out []*huma.Operation
	for _, item := range doc.Paths {
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if o != nil {
				out = append(out, o)
			}
		}
	}
	slices.SortFunc(out, func(x, y *huma.Operation) int {
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Method, y.Method))
	})
	return out
}
