//go:build webdist

package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built site with index.html at its root, and true. Every
// compressible file has a .br and a .gz sibling. The text __CSP_NONCE__ in
// index.html stands for the nonce of the answer that carries it.
func Files() (fs.FS, bool) {
	site, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, false
	}
	return site, true
}
