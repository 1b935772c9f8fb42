# `make demo` and `make test` each set everything up on a fresh machine, then do their job; a second run starts at once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
JUDGE  := tests/judges/node/node_modules/.ready

# Tests are spread over so many processes, by file; `make test WORKERS=0 ARGS=--pdb` runs them in one.
WORKERS ?= auto

.PHONY: demo test lint format setup wheel clean
.DEFAULT_GOAL := test

demo: $(READY)
	@$(BIN)/mapper demo

test: $(READY) $(JUDGE)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: $(READY)
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

wheel: $(READY)
	@$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

setup: $(READY)

$(READY): pyproject.toml .ci/venv
	@PYTHON="$(PYTHON)" .ci/venv "$(VENV)"
	@touch $@

# One of the FHIR judges runs on node; without node or npm it stays away, and the tests that want it say so.
$(JUDGE): tests/judges/node/package-lock.json
	@if ! command -v node >/dev/null || ! command -v npm >/dev/null; then \
	  echo "node and npm are not installed: the tests do without the medplum judge" >&2; \
	elif npm ci --prefix $(<D) --silent --no-audit --no-fund --ignore-scripts; then touch $@; \
	else echo "npm could not install the medplum judge: the tests do without it" >&2; fi

clean:
	rm -rf $(VENV) tests/judges/node/node_modules build dist .mapper .mypy_cache .pytest_cache .ruff_cache .hypothesis
