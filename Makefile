# make run    set up and open the page on http://127.0.0.1:8501      make test   set up and run all tests
# make eval   score the question sets                                make bench  measure speed and memory
# make index  build the search index anew                            make lock   renew the locked versions
# make bench-page  measure the page in a browser                    make screenshots  take docs/screenshots anew
# make kills  kill builds, additions, removals and conversations at many points, and count kills and losses
# make clean  remove what these made (.venv, the index, caches)
#
# Nothing else is needed than Python 3.11 or newer: another one by `make run PYTHON=python3.12`.

SHELL := bash
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
TEST := $(VENV)/.installed-test
unexport PYTHONDONTWRITEBYTECODE
# Byte-compiling two gigabytes of libraries takes as long as unpacking them; what is used is compiled when it is used.
PIP := $(BIN)/python -m pip install --no-compile --disable-pip-version-check --quiet

.PHONY: run test check eval bench bench-page kills screenshots index lock clean
.DELETE_ON_ERROR:

run: $(RUN)
	$(BIN)/python -m assistant index ready
	$(BIN)/python -m streamlit run app.py --server.port $(PORT)

test: $(TEST)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: $(TEST)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

eval: $(TEST)
	$(BIN)/python -m eval $(ARGS)

bench: $(RUN)
	$(BIN)/python -m eval.benchmark $(ARGS)

bench-page: $(TEST)
	$(BIN)/python -m assistant index ready
	$(BIN)/python -m tests.page.benchmark $(ARGS)

kills: $(TEST)
	$(BIN)/python -m pytest -q tests/faults/test_killed.py tests/faults/test_killed_build.py $(ARGS)

screenshots: $(TEST)
	$(BIN)/python -m assistant index ready
	$(BIN)/python -m tests.page.make_screenshots $(ARGS)

index: $(RUN)
	$(BIN)/python -m assistant index build

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not; name one, for instance: make run PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "'$(PYTHON) -m venv' does not work here; on Debian and Ubuntu install python3-venv." >&2; exit 1; }

$(RUN): requirements.lock | $(BIN)/python
	@echo "Installing the locked libraries into $(VENV), some 2 GB; this takes one to three minutes."
	$(PIP) -r requirements.lock
	@touch $@

$(TEST): requirements-dev.lock $(RUN)
	$(PIP) -r requirements-dev.lock
	@touch $@

lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet -e .
	{ echo "# What 'make run' installs, exactly. Made by 'make lock'; the ranges stand in pyproject.toml."; \
	  build/lock/bin/pip freeze --all --exclude pip --exclude-editable | sed -e 's/+cpu$$//' -e 's/^uvloop==.*/& ; sys_platform != "win32"/'; } > requirements.lock
	build/lock/bin/pip install --quiet -e '.[dev]'
	{ echo "# What 'make test' installs besides. Made by 'make lock'."; echo "-r requirements.lock"; \
	  build/lock/bin/pip freeze --all --exclude pip --exclude-editable | sed -e 's/+cpu$$//' | grep -vxFf <(sed 's/ ;.*//' requirements.lock) | sed -e 's/^pgserver==.*/& ; python_version < "3.13"/'; } > requirements-dev.lock
	rm -rf build/lock

clean:
	rm -rf $(VENV) .holdfast build .pytest_cache .hypothesis .ruff_cache .mypy_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
