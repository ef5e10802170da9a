# make serve: set up, ingest the report if needed, open the page.   make test: set up, run the tests, in minutes.
# make check: all that continuous integration runs: lint, types, contracts, tests, surveys.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 7860
PARALLEL ?= -n auto --dist loadfile

.PHONY: serve test survey lint types arrows house patterns mutants check bench screens eval questions proof suites clean

serve: $(VENV)/.ready
	$(BIN)/relatoria ingest
	$(BIN)/relatoria serve --port $(PORT) --open

test: $(VENV)/.ready-dev
	$(BIN)/pytest $(PARALLEL) -m "not survey" --durations 10

survey: $(VENV)/.ready-dev
	$(BIN)/pytest $(PARALLEL) -m survey --durations 10

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready-dev
	$(BIN)/mypy

arrows: $(VENV)/.ready-dev
	$(BIN)/lint-imports

house: $(VENV)/.ready-dev
	$(BIN)/python -m tests.house

mutants: $(VENV)/.ready-dev
	$(BIN)/python -m tests.mutants

patterns: $(VENV)/.ready-dev
	$(BIN)/python -m tests.patterns

check: lint types arrows test survey

bench: $(VENV)/.ready-dev
	$(BIN)/python -m evals.performance

screens: $(VENV)/.ready-dev
	$(BIN)/python -m tests.screens

eval: $(VENV)/.ready-dev
	$(BIN)/relatoria eval

questions: $(VENV)/.ready-dev
	$(BIN)/python -m evals.questions

proof: $(VENV)/.ready-dev
	$(BIN)/python -m evals.adversarial

suites: $(VENV)/.ready-evals
	$(BIN)/python -m evals.benchmarks

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Relatoría needs Python 3.11 or newer; found $$($(PYTHON) --version). Try: make PYTHON=python3.12 …"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

$(VENV)/.ready-evals: $(VENV)/.ready-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[evals]'
	touch $@
