package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"
)

const published = "api"

var (
	secretName = regexp.MustCompile(`(PASSWORD|SECRET|TOKEN|_KEY)$`)
	// The forms are ${NAME}, ${NAME:-default}, ${NAME-default} and ${NAME:?message}.
	variable = regexp.MustCompile(`\$\{([A-Z0-9_]+)(?:(:?[-?+])([^}]*))?\}`)
	plainKey = regexp.MustCompile(`(?m)^\s+([A-Z0-9_]+):\s*([^$\s].*)$`)
)

// mayBeEmpty are secrets of optional parts: without them the part is off.
var mayBeEmpty = []string{"SMTP_PASSWORD"}

func checkCompose(ctx context.Context, root string) []string {
	text, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	if err != nil {
		return []string{err.Error()}
	}
	env, err := dotenv.Read(filepath.Join(root, ".env.example"))
	if err != nil {
		return []string{".env.example: " + err.Error()}
	}
	findings := checkSecrets(string(text), env)
	project, err := load(ctx, root, env)
	if err != nil {
		return append(findings, "docker-compose.yml: "+err.Error())
	}
	if _, err := load(ctx, root, nil); err == nil {
		findings = append(findings, "docker-compose.yml: parses without any secret set; each needs ${NAME:?…}")
	}
	for _, name := range project.ServiceNames() {
		findings = append(findings, checkService(root, name, project)...)
	}
	findings = append(findings, checkDefaultPorts(ctx, root, env)...)
	if _, ok := project.Services[published]; !ok {
		findings = append(findings, "docker-compose.yml: no service "+published)
	}
	return findings
}

// checkDefaultPorts judges the ports of an installation that says nothing about them.
func checkDefaultPorts(ctx context.Context, root string, env map[string]string) []string {
	secrets := maps.Clone(env)
	maps.DeleteFunc(secrets, func(name, _ string) bool { return strings.HasPrefix(name, "HTTP_") })
	project, err := load(ctx, root, secrets)
	if err != nil {
		return []string{"docker-compose.yml without HTTP_*: " + err.Error()}
	}
	var findings []string
	for _, name := range project.ServiceNames() {
		for _, finding := range checkPorts(project.Services[name]) {
			findings = append(findings, "docker-compose.yml without HTTP_*: "+name+": "+finding)
		}
	}
	return findings
}

func load(ctx context.Context, root string, env map[string]string) (*types.Project, error) {
	pairs := make([]string, 0, len(env))
	for name, value := range env {
		pairs = append(pairs, name+"="+value)
	}
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")},
		cli.WithWorkingDirectory(root), cli.WithEnv(pairs), cli.WithName("velocicompanion"))
	if err != nil {
		return nil, err
	}
	return options.LoadProject(ctx)
}

// checkSecrets reads the text as written, because interpolation hides where a value came from.
func checkSecrets(text string, env map[string]string) []string {
	var findings []string
	for _, match := range variable.FindAllStringSubmatch(text, -1) {
		name, operator, operand := match[1], match[2], match[3]
		if _, ok := env[name]; !ok {
			findings = append(findings, ".env.example: no "+name+", which docker-compose.yml uses")
		}
		if !secretName.MatchString(name) {
			continue
		}
		optional := slices.Contains(mayBeEmpty, name) && operand == ""
		if !strings.HasSuffix(operator, "?") && !optional {
			findings = append(findings, fmt.Sprintf("docker-compose.yml: %s must be ${%s:?set %s in .env}", match[0], name, name))
		}
	}
	for _, match := range plainKey.FindAllStringSubmatch(text, -1) {
		if secretName.MatchString(match[1]) && !strings.Contains(match[2], "${") {
			findings = append(findings, "docker-compose.yml: "+match[1]+" has a value in the file")
		}
	}
	return findings
}

func checkService(root, name string, project *types.Project) []string {
	service := project.Services[name]
	findings := slices.Concat(checkPorts(service), checkRights(service), checkMounts(root, service),
		checkDependencies(project, service))
	for i := range findings {
		findings[i] = "docker-compose.yml: " + name + ": " + findings[i]
	}
	return findings
}

func checkPorts(service types.ServiceConfig) []string {
	var findings []string
	if len(service.Ports) > 0 && service.Name != published {
		findings = append(findings, "publishes a port; only "+published+" may")
	}
	for _, port := range service.Ports {
		if port.HostIP != "127.0.0.1" {
			findings = append(findings, fmt.Sprintf("is published on %q by default, not on 127.0.0.1", port.HostIP))
		}
	}
	return findings
}

func checkRights(service types.ServiceConfig) []string {
	var findings []string
	if service.Privileged || service.NetworkMode == "host" || service.Pid == "host" {
		findings = append(findings, "runs with the host's rights")
	}
	if !slices.Contains(service.SecurityOpt, "no-new-privileges:true") || !slices.Contains(service.CapDrop, "ALL") {
		findings = append(findings, "needs security_opt no-new-privileges and cap_drop ALL")
	}
	if service.Restart == "" {
		findings = append(findings, "has no restart policy")
	}
	if service.Build == nil && (!strings.Contains(service.Image, ":") || strings.HasSuffix(service.Image, ":latest")) {
		findings = append(findings, fmt.Sprintf("image %q is not pinned", service.Image))
	}
	return findings
}

func checkMounts(root string, service types.ServiceConfig) []string {
	var findings []string
	for _, volume := range service.Volumes {
		if volume.Type != types.VolumeTypeBind {
			continue
		}
		if _, err := os.Stat(volume.Source); err != nil {
			findings = append(findings, "mounts "+strings.TrimPrefix(volume.Source, root+"/")+", which is not there")
		}
	}
	return findings
}

func checkDependencies(project *types.Project, service types.ServiceConfig) []string {
	var findings []string
	for name, dependency := range service.DependsOn {
		if dependency.Condition == types.ServiceConditionHealthy && project.Services[name].HealthCheck == nil {
			findings = append(findings, "waits for "+name+" to be healthy, which has no health check")
		}
	}
	return findings
}
