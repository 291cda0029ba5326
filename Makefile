# Everything runs in .venv, made from Python 3.11 and constraints.txt alone.
PYTHON ?= python3.11
VENV := .venv
RUN := $(VENV)/bin
STAMP := $(VENV)/installed
WORKERS ?= 2

.PHONY: features test lint benchmark lock clean

features: $(STAMP)
	$(RUN)/pytest features/ -n $(WORKERS)

test: lint
	$(RUN)/pytest -n $(WORKERS)

lint: $(STAMP)
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

benchmark: $(STAMP)
	$(RUN)/python -m tests.benchmarks

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

# Renew the pins: the newest versions that pyproject.toml admits.
lock:
	$(PYTHON) -m venv --clear $(VENV)
	$(RUN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(RUN)/pip freeze --exclude-editable > constraints.txt
	touch $(STAMP)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
