# The same commands for people and for CI. STACK=name chooses the stack.
STACK ?= dev
PYTHON ?= python3
BIN := .venv/bin
OPERATE := $(BIN)/python -m operate
WITH_STACK := --stack $(STACK) $(if $(YES),--yes)

.DEFAULT_GOAL := help
.PHONY: help preview up down cluster admin-password picture generate check test e2e bench clean

help: ## Show this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

preview: .venv/run ## Show what `make up` would create or change; OUT=dir also writes the manifests
	@$(OPERATE) preview $(WITH_STACK) $(if $(OUT),--out $(OUT)) $(if $(OFFLINE),--offline)

up: .venv/run ## Bring the shop up (YES=1: do not ask)
	@$(OPERATE) up $(WITH_STACK)

down: .venv/run ## Destroy the stack; retained data stays (YES=1: do not ask)
	@$(OPERATE) down $(WITH_STACK)

cluster: .venv/run ## Make a local cluster with kind or k3d, as the stack's context names it
	@$(OPERATE) cluster $(WITH_STACK)

admin-password: .venv/run ## Show the administrator's generated password
	@$(OPERATE) admin-password $(WITH_STACK)

picture: .venv/run ## Draw the picture in README.md anew
	@$(OPERATE) picture

generate: .venv/run ## Write settings/schema.json and docs/settings.md anew
	@$(BIN)/python -m settings.schema
	@$(BIN)/python -m settings.reference

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
