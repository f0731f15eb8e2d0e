# `make help` lists what there is. Everything sets itself up: Go, Node and PostgreSQL's binaries are all a machine needs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

ROOT    := $(CURDIR)
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# The module's own version control stamp is off: the version comes from git describe, and a tree owned by somebody
# else (a container, CI as root) would otherwise fail the build.
BUILD   := -buildvcs=false -tags webdist -ldflags '-s -w -X github.com/velocicompanion/velocicompanion/internal/app.version=$(VERSION)'
TOOL    := go tool -modfile=$(ROOT)/tools/go.mod
LINT    := $(TOOL) golangci-lint
# CI leaves this empty: with it every package would be compiled once more than for the tests and the linters.
TRIMPATH ?= -trimpath

WEB_MODULES := web/node_modules/.package-lock.json
WEB_DIST    := web/dist/index.html
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f ! -name '*.go' \
	! -path '*/browser/*' ! -name '*.test.ts' ! -name '*.test.tsx' -print 2>/dev/null)

##@ Use

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z][a-z-]*:.*## / {printf "  \033[36m%-18s\033[0m %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: standalone ## Build all and start the whole platform on this machine (ARGS='--only=postgres,temporal')
	@exec bin/velocicompanion-standalone $(ARGS)

.PHONY: test
test: build test-go test-standalone test-web ## Every test: Go, end to end, web

.PHONY: bench
bench: build ## Measure against the references and print one table
	go run -C standalone -buildvcs=false -tags webdist ./bench $(ARGS)

.PHONY: clean
clean: ## Remove what was built (data stays)
	rm -rf bin coverage web/node_modules web/test-results
	find web/dist -mindepth 1 ! -name .gitkeep -delete 2>/dev/null || true

##@ Build

.PHONY: build
build: binary standalone ## Both binaries, the screen in them

.PHONY: binary
binary: $(WEB_DIST) ## bin/velocicompanion: api, worker, migrate for production
	go build $(TRIMPATH) $(BUILD) -o bin/velocicompanion ./cmd/velocicompanion

.PHONY: standalone
standalone: $(WEB_DIST) ## bin/velocicompanion-standalone: the platform with its servers in one process tree
	@# Not -trimpath: the Temporal server would be compiled once more for the tests and the linters.
	go build -C standalone $(BUILD) -o ../bin/velocicompanion-standalone ./cmd/velocicompanion-standalone

.PHONY: web
web: $(WEB_DIST) ## The screen into web/dist, when its sources changed

$(WEB_MODULES): web/package-lock.json
	cd web && npm ci
	@touch $@

$(WEB_DIST): $(WEB_MODULES) $(WEB_SOURCES)
	cd web && npm run build
	@touch $@

.PHONY: gen
gen: $(WEB_MODULES) ## Rewrite the generated files: openapi.json, schema.d.ts, docs/configuration.md, docs/actions.md
	scripts/gen.sh write

.PHONY: migration
migration: ## A new pair of migration files: make migration name=add_labels
	@scripts/new_migration.sh '$(name)'

.PHONY: tidy
tidy: ## go mod tidy and gofumpt in every module
	for dir in . standalone tools; do (cd "$$dir" && go mod tidy); done
	$(LINT) fmt ./...
	cd standalone && $(LINT) fmt ./...

##@ Check

.PHONY: lint
lint: lint-go lint-workflows lint-web ## Every linter

.PHONY: lint-go
lint-go: ## golangci-lint over every module
	$(LINT) config verify
	$(LINT) run ./...
	cd standalone && $(LINT) run --config $(ROOT)/.golangci.yml ./...
	cd tools && $(LINT) run --config $(ROOT)/.golangci.yml ./...

.PHONY: lint-workflows
lint-workflows: ## workflowcheck: nothing in workflow code may differ on replay
	$(TOOL) workflowcheck -config workflowcheck.yaml ./workflows/...

.PHONY: lint-web
lint-web: $(WEB_MODULES) ## biome, knip and tsc
	cd web && npm run lint && npm run typecheck

.PHONY: lint-planted
lint-planted: ## Each room's import rule must catch a violation planted for it
	scripts/lint_planted.sh

.PHONY: test-go
test-go: ## Tests of the production module
	go test -timeout 10m ./...

.PHONY: test-standalone
test-standalone: build ## Tests of the standalone module, end to end included
	cd standalone && VC_BIN=$(ROOT)/bin/velocicompanion VC_STANDALONE_BIN=$(ROOT)/bin/velocicompanion-standalone \
		go test -timeout 15m ./...

.PHONY: test-web
test-web: $(WEB_MODULES) ## vitest
	cd web && npm test

.PHONY: test-race
test-race: ## The concurrent rooms under the race detector
	go test -race -timeout 15m ./worker/... ./internal/outbox/... ./internal/runs/... ./internal/notify/...

.PHONY: check-repo
check-repo: ## Nothing in the repository that has no place there
	scripts/repo_hygiene.sh

.PHONY: check-format
check-format: ## gofmt
	@unformatted="$$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l)"; \
	if [ -n "$$unformatted" ]; then printf 'not gofmt-ed:\n%s\n' "$$unformatted"; exit 1; fi; echo 'gofmt: clean'

.PHONY: check-modules
check-modules: ## go.mod files tidy, no module in two versions, a reason for every dependency
	for dir in . standalone tools; do echo "go mod tidy -diff in $$dir"; (cd "$$dir" && go mod tidy -diff); done
	scripts/check_module_skew.sh
	scripts/check_dependencies.sh

.PHONY: check-gen
check-gen: $(WEB_MODULES) ## The generated files are what the sources give
	scripts/gen.sh check

.PHONY: check-web-budget
check-web-budget: $(WEB_DIST) ## Size of the screen against its budget
	cd web && npm run budget

.PHONY: check-deploy
check-deploy: ## docker-compose.yml and the Dockerfile parse and keep their promises
	go test -C tools ./...
	go run -C tools -buildvcs=false ./checkdeploy $(ROOT)

.PHONY: check-live
check-live: build ## The curl walk and the browser walks against a fresh server
	@# A minute is the shortest life of an access token: one ends under three open tabs.
	ACCESS_TOKEN_EXPIRE_MINUTES=1 scripts/with_server.sh scripts/live_walk.sh

# In this order; each is a target of its own. The web and Go are never built cold at the same time.
CI_PHASES := check-repo check-format lint-web web check-web-budget test-web binary check-modules check-gen standalone \
	check-deploy lint-go lint-workflows lint-planted test-go test-standalone check-live

.PHONY: ci
ci: ## What CI runs, phase by phase
	@MAKE='$(MAKE)' TRIMPATH= scripts/ci.sh $(CI_PHASES)
