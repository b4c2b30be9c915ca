# What people working on Mulin type. `make help` lists it.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
MULIN_HOME ?= ./instance
VENV_PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help core setup system demo test check bench chaos lint format messages new-module clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

core:
	@$(PYTHON) scripts/setup_env.py

setup:  ## install Mulin and everything for working on it into .venv; quick when nothing changed
	@$(PYTHON) scripts/setup_env.py --dev

system:  ## install what tests need from the operating system (a browser, Chinese fonts), if missing
	@sh scripts/setup_system.sh

demo: core  ## a living demo on http://127.0.0.1:PORT (PORT=8000, MULIN_HOME=./instance)
	@exec env MULIN_HOME="$(MULIN_HOME)" .venv/bin/mulin demo --port $(PORT)

test: setup system  ## everything: checks, SQLite, PostgreSQL, browser (STEPS="ruff sqlite" for a part)
	@$(VENV_PYTHON) -m scripts.test_all $(STEPS)

check: setup  ## the quick checks of `make test`, without tests
	@$(VENV_PYTHON) -m scripts.test_all ruff floors sizes migrations messages

bench: setup  ## measure; prints a table and writes bench.json
	@$(VENV_PYTHON) -m bench

chaos: setup  ## kill, fill up, take away: nothing acknowledged is lost (about 15 minutes; CHAOS="--only disk")
	@$(VENV_PYTHON) -m tests.chaos $(CHAOS)

lint: setup  ## style, floors, sizes of files and functions
	@.venv/bin/ruff check
	@.venv/bin/lint-imports
	@$(VENV_PYTHON) scripts/check_sizes.py

format: setup  ## put the sources into the house's style
	@.venv/bin/ruff format
	@.venv/bin/ruff check --fix

messages: setup  ## collect new texts into the English catalogues
	@$(VENV_PYTHON) -m scripts.update_messages
	@$(VENV_PYTHON) -m scripts.compile_messages

new-module: setup  ## start a module: make new-module NAME=gardens
	@$(VENV_PYTHON) -m scripts.new_module $(NAME) $(ARGS)

clean:  ## remove what was built; keeps instances
	@rm -rf .venv node_modules build dist *.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@rm -rf mulin/*/static/vendor tests/browser/vendor mulin/*/locale/*/LC_MESSAGES/*.mo
	@find mulin scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +
