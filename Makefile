# Two commands do everything on a fresh machine: `make demo` and `make test`.
# They need python3 >= 3.10 with venv, bash >= 5, git and make.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= auto
SCRIPTS := '*.sh' .ci ':!tests/golden'

.PHONY: help install demo test slow lint format golden share bench check generate clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip --quiet install --upgrade pip
	$(BIN)/python -m pip --quiet install --editable '.[all]'
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip --quiet install --group test --group lint
	@touch $@

install: $(VENV)/.installed ## make .venv and install swarmsh into it

demo: $(VENV)/.installed ## generate everything, check it, show one trace through Python and bash
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/demo.sh

generate: $(VENV)/.installed ## write generated/ from semconv/ and templates/
	$(BIN)/swarmgen generate

check: $(VENV)/.installed ## the drift gate
	$(BIN)/swarmgen generate --check

test: $(VENV)/.tested ## the full suite
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n $(WORKERS) -m "not slow"

slow: $(VENV)/.tested ## the proofs that take longer
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n $(WORKERS) -m slow

lint: $(VENV)/.tested ## ruff, black, mypy, shellcheck, shfmt
	$(BIN)/ruff check .
	$(BIN)/black --quiet --check generator runtime tests benchmarks examples
	$(BIN)/mypy
	$(BIN)/mypy generated/python/swarmsh_telemetry
	git ls-files -z $(SCRIPTS) generated/bash | xargs -0 $(BIN)/shellcheck
	git ls-files -z $(SCRIPTS) generated/bash | xargs -0 $(BIN)/shfmt -d

format: $(VENV)/.tested ## format hand-written code
	$(BIN)/ruff check --fix .
	$(BIN)/black --quiet generator runtime tests benchmarks examples
	git ls-files -z $(SCRIPTS) | xargs -0 $(BIN)/shfmt -w

golden: $(VENV)/.tested ## rewrite the expected output of the golden cases
	$(BIN)/python -m pytest tests/golden --rewrite-golden

share: $(VENV)/.tested ## how much of the telemetry code is generated
	$(BIN)/python benchmarks/generated_share.py --workers $(WORKERS)

bench: $(VENV)/.tested ## the performance figures of the generator
	$(BIN)/python benchmarks/generate.py

clean: ## remove what the targets above made
	rm -rf $(VENV) .demo dist build
