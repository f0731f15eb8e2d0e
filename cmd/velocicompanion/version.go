package main

import (
	"context"
	"fmt"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/app"
)

func runVersion(_ context.Context, _ []string, out, _ io.Writer) int {
	fmt.Fprintln(out, "velocicompanion", app.Version())
	return 0
}
