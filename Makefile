# The two commands of this project are `make run` and `make test`; both build what they need.
# PYTHON names another Python ≥ 3.11; PORT, INSTANCE and DATABASE_URL are read by the program itself.
SHELL := /bin/sh
.DEFAULT_GOAL := help

CATALOGUES := $(wildcard translations/*/LC_MESSAGES/messages.po)
COMPILE := .venv/bin/pybabel --quiet compile --directory translations
EXTRACT := .venv/bin/python -m babel.messages.frontend --quiet extract --mapping translations/babel.cfg --keyword N_ --keyword lazy_gettext \
	--no-location --sort-output --omit-header --output translations/messages.pot .

.PHONY: help run test check lint texts pictures format lock clean

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

run: ## serve http://127.0.0.1:8000 with demo data and a development identity provider
	@.ci/environment run
	@$(COMPILE)
	@exec .venv/bin/python -m jobs.serve

test: ## the whole suite: style, types, imports, rules, both databases, sign-in, browser
	@.ci/environment test
	@$(COMPILE)
	@.venv/bin/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder $(ARGS)

check: ## the quick part, for while working: style, types, imports and the tests without databases
	@.ci/environment test
	@$(COMPILE)
	@.venv/bin/python -m pytest tests/contract tests/unit $(ARGS)

lint: ## style, types, imports and templates, with everything they say
	@.ci/environment test
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports && .venv/bin/djlint --quiet --lint templates

texts: ## bring the catalogues of the other languages up to date with the texts in the code
	@.ci/environment test
	@$(EXTRACT)
	@for catalogue in $(CATALOGUES); do sed '/^$$/q' $$catalogue > $$catalogue.head; done
	@.venv/bin/pybabel --quiet update --input-file translations/messages.pot --output-dir translations \
		--no-fuzzy-matching --ignore-obsolete --omit-header
	@rm translations/messages.pot
	@for catalogue in $(CATALOGUES); do \
		cat $$catalogue.head $$catalogue > $$catalogue.new && mv $$catalogue.new $$catalogue && rm $$catalogue.head; done

pictures: ## make the pictures of the manual anew, from the product itself
	@.ci/environment test
	@$(COMPILE)
	@WRITE_MANUAL_PICTURES=1 .venv/bin/python -m pytest -q tests/browser/test_manual_pictures.py -k as_the_product_is

format: ## put the code in its form
	@.ci/environment test
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

lock: ## resolve pyproject.toml again into the two lock files (needs uv)
	$(or $(UV),uv) lock
	$(or $(UV),uv) export --quiet --frozen --no-emit-project --no-header --no-dev -o requirements.lock
	$(or $(UV),uv) export --quiet --frozen --no-emit-project --no-header -o requirements-dev.lock

clean: ## forget the environment and what tests left; never touches instance/
	rm -rf .venv test-results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
