# One way to do everything. `make` or `make help` lists it; every command prepares the machine first.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

bin := .venv/bin
export PATH := $(CURDIR)/$(bin):$(PATH)
unexport PYTHONDONTWRITEBYTECODE # the tests start hundreds of processes, each of which would compile all there is
ready := .venv/ready
browser := .venv/browser

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: $(ready) ## install what is missing: system libraries, .venv, fonts, front-end packages

$(ready): pyproject.toml scripts/setup scripts/fetch_assets.py scripts/assets.json
	@scripts/setup
	@touch $@

$(browser): scripts/browser $(ready)
	@scripts/browser
	@touch $@

.PHONY: demo
demo: $(ready) ## a seller, a dozen clients, three closed months and their papers in demo/
	@$(bin)/abonement demo

.PHONY: serve
serve: $(ready) ## the pages, the API and its documentation on this machine
	@$(bin)/abonement serve

.PHONY: check
check: $(ready) ## everything that can be judged without running the product
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports
	$(bin)/deptry .
	$(bin)/hadolint Dockerfile
	.tools/node_modules/.bin/dclint --max-warnings 0 compose.yaml
	$(bin)/pytest -q -n0 tests/test_layout.py tests/test_house.py

.PHONY: test
test: $(ready) $(browser) ## every test, on SQLite and on PostgreSQL
	$(bin)/pytest -n 2 -m "not long"

.PHONY: test-long
test-long: $(ready) $(browser) ## the tests that take minutes: crashes, races, large data
	$(bin)/pytest -n 2 -m long

.PHONY: bench
bench: $(ready) ## speed and memory as ratios, side by side in one run
	@$(bin)/python -m tests.benchmarks

.PHONY: format
format: $(ready) ## put the code into the one form
	$(bin)/ruff check --fix-only .
	$(bin)/ruff format .

.PHONY: clean
clean: ## remove everything that these commands made
	rm -rf .venv .tools demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf documents/fonts/*.ttf api/static/vendor
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
