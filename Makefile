PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SLOW := slow or browser or postgres

# The recordings that some tests need lie beside a checkout, or where FACESIGN_DATA points.
ifneq ($(wildcard ../shared/data/speech),)
export FACESIGN_DATA ?= $(abspath ../shared/data)
endif

.PHONY: demo test test-all lint bench clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.installed
	$(BIN)/facesign demo

test: lint
	$(BIN)/pytest -m "not ($(SLOW))"

test-all: $(VENV)/.dev
	$(BIN)/pytest -m "$(SLOW)"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/face_throughput.py
	$(BIN)/python benchmarks/clips.py

clean:
	rm -rf $(VENV) build dist *.egg-info facesign-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) ui/system.py
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	@$(PYTHON) ui/system.py
	@echo "installing facesign and what it needs into $(VENV): a minute or two"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@echo "installing the tools for development into $(VENV)"
	@$(PIP) --editable '.[dev]'
	@touch $@
