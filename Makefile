# Everything a person runs by hand: make run, make test. Needs Python 3.11 or newer, and nothing else.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { command -v $$name; break; }; done)
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -m "not soak"

.PHONY: setup setup-dev run test soak bench format screenshots

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

# The quick ones first, two at a time, since most of their time is waiting for brokers and browsers.
# Those that kill and measure have the machine to themselves.
test: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PYTEST) -n 3 --dist loadfile $(wildcard tests/unit tests/rules tests/access tests/integration tests/docs tests/api tests/browser)
	$(PYTEST) -n 2 --dist loadfile $(wildcard tests/acceptance)

soak: setup-dev
	$(BIN)/python -m pytest -m soak

bench: setup-dev
	$(BIN)/python bench/run.py

# The pictures of README.md, from a node with real data.
screenshots: setup-dev
	$(BIN)/python docs/screenshots.py

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
