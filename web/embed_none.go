//go:build !webdist

package web

import (
	"embed"
	"io/fs"
)

//go:embed unbuilt
var unbuilt embed.FS

// Files returns a site of one page that says how to build the real one, and
// false: this binary was built without the tag webdist.
func Files() (fs.FS, bool) {
	site, err := fs.Sub(unbuilt, "unbuilt")
	if err != nil {
		return nil, false
	}
	return site, false
}
