# `make demo` and `make test` each set everything up on a fresh machine, then do their job; a second run starts at once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test lint format setup wheel clean
.DEFAULT_GOAL := test

demo: $(READY)
	@$(BIN)/mapper demo

test: $(READY)
	@$(BIN)/python -m pytest $(ARGS)

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

clean:
	rm -rf $(VENV) build dist .mapper .mypy_cache .pytest_cache .ruff_cache .hypothesis
