# Everything sets itself up: the first call makes .venv, later calls find it by a stamp file.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
HOST   ?= 127.0.0.1
PORT   ?= 3000
TESTS  ?= tests

# No usage reports to anybody, from any library we use.
export BENTOML_DO_NOT_TRACK := True
export MLFLOW_DISABLE_TELEMETRY := true
export HF_HUB_OFFLINE := 1

.DEFAULT_GOAL := help
.PHONY: help venv dev train demo test check format readme serve bench clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed and was not found; install it, or say make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "mailduty needs Python 3.11; $(PYTHON) is $$($(PYTHON) -V). Say make PYTHON=/path/to/python3.11"; exit 2; }
	@echo "Setting up $(VENV) with $$($(PYTHON) -V)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.base: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what assessing and serving need (no torch)"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.base
	@echo "Installing what the checks and tests need"
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

$(VENV)/.train: $(VENV)/.base
	@echo "Installing what training needs (torch: large)"
	@$(PIP) install -c constraints.txt -e '.[train]'
	@touch $@

venv: $(VENV)/.base  ## the environment to assess and serve
dev: $(VENV)/.dev    ## the environment to work on it
train: $(VENV)/.train  ## the environment to train in

demo: export MAILDUTY_HOME ?= .mailduty
demo: $(VENV)/.base  ## assess the sample manifests
	@mkdir -p out
	@$(BIN)/mailduty assess data/samples --rates data/samples/rates.csv --out out/demo.jsonl || test $$? -eq 1  # 1 says: done, with rejected rows, which the sample has on purpose

test: check $(VENV)/.train  ## checks, then the whole test suite; a small model is trained in it
	$(BIN)/python -m pytest $(TESTS)

check: $(VENV)/.dev  ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev  ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

readme: $(VENV)/.dev  ## write the outputs shown in README anew
	@$(BIN)/python tests/test_readme.py

serve: $(VENV)/.base  ## the service on loopback
	@$(BIN)/mailduty serve --host $(HOST) --port $(PORT)

bench: $(VENV)/.base  ## how fast it prices, suggests and scores, and the service under load
	@$(BIN)/mailduty bench
	@MAILDUTY_WORKERS=$${MAILDUTY_WORKERS:-2} $(BIN)/mailduty bench service --seconds 10

clean:  ## forget the environment and what runs have left, not the records
	rm -rf $(VENV) build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
