package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/velocicompanion/velocicompanion/models"
)

func TestHostnames(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"web01", "WS-042.corp.example", "büro_pc", "10.0.0.1", "x", strings.Repeat("a", 255)} {
		assert.Empty(t, models.HostnameProblem(good), good)
	}
	for _, bad := range []string{"", "a b", "a\x00b", "a\nb", "-a", ".a", "a..b", "a/b", "<a>", "a\xff", strings.Repeat("ä", 256)} {
		assert.NotEmpty(t, models.HostnameProblem(bad), "%q", bad)
	}
}

func TestAddressesHaveOneForm(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"10.0.0.1": "10.0.0.1", "::ffff:10.0.0.1": "10.0.0.1",
		" 2001:DB8::0:1 ": "2001:db8::1", //nolint:gocritic // the white space is the point
	} {
		got, ok := models.CanonicalIP(in)
		assert.True(t, ok, in)
		assert.Equal(t, want, got)
	}
	for _, bad := range []string{"", "10.0.0", "10.0.0.1/8", "host", "1.2.3.4.5"} {
		_, ok := models.CanonicalIP(bad)
		assert.False(t, ok, bad)
	}
}
