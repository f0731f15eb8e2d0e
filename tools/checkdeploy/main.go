package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

// run checks the repository whose root is args[0] and returns the exit code: 0 good, 1 findings, 2 wrong use.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(errOut, "usage: checkdeploy <repository root>")
		return 2
	}
	root, err := filepath.Abs(args[0])
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 2
	}
	findings := checkCompose(ctx, root)
	findings = append(findings, checkDockerfile(filepath.Join(root, "deploy", "Dockerfile"), root)...)
	for _, finding := range findings {
		fmt.Fprintln(errOut, finding)
	}
	if len(findings) > 0 {
		return 1
	}
	fmt.Fprintln(out, "docker-compose.yml and deploy/Dockerfile: parsed, promises kept")
	return 0
}
