# `make help` lists what there is. Everything runs in .venv, which the first call makes.

PYTHON ?= python3
BIN := .venv/bin
export FLASK_APP := wsgi.py
JOBS ?= auto

.PHONY: help bootstrap serve migrate test test-all test-serializable torture cluster-test test-unit lint format bench coverage audit clean

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Tandem needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

bootstrap: .venv/dev ## Install everything that development needs

migrate: .venv/run ## Bring the store to the newest schema
	@mkdir -p instance
	@$(BIN)/flask db upgrade

serve: .venv/run ## Start the server: http://127.0.0.1:8000
	@TANDEM_PREPARE=1 exec $(BIN)/gunicorn wsgi:app

test: .venv/dev ## Every test, on SQLite and PostgreSQL
	$(BIN)/pytest -n $(JOBS) --dist worksteal

torture: .venv/dev ## Kill, crowd, cut, fuzz and soak for hours; writes docs/reliability.json
	$(BIN)/python -m tests.torture --write $(TORTURE)

cluster-test: .venv/dev ## Kill a replica, a node, the primary under load; PgBouncer, Redis. Minutes
	$(BIN)/pytest -s tests/cluster/failover.py tests/cluster/pooler.py tests/cluster/counting.py

test-all: .venv/dev ## As test, on both engines what one is enough for, and more generated cases
	TANDEM_TEST_ALL=1 TANDEM_EXAMPLES=150 $(BIN)/pytest -n $(JOBS) --dist worksteal

test-serializable: .venv/dev ## The suite on a SERIALIZABLE PostgreSQL that refuses 10 % of first commits
	TANDEM_TEST_SERIALIZABLE=1 $(BIN)/pytest -n $(JOBS) --dist worksteal -k "not sqlite"

test-unit: .venv/dev ## The tests that need neither application nor database
	$(BIN)/pytest tests/unit tests/architecture/test_imports.py tests/architecture/test_settings.py

lint: .venv/dev ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev ## Let ruff format and mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev ## Measure; writes bench/RESULTS.md. BENCH="--base-url http://…" for options
	$(BIN)/python -m bench $(BENCH)

coverage: .venv/dev ## Write docs/coverage.md from the routes and the tests
	$(BIN)/python -m tests.contract.coverage_page

audit: .venv/dev ## Ask the advisory database about every pinned library; needs the network
	$(BIN)/pip-audit --disable-pip --no-deps --requirement requirements.txt

clean: ## Remove what make made, the store excepted
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
