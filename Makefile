# The same commands for people and for CI. STACK=name chooses the stack.
STACK ?= dev
PYTHON ?= python3
BIN := .venv/bin
OPERATE := $(BIN)/python -m operate
WITH_STACK := --stack $(STACK) $(if $(YES),--yes)

.DEFAULT_GOAL := help
.PHONY: help preview up down cluster admin-password access-password images bump compose-up compose-down compose-password platform-preview platform-up picture compare generate check test e2e bench clean

help: ## Show this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

preview: .venv/run ## Show what `make up` would create or change; OUT=dir also writes the manifests, MATRIX=1 shows who may reach whom
	@$(OPERATE) preview $(WITH_STACK) $(if $(OUT),--out $(OUT)) $(if $(OFFLINE),--offline) $(if $(MATRIX),--matrix)

up: .venv/run ## Bring the shop up (YES=1: do not ask)
	@$(OPERATE) up $(WITH_STACK)

down: .venv/run ## Destroy the stack; retained data stays (YES=1: do not ask)
	@$(OPERATE) down $(WITH_STACK)

cluster: .venv/run ## Make a local cluster with kind or k3d, as the stack's context names it
	@$(OPERATE) cluster $(WITH_STACK)

admin-password: .venv/run ## Show the administrator's generated password
	@$(OPERATE) admin-password $(WITH_STACK)

access-password: .venv/run ## Show the password that visitors are asked for (access in the settings)
	@$(OPERATE) access-password $(WITH_STACK)

images: .venv/run ## Build the shop's images; a local cluster gets them (SHOP=folder or repository#tag, PHP=8.4)
	@$(OPERATE) images $(WITH_STACK) $(if $(SHOP),--shop $(SHOP)) $(if $(PHP),--php $(PHP))

bump: .venv/run ## Write digests into the stack file: IMAGES="php=...@sha256:... nginx=...@sha256:..."
	@$(OPERATE) bump $(WITH_STACK) $(foreach image,$(IMAGES),--image $(image))

compose-up: .venv/run ## Try the images on this machine by docker compose (SAMPLE_DATA=archive)
	@$(OPERATE) compose-up $(WITH_STACK) $(if $(SAMPLE_DATA),--sample-data $(SAMPLE_DATA))

compose-down: .venv/run ## Stop what compose-up has started; the data stays (WIPE=1: it goes, too)
	@$(OPERATE) compose-down $(WITH_STACK) $(if $(WIPE),--wipe)

compose-password: .venv/run ## Show the administrator's password of the shop that compose-up has started
	@$(OPERATE) compose-password $(WITH_STACK)

platform-preview: .venv/run ## Show what `make platform-up` would install in a cluster, once for all shops
	@$(BIN)/python platform/command.py preview --stack $(STACK) $(if $(OFFLINE),--offline)

platform-up: .venv/run ## Install what the cluster of platform/Pulumi.$(STACK).yaml needs (YES=1: do not ask)
	@$(BIN)/python platform/command.py up $(WITH_STACK)

picture: .venv/run ## Draw the picture in README.md anew
	@$(OPERATE) picture

compare: .venv/run ## Show what the working tree renders otherwise than BASE=commit, for every stack file
	@$(BIN)/python -m operate.compare $(or $(BASE),main)

generate: .venv/run ## Write schemas and references of the settings anew
	@$(BIN)/python -m settings.generate
	@$(BIN)/python platform/generate.py

check: .venv/dev ## Format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python

test: .venv/dev .venv-checkov/done ## Everything that needs neither CLI nor cluster
	$(BIN)/pytest -n auto -q

e2e: .venv/dev ## The real CLI against $$KUBECONFIG; says what it skipped and why
	$(BIN)/pytest -q -rs tests/engine/test_engine.py tests/cluster tests/engine/test_teardown.py

bench: .venv/dev ## Measure previews
	$(BIN)/python bench/preview.py

clean: ## Remove what make has made, but for the state of stacks
	rm -rf .venv .venv-checkov build

.venv/run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/run
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# checkov pins versions that differ from ours: it has an environment of its own.
.venv-checkov/done: requirements-checkov.txt
	@test -x .venv-checkov/bin/python || $(PYTHON) -m venv .venv-checkov
	@.venv-checkov/bin/pip install --quiet --disable-pip-version-check -r requirements-checkov.txt
	@touch $@
