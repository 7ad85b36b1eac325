# Every target needs only python3, pip and make; `install` puts the rest into .venv.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
BIN := .venv/bin
# Empty where what is installed is run once: Python compiles what it imports, in a third of the time.
COMPILE ?= --compile-bytecode

# What plays longer with SOAK=1 than `make test` lets it.
SOAKED := tests/cogs tests/database/admin/test_backup.py tests/database/admin/test_migrate.py \
	tests/database/test_condition.py tests/database/test_isolation_run.py \
	tests/database/test_migrations.py tests/database/test_old_books.py \
	tests/database/test_plans.py tests/database/test_troubles.py tests/jobs \
	tests/reports/test_sheets.py tests/services tests/simulator/test_looks.py \
	tests/system/test_audit_channel.py tests/system/test_audit_export.py \
	tests/system/test_audit_verify.py tests/system/test_backups.py \
	tests/system/test_board_crashes.py tests/system/test_crashes.py \
	tests/system/test_delivery_crashes.py tests/system/test_doctor.py tests/system/test_floods.py \
	tests/system/test_grants.py tests/system/test_image.py tests/system/test_import_crashes.py \
	tests/system/test_kills.py tests/system/test_long_shift.py tests/system/test_many_hands.py \
	tests/system/test_operators.py tests/system/test_order_crashes.py \
	tests/system/test_payment_crashes.py tests/system/test_processes.py \
	tests/system/test_report_crashes.py tests/system/test_story.py \
	tests/system/test_sync_crashes.py tests/system/test_troubles.py \
	tests/system/test_wrong_databases.py tests/test_permission.py \
	tests/web/api/test_convergence.py tests/web/api/test_schema.py \
	tests/web/app/test_catalogue.py tests/web/app/test_kills.py tests/web/app/test_page_looks.py \
	tests/web/app/test_real.py

# The stories that pass on Citus, through its coordinator and through a worker.
ON_CITUS := tests/services/test_stock.py tests/services/test_suppliers.py \
	tests/services/test_requests.py tests/services/test_orders.py \
	tests/services/test_receiving.py tests/services/test_invoices.py \
	tests/services/test_payments.py tests/services/test_purchasing_histories.py \
	tests/services/test_devices.py tests/services/sync \
	tests/cogs/test_stock.py tests/cogs/test_suppliers.py tests/cogs/test_requests.py \
	tests/cogs/test_orders.py tests/cogs/test_receiving.py tests/cogs/test_invoices.py \
	tests/services/test_reports.py \
	tests/system/test_story.py tests/system/test_citus_nodes.py tests/database/admin/test_citus.py \
	tests/database/test_citus_plans.py tests/database/delivery/test_node_away.py

.PHONY: help install demo run test test-all soak citus check format permissions bench load scale lock vendor migration messages charts
.DEFAULT_GOAL := help

help:  ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# Said here, because the installer would name a package that cannot be resolved instead.
define REQUIRE_PYTHON
@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else 3)' 2>/dev/null || { \
	found=$$($(PYTHON) -c 'import platform; print("this is " + platform.python_version())' \
		2>/dev/null || echo "$(PYTHON) does not run"); \
	echo "Tallyman needs Python 3.11 or newer; $$found. Name one with: make $(or $(MAKECMDGOALS),install) PYTHON=python3.11" >&2; \
	exit 1; }
endef

.uv/bin/uv:
	$(REQUIRE_PYTHON)
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { \
		echo "$(PYTHON) has no pip. Install it (Debian and Ubuntu: apt install python3-pip), or install uv." >&2; exit 1; }
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .uv uv

# What the bot needs to run, and no more: the demo is tried before anything is developed. Python
# compiles what it imports; compiling everything takes three times as long.
.venv/runs: requirements.lock pyproject.toml | $(filter .uv/bin/uv,$(UV))
	$(REQUIRE_PYTHON)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

.venv/installed: requirements-dev.lock pyproject.toml | $(filter .uv/bin/uv,$(UV))
	$(REQUIRE_PYTHON)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync --quiet $(COMPILE) --python $(BIN)/python --require-hashes requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@ .venv/runs

install: .venv/installed  ## Make .venv with everything that development needs

demo: .venv/runs  ## Try it: the bot and a simulated Discord in your browser
	$(BIN)/tallyman demo $(ARGS)

run: .venv/runs  ## Run the bot (settings come from the environment or .env)
	$(BIN)/tallyman run

test: install  ## Run the tests on SQLite and PostgreSQL, all but the slow ones
	$(BIN)/pytest -n 3 --dist loadscope --no-loadscope-reorder -m "not slow" $(ARGS)

test-all: install  ## Run the slow tests as well: whole processes, browsers, old databases
	$(BIN)/pytest -n 4 --dist loadscope --no-loadscope-reorder $(ARGS)

soak: install  ## Play the long runs, on both engines
	SOAK=1 $(BIN)/pytest --durations=5 $(SOAKED) $(ARGS)

citus: install  ## Play the stories on the Citus whose coordinator CITUS_URL names
	$(BIN)/pytest --citus --durations=5 $(ON_CITUS) $(ARGS)

check: install  ## Lint, types and layer rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(if $(CI),--cache-dir=/dev/null)
	$(BIN)/lint-imports --no-cache
	@if command -v npm >/dev/null && $(MAKE) --no-print-directory scanner/node_modules/installed; \
		then npm --prefix scanner run --silent check; \
		else echo "npm has nothing to check with: the types of the scanner page are not checked."; fi

format: install  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

permissions: install  ## Run every command as every role, and write docs/permissions.md
	$(BIN)/python -m tests.permissions

charts: install  ## Draw the demo's month, and write docs/charts.md with its pictures
	$(BIN)/python -m tests.charts

messages: install  ## Collect every sentence to translate into bot/locales/messages.pot
	$(BIN)/python -m tests.messages

bench: install  ## Measure speed and memory; prints ratios from one run
	$(BIN)/python -m benchmarks $(ARGS)

.venv-load/installed: requirements-load.lock | $(filter .uv/bin/uv,$(UV))
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv-load
	$(UV) pip sync --quiet --python .venv-load/bin/python --require-hashes requirements-load.lock
	@touch $@

load: install .venv-load/installed  ## Let many devices and people work at once, and check the books
	$(BIN)/python -m benchmarks.load $(ARGS)

scale: install  ## Run processes by shard over many guilds, kill one, and print what they cost
	$(BIN)/python -m benchmarks.scale $(ARGS)

lock: $(filter .uv/bin/uv,$(UV))  ## Pin every dependency again, with hashes
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--python-version 3.11 --output-file requirements.lock pyproject.toml
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--python-version 3.11 --output-file requirements-dev.lock --constraint requirements.lock \
		--group dev pyproject.toml

	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--python-version 3.11 --output-file requirements-build.lock requirements-build.in
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--python-version 3.11 --output-file requirements-load.lock requirements-load.in

scanner/node_modules/installed: scanner/package-lock.json
	npm --prefix scanner ci --ignore-scripts --silent
	@touch $@

vendor: scanner/node_modules/installed  ## Bundle what the scanner page uses of other projects (needs npm)
	npm --prefix scanner run --silent vendor

migration: install  ## Write a migration from the models: make migration NAME="add suppliers"
	$(BIN)/alembic revision --autogenerate -m "$(NAME)"
