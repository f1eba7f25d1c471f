# Everything runs in .venv, which the first target that needs it makes: `make ask` on a bare machine is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# One more than there are cores, four at most: many tests wait for a server or a browser.
PARALLEL = -n $(shell $(BIN)/python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))') --dist loadfile --no-loadscope-reorder
export PYTHONDONTWRITEBYTECODE :=
# Python keeps what it has compiled, whatever the machine says: a start takes a second for it instead of six.
Q ?= 여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘

.DEFAULT_GOAL := help
.PHONY: help ask chat serve test test-fast check bench screens docs lock clean

help:            ## these lines
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml requirements.lock
	@echo "==> Setting up $(VENV) (once; about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "stylegraph needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "==> uv, the installer"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@echo "==> the locked packages"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@echo "==> stylegraph itself"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

ask: $(READY)    ## answer one question: make ask Q="..."
	@$(BIN)/stylegraph ask "$(Q)"

chat: $(READY)   ## a conversation in the terminal
	@$(BIN)/stylegraph chat

serve: $(READY)  ## the LangGraph server on loopback
	@$(BIN)/stylegraph serve

test: $(READY)   ## every test, integration included, up to four at once
	@$(BIN)/pytest $(PARALLEL)

test-fast: $(READY)  ## the tests that start nothing: no server, browser, node or measurement
	@$(BIN)/pytest $(PARALLEL) -m "not integration" --ignore tests/evals tests

check: $(READY)  ## ruff, mypy --strict, import-linter, names and docstrings
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/test_house.py

bench: $(READY)  ## the numbers of docs/numbers.md
	@$(BIN)/stylegraph-bench

screens: $(READY) ## compare the page's looks with tests/data/screens; differences as pictures in runs/screens
	@$(BIN)/python tests/page_screens.py

docs: $(READY)   ## the pages of docs/ as a site, in build/docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

lock: $(READY)   ## resolve pyproject.toml again into requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra all --group dev --universal --generate-hashes --no-header --quiet -o requirements.lock

clean:           ## remove the environment and the state
	rm -rf $(VENV) .stylegraph
