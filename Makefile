# Everything a person runs by hand: make run, make test. Needs Python 3.11 or newer, and nothing else.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { command -v $$name; break; }; done)
BIN := .venv/bin
# Options of pytest that choose some of the tests: make test ARGS="-k upload"
ARGS ?=

.PHONY: setup setup-dev browser run test check lint soak coverage bench format screenshots

setup: .venv/requirements.installed

setup-dev: .venv/requirements-dev.installed

.venv/requirements.installed: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv/requirements-dev.installed: requirements-dev.txt requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@ .venv/requirements.installed

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with venv and pip found;" \
		"install one (Debian, Ubuntu: apt install python3-venv) or say make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv .venv

run: setup
	exec $(BIN)/python manage.py serve

# Linters and all tests, side by side.
test: setup-dev browser
	$(BIN)/python -m tests.run all --lint $(ARGS)

# What to run before each commit: linters, and the tests that need neither broker nor browser.
check: setup-dev
	$(BIN)/python -m tests.run quick --lint $(ARGS)

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/mypy .

browser: setup-dev
	@$(BIN)/python -m tests.chromium

# Long tests, those of speed, and many random examples; SEED=… plays a run again.
soak: setup-dev browser
	$(BIN)/python -m tests.run soak $(if $(SEED),--seed=$(SEED)) $(ARGS)

# Lines and branches that no test executes.
coverage: setup-dev browser
	$(BIN)/python -m coverage erase
	$(BIN)/python -m tests.run all --coverage $(ARGS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

bench: setup-dev
	$(BIN)/python bench/run.py

# The pictures of README.md, from a node with real data.
screenshots: setup-dev
	$(BIN)/python docs/screenshots.py

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
