package blob

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Open gives the storage at a URL: a folder, which is made when it is missing. An empty URL gives a storage that refuses
// every file with CodeNotConfigured, so that what needs no files works without.
func Open(rawURL string) (Store, error) {
	if rawURL == "" {
		return none{}, nil
	}
	path, err := folderOf(rawURL)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(path, folderMode); err != nil {
		return nil, fmt.Errorf("make the folder of files: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the folder of files: %w", err)
	}
	f := &folder{root: root}
	f.create = f.newFile
	if err := f.probe(); err != nil {
		return nil, fmt.Errorf("the folder of files %s can't be written: %w", path, err)
	}
	return f, nil
}

// Check says whether a URL names a storage that there is, without touching it.
func Check(rawURL string) error {
	if rawURL == "" {
		return nil
	}
	_, err := folderOf(rawURL)
	return err
}

// folderOf reads file:///path, or a path as it is.
func folderOf(rawURL string) (string, error) {
	if !strings.Contains(rawURL, "://") {
		return filepath.Clean(rawURL), nil
	}
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return "", fmt.Errorf("%q is no URL", rawURL)
	case u.Scheme != "file":
		return "", fmt.Errorf("%s:// is not among the storages; give a folder, for example file:///var/lib/velocicompanion/files", u.Scheme)
	case u.Host != "" && u.Host != "localhost", !filepath.IsAbs(u.Path):
		return "", fmt.Errorf("%q names no folder of this machine; a file URL has three slashes: file:///var/lib/velocicompanion/files", rawURL)
	}
	return filepath.Clean(u.Path), nil
}
