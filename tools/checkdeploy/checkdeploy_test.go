package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodCompose = `
name: probe
services:
  postgres:
    image: postgres:15-alpine
    restart: unless-stopped
    security_opt: ["no-new-privileges:true"]
    cap_drop: [ALL]
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD in .env}
  api:
    build: {context: ., dockerfile: deploy/Dockerfile}
    restart: unless-stopped
    security_opt: ["no-new-privileges:true"]
    cap_drop: [ALL]
    ports: ["${HTTP_BIND:-127.0.0.1}:8080:8080"]
`

const goodDockerfile = `FROM golang:1.26 AS build
COPY go.mod ./
FROM alpine:3.22
COPY --from=build /out/x /usr/local/bin/x
USER nobody
ENTRYPOINT ["/usr/local/bin/x"]
`

// check runs the program over a repository of these files and returns its exit code and its findings.
func check(t *testing.T, compose, dockerfile string) (int, string) {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{
		"docker-compose.yml": compose, "deploy/Dockerfile": dockerfile, "go.mod": "module probe\n",
		".env.example": "POSTGRES_PASSWORD=change-me\nHTTP_BIND=127.0.0.1\n",
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errOut bytes.Buffer
	code := run(t.Context(), []string{root}, &out, &errOut)
	return code, errOut.String()
}

func TestAGoodDeploymentPasses(t *testing.T) {
	t.Parallel()
	if code, findings := check(t, goodCompose, goodDockerfile); code != 0 {
		t.Fatalf("exit code %d: %s", code, findings)
	}
}

func TestBrokenPromisesAreFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ old, new, finding string }{
		"another port": {
			"    image: postgres:15-alpine\n", "    image: postgres:15-alpine\n    ports: [\"5432:5432\"]\n",
			"postgres: publishes a port",
		},
		"published to the world": {"HTTP_BIND:-127.0.0.1", "HTTP_BIND:-0.0.0.0", "is published on"},
		"a secret with a default": {
			":?set POSTGRES_PASSWORD in .env", ":-postgres", "POSTGRES_PASSWORD:-postgres} must be",
		},
		"a secret in the file":  {"${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD in .env}", "postgres", "has a value in the file"},
		"an image of any age":   {"postgres:15-alpine", "postgres:latest", "is not pinned"},
		"all rights":            {"cap_drop: [ALL]", "privileged: true", "runs with the host's rights"},
		"not YAML":              {"services:", "services: [", "docker-compose.yml:"},
		"an unknown variable":   {"${HTTP_BIND:-127.0.0.1}", "${ADDRESS:-127.0.0.1}", "no ADDRESS"},
		"root in the image":     {"USER nobody\n", "", "runs as root"},
		"a shell as entrypoint": {`ENTRYPOINT ["/usr/local/bin/x"]`, "ENTRYPOINT /usr/local/bin/x", "exec form"},
		"a secret in the image": {"USER nobody\n", "ENV API_TOKEN=x\nUSER nobody\n", "secret in the image"},
		"a file that is gone":   {"COPY go.mod ./", "COPY go.sum ./", "not in the repository"},
		"no such stage":         {"--from=build", "--from=web", "no such stage"},
		"not a Dockerfile":      {"USER nobody", "USR nobody", "deploy/Dockerfile:"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compose := strings.ReplaceAll(goodCompose, test.old, test.new)
			dockerfile := strings.ReplaceAll(goodDockerfile, test.old, test.new)
			code, findings := check(t, compose, dockerfile)
			if code != 1 || !strings.Contains(findings, test.finding) {
				t.Fatalf("exit code %d, want 1 with %q; found: %s", code, test.finding, findings)
			}
		})
	}
}
