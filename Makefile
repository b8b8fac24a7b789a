# The developer's menu. `make` alone prints it.
SHELL := /bin/bash
.DEFAULT_GOAL := menu
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT
UV_INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes

.PHONY: menu
menu: ## Print this menu
	@echo "Puente: a public-private trust and the mobility fund it pays for"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18 | sed 's/^/  make /'

# --- set-up -----------------------------------------------------------------
$(VENV)/.uv: requirements/bootstrap.txt
	@python3 -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(VENV)/.run: $(VENV)/.uv requirements/run.txt setup.cfg pyproject.toml
	@echo "Installing what Puente needs (hash-checked)"
	@$(UV_INSTALL) -r requirements/run.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	@echo "Installing what the checks need (hash-checked)"
	@$(UV_INSTALL) -r requirements/test.txt
	@touch $@

.PHONY: setup lock
setup: $(VENV)/.test ## Install everything, for development too
lock: $(VENV)/.uv ## Rewrite the lock files after a change in setup.cfg
	$(BIN)/uv pip compile --quiet setup.cfg --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements/run.txt
	$(BIN)/uv pip compile --quiet setup.cfg --extra test -c requirements/run.txt --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements/test.txt
