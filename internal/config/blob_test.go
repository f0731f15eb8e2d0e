package config_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/config"
)

func TestFilesGoBelowTheDataFolderUnlessSaid(t *testing.T) {
	t.Parallel()
	for want, vars := range map[string]map[string]string{
		"":                              {},
		filepath.Join("/data", "blobs"): {"DATA_DIR": "/data"},
		"file:///files":                 {"DATA_DIR": "/data", "BLOB_URL": "file:///files"},
	} {
		c, err := config.FromMap(vars)
		require.NoError(t, err)
		require.Equal(t, want, c.BlobURL)
	}
}
