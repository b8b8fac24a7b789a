# The developer's menu. `make` alone prints it.
SHELL := /bin/bash
.DEFAULT_GOAL := menu
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT
# Where an environment forbids it, every process would compile all it imports anew: seconds each, for nothing.
unexport PYTHONDONTWRITEBYTECODE
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

$(VENV)/.cfdi: $(VENV)/.run requirements/cfdi.txt
	@echo "Installing what fiscal receipts need (hash-checked)"
	@$(UV_INSTALL) -r requirements/cfdi.txt
	@touch $@

.PHONY: setup cfdi lock
setup: $(VENV)/.test ## Install everything, for development too
cfdi: $(VENV)/.cfdi ## Install the extra that makes fiscal receipts (CFDI)
lock: $(VENV)/.uv ## Rewrite the lock files after a change in setup.cfg
	$(BIN)/uv pip compile --quiet setup.cfg --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements/run.txt
	$(BIN)/uv pip compile --quiet setup.cfg --extra cfdi -c requirements/run.txt --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements/cfdi.txt
	$(BIN)/uv pip compile --quiet setup.cfg --extra test --extra cfdi -c requirements/run.txt --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements/test.txt
	$(BIN)/uv pip compile --quiet setup.cfg --extra bench -c requirements/test.txt --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements/bench.txt

$(VENV)/.bench: $(VENV)/.test requirements/bench.txt
	@echo "Installing the benchmarks' peer (hash-checked)"
	@$(UV_INSTALL) -r requirements/bench.txt
	@touch $@

.PHONY: bench
bench: $(VENV)/.bench ## Measure the ledger against raw drivers and a peer
	@$(BIN)/python -m benchmarks

# --- use ----------------------------------------------------------------------
.PHONY: run demo-reset
run: $(VENV)/.run ## Set up, migrate, load the demo year, serve the site
	@$(BIN)/puente db upgrade
	@$(BIN)/puente demo load
	@$(BIN)/puente demo accounts
	@exec $(BIN)/puente serve

demo-reset: $(VENV)/.run ## Start the demo over with an empty database
	@$(BIN)/puente demo reset --yes

# --- check --------------------------------------------------------------------
# Three things at a time, each printing its own block: see `checks` for the list. Two cores are busy with three, since each
# of them waits now and then, for a browser, a commit or a process that starts.
# What needs a browser runs once, with the journeys.
GALLERY = tests/components/test_gallery_in_a_browser.py
EVERY_PAGE = tests/journeys/test_every_page.py
TOLD = var/told
BUILT = var/build-of-tests
BENCHMARKS = tests/benchmarks
BROWSERLESS = --ignore=tests/journeys --ignore=$(GALLERY) --ignore=$(BENCHMARKS)

.PHONY: test checks demo-year check-static check-sqlite check-postgresql check-pages check-journeys check-gallery check-benchmarks
test: $(VENV)/.test ## Run every check, on both databases and in a real browser
	@status=0; \
	$(MAKE) --no-print-directory --keep-going -j2 --output-sync=target demo-year check-static || status=1; \
	$(MAKE) --no-print-directory --keep-going -j3 --output-sync=target checks || status=1; \
	exit $$status

# The longest first, so that all end together.
checks: check-postgresql check-pages check-sqlite check-journeys check-gallery check-benchmarks

# The year is told once, before the others begin, and each block of browser tests serves a copy of its own.
demo-year:
	@rm -rf $(TOLD) $(BUILT)
	@echo "== the demo year, for the browser =="
	@export PUENTE_DATA_FOLDER=$(CURDIR)/$(TOLD) PUENTE_BUILD_FOLDER=$(CURDIR)/$(BUILT) PUENTE_MODE=demo && $(BIN)/puente db upgrade && $(BIN)/puente demo load

check-static:
	@echo "== types, style, import contracts, templates =="
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet

check-sqlite:
	@echo "== tests on SQLite =="
	@PUENTE_TEST_DATABASE=sqlite $(BIN)/pytest -p no:cacheprovider $(BROWSERLESS)

check-postgresql:
	@echo "== tests on PostgreSQL =="
	@PUENTE_TEST_DATABASE=postgresql $(BIN)/pytest -p no:cacheprovider $(BROWSERLESS)

# Last, beside the two long ones: what is measured for show here still has a limit of time.
check-benchmarks:
	@echo "== the benchmarks run, on both databases =="
	@PUENTE_TEST_DATABASE=sqlite $(BIN)/pytest -p no:cacheprovider $(BENCHMARKS)
	@PUENTE_TEST_DATABASE=postgresql $(BIN)/pytest -p no:cacheprovider $(BENCHMARKS)

check-journeys:
	@echo "== journeys in a real browser =="
	@PUENTE_TOLD=$(TOLD) $(BIN)/pytest -p no:cacheprovider tests/journeys --ignore=$(EVERY_PAGE)

check-pages:
	@echo "== every page in a real browser =="
	@PUENTE_TOLD=$(TOLD) $(BIN)/pytest -p no:cacheprovider $(EVERY_PAGE)

check-gallery:
	@echo "== components in a real browser =="
	@$(BIN)/pytest -p no:cacheprovider $(GALLERY)
