package main

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/app"
	"github.com/velocicompanion/velocicompanion/internal/config"
)

// runGen prints a reference that is made from code; CI compares it with the file in the repository.
func runGen(_ context.Context, args []string, out, errw io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(errw, "usage: velocicompanion gen openapi|config|actions|permissions")
		return 2
	}
	var err error
	switch args[0] {
	case "openapi":
		err = app.WriteOpenAPI(out)
	case "config":
		err = config.WriteReference(bufio.NewWriter(out))
	case "actions":
		err = app.WriteActions(out)
	case "permissions":
		err = app.WritePermissions(out)
	default:
		fmt.Fprintf(errw, "velocicompanion gen: %q is none of openapi, config, actions, permissions\n", args[0])
		return 2
	}
	if err != nil {
		return fail(errw, err)
	}
	return 0
}
