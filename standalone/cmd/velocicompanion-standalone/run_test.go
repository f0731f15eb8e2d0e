package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRunRefusesWrongCalls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"help":          {args: []string{"--help"}, code: 0, says: "DATA_DIR"},
		"unknown flag":  {args: []string{"--nope"}, code: 2, says: "-nope"},
		"argument":      {args: []string{"api"}, code: 2, says: `unexpected argument "api"`},
		"unknown parts": {args: []string{"--only=redis"}, code: 1, says: `"redis" is none of postgres, temporal`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errw strings.Builder
			require.Equal(t, c.code, run(t.Context(), c.args, &out, &errw))
			require.Contains(t, errw.String(), c.says)
		})
	}
}
