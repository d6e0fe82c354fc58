PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
FACESIGN_DATA ?= $(abspath ../shared/data)
export FACESIGN_DATA

.PHONY: demo test test-all lint bench clean
