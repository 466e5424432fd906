# Two words are enough to start: `make demo` and `make test`. The rest is for working on the project.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOME_DEMO := supportkpi-home

# Compiled modules are kept, whatever the shell asks for: tests start dozens of processes, and to compile pandas anew in
# each takes longer than most tests.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test suite check serve bench docs lock clean

help:
	@echo "make demo    install, load the sample data, open the dashboard"
	@echo "make test    every test"
	@echo "make check   format, lint, types, import contracts"
	@echo "make serve   the dashboard on the data already loaded"
	@echo "make bench   the benchmarks (minutes; figures in docs/performance.md)"
	@echo "make docs    rebuild the generated documents"
	@echo "make lock    resolve and hash the requirements anew"

$(VENV)/.tool:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	@touch $@

$(VENV)/.run: $(VENV)/.tool requirements.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.tool requirements-dev.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run
	$(BIN)/supportkpi --home $(HOME_DEMO) demo

serve: $(VENV)/.run
	$(BIN)/supportkpi --home $(HOME_DEMO) serve

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# With `make --jobs 2` the types are checked while the tests run.
test: check suite

suite: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist loadfile

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev
	$(BIN)/python -m docs.build

lock: $(VENV)/.tool
	for extra in "" "--extra dev"; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command 'make lock' $$extra pyproject.toml \
	    -o requirements$$(test -n "$$extra" && echo -dev).txt; \
	done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
