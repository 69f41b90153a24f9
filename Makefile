# make demo        the sample newsroom, served on http://127.0.0.1:8000
# make test        everything that the tests need, then all of them
# make lint        the checks of the source alone
# make notebooks   execute the notebooks and store their outputs
# make clean       remove what make made (never an archive)
#
# Python 3.11 or newer is all that has to be there; `make PYTHON=/path/to/python3 ...` picks one.
# More:  make demo ARGS="--port 8080"    make test TESTS="tests/unit -k article"

PYTHON ?= python3
ARGS   ?=
TESTS  ?=

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check -qq
PINS := constraints/dev.txt

.DEFAULT_GOAL := help
.PHONY: help demo test lint notebooks constraints clean

help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' Makefile

demo: $(VENV)/.runtime
	@$(BIN)/newsclip demo $(ARGS)

test: lint
	@$(BIN)/pytest $(TESTS)

lint: $(VENV)/.dev
	@echo 'ruff'         && $(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@echo 'mypy'         && $(BIN)/mypy --no-error-summary
	@echo 'import-linter' && $(BIN)/lint-imports --no-logo

notebooks: $(VENV)/.dev
	$(BIN)/python tests/notebooks/notebook.py

# Stamps: a second call installs nothing, a changed pyproject.toml or pin does. The package itself
# is installed editable, so its source needs no new install.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo 'Newsclip needs Python 3.11 or newer: make PYTHON=/path/to/python3' >&2; exit 1; }
	@echo 'creating $(VENV)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python pyproject.toml $(PINS)
	@echo 'installing the runtime into $(VENV) (a minute the first time)'
	@$(PIP) install -c $(PINS) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml $(PINS)
	@echo 'installing what the tests need into $(VENV) (some minutes the first time)'
	@$(PIP) install -c $(PINS) -e '.[dev]'
	@touch $@ $(VENV)/.runtime

# Move every pin but the held ones (those above the first empty line) to the newest release.
constraints:
	rm -rf build/pins && mkdir -p build
	$(PYTHON) -m venv build/pins
	sed '/^$$/q' $(PINS) > build/held.txt
	build/pins/bin/pip install --quiet -c build/held.txt -e '.[dev]'
	build/pins/bin/pip freeze --exclude-editable | grep -v '^torch==' | cat build/held.txt - > build/pins.txt
	mv build/pins.txt $(PINS)
	rm -r build/pins

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
	    .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
