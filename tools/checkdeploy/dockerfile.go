package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func checkDockerfile(path, root string) []string {
	file, err := os.Open(path)
	if err != nil {
		return []string{err.Error()}
	}
	defer file.Close()
	result, err := parser.Parse(file)
	if err != nil {
		return []string{"deploy/Dockerfile: " + err.Error()}
	}
	stages, _, err := instructions.Parse(result.AST, nil)
	if err != nil {
		return []string{"deploy/Dockerfile: " + err.Error()}
	}
	var findings []string
	for _, warning := range result.Warnings {
		findings = append(findings, "deploy/Dockerfile: "+warning.Short)
	}
	for i, stage := range stages {
		findings = append(findings, checkStage(stages, i, stage, root)...)
	}
	return append(findings, checkFinal(stages[len(stages)-1])...)
}

func checkStage(stages []instructions.Stage, i int, stage instructions.Stage, root string) []string {
	var findings []string
	earlier := slices.ContainsFunc(stages[:i], func(s instructions.Stage) bool { return s.Name == stage.BaseName })
	if !earlier && (!strings.Contains(stage.BaseName, ":") || strings.HasSuffix(stage.BaseName, ":latest")) {
		findings = append(findings, fmt.Sprintf("deploy/Dockerfile: base image %q is not pinned", stage.BaseName))
	}
	for _, command := range stage.Commands {
		switch command := command.(type) {
		case *instructions.CopyCommand:
			findings = append(findings, checkCopy(stages[:i], command, root)...)
		case *instructions.EnvCommand:
			for _, pair := range command.Env {
				if secretName.MatchString(pair.Key) {
					findings = append(findings, "deploy/Dockerfile: ENV "+pair.Key+" would be a secret in the image")
				}
			}
		case *instructions.ArgCommand:
			for _, arg := range command.Args {
				if secretName.MatchString(arg.Key) {
					findings = append(findings, "deploy/Dockerfile: ARG "+arg.Key+" would be a secret in the image's history")
				}
			}
		}
	}
	return findings
}

// checkCopy asks that what is copied exists: in the repository, or in a stage that comes earlier.
func checkCopy(earlier []instructions.Stage, command *instructions.CopyCommand, root string) []string {
	if command.From != "" {
		if slices.ContainsFunc(earlier, func(s instructions.Stage) bool { return s.Name == command.From }) {
			return nil
		}
		return []string{fmt.Sprintf("deploy/Dockerfile: COPY --from=%s: no such stage before it", command.From)}
	}
	var findings []string
	for _, source := range command.SourcePaths {
		if _, err := os.Stat(filepath.Join(root, source)); err != nil {
			findings = append(findings, "deploy/Dockerfile: COPY "+source+": not in the repository")
		}
	}
	return findings
}

func checkFinal(stage instructions.Stage) []string {
	user, entry := "", false
	for _, command := range stage.Commands {
		switch command := command.(type) {
		case *instructions.UserCommand:
			user = command.User
		case *instructions.EntrypointCommand:
			entry = len(command.CmdLine) > 0 && !command.PrependShell
		}
	}
	var findings []string
	if user == "" || user == "root" || user == "0" {
		findings = append(findings, "deploy/Dockerfile: the image runs as root; it needs a USER")
	}
	if !entry {
		findings = append(findings, "deploy/Dockerfile: the image needs an ENTRYPOINT in exec form, so that signals reach it")
	}
	return findings
}
