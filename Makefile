PYTHON ?= python3.11
VENV ?= .venv
# torch and SpeechBrain, 5 GB: apart from what everything else is tested with.
TORCH_VENV ?= .venv-speechbrain
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# A path instead of an import hook: the hook loses against a folder named facesign beside who imports.
EDITABLE := --config-settings editable_mode=compat --editable
SLOW := slow or browser or postgres
JOBS ?= 2
# Fast tests are dealt out by file; of the slow ones, tests/conftest.py says which belong together.
FAST_APART = -n $(JOBS) --dist loadfile
SLOW_APART = -n $(JOBS) --dist loadgroup

# The recordings that some tests need lie beside a checkout, or where FACESIGN_DATA points.
ifneq ($(wildcard ../shared/data/speech),)
export FACESIGN_DATA ?= $(abspath ../shared/data)
endif

.PHONY: demo test test-all test-speechbrain lint style imports mypy pyright bench clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.installed
	$(BIN)/facesign demo

test: lint
	$(BIN)/pytest $(FAST_APART) -m "not ($(SLOW) or speechbrain)"

test-all: $(VENV)/.dev
	$(BIN)/pytest $(SLOW_APART) -m "($(SLOW)) and not speechbrain" --ignore=tests/ui/console
	$(BIN)/pytest -m "($(SLOW)) and not speechbrain" tests/ui/console

test-speechbrain: $(TORCH_VENV)/.installed
	$(TORCH_VENV)/bin/python -m pytest -m speechbrain tests/models

lint: $(VENV)/.dev
	@$(MAKE) --no-print-directory --jobs=$(JOBS) --output-sync=target mypy pyright style imports

style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

mypy: $(VENV)/.dev
	$(BIN)/mypy

pyright: $(VENV)/.dev
	$(BIN)/pyright --pythonpath $(BIN)/python

imports: $(VENV)/.dev
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/face_throughput.py
	$(BIN)/python benchmarks/clips.py

clean:
	rm -rf $(VENV) $(TORCH_VENV) build dist *.egg-info src/*.egg-info facesign-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) ui/system.py
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	@$(PYTHON) ui/system.py
	@echo "installing facesign and what it needs into $(VENV): a minute or two"
	@$(PIP) $(EDITABLE) .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@echo "installing the tools for development into $(VENV)"
	@$(PIP) $(EDITABLE) '.[dev]'
	@touch $@

$(TORCH_VENV)/.installed: pyproject.toml
	@echo "installing torch and SpeechBrain into $(TORCH_VENV): some minutes, 5 GB"
	$(PYTHON) -m venv $(TORCH_VENV)
	@$(TORCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile $(EDITABLE) '.[speechbrain]' 'pytest>=8'
	@touch $@
