# The commands of the project; docs/operations.md says more. `make run` needs python3 >= 3.11 with venv, git and make.
# One environment (.venv): `run` installs what the product needs, the other targets add what tests and lint need.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PORT ?= 8000
PYTEST_JOBS ?= 2
PICTURES ?= 0

.DEFAULT_GOAL := help
.PHONY: help run sign-ins test test-services lint bench proof lock clean doctor
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

py := .venv/bin/python
# A stamp carries the checksum of the pins, so changed pins install and unchanged ones cost nothing.
base_stamp = .venv/.base-$(shell cksum < requirements/base.txt | cut -d' ' -f1)
dev_stamp = .venv/.dev-$(shell cksum < requirements/dev.txt | cut -d' ' -f1)

# uv takes a tenth of pip's time, and is among the pins of the development set. It does not know of an index that pip is
# told to use instead of the usual one, and whatever it cannot do is left to pip.
uv_of_the_pins = { ! $(py) -m pip config list | grep -E '[.](index-url|no-index)=' \
 && awk '/^[^ \#]/ { is_uv = /^uv==/ } is_uv' requirements/dev.txt >.venv/uv.txt \
 && $(py) -m pip install -q --no-compile --no-deps --require-hashes -r .venv/uv.txt \
 && .venv/bin/uv pip install -q --python $(py) --require-hashes -r requirements/dev.txt; } >/dev/null 2>&1

define install
@echo "Installing $(1) into .venv; the first time this takes a minute or two."
@if command -v uv >/dev/null 2>&1; then uv pip install -q --python $(py) --require-hashes -r $(1); \
 else $(2) $(py) -m pip install -q --no-compile --require-hashes -r $(1); fi
endef

help:
	@echo "make run            start the site with a demo institute (PORT=8000, DATA_DIR=var)"
	@echo "make sign-ins       who can sign in to the demo institute, with passwords"
	@echo "make test           all tests that need no server; browser tests when Chromium is there, with PICTURES=1 their pictures"
	@echo "make test-services  the same on PostgreSQL, Redis and a real worker, started and thrown away"
	@echo "make lint           style, types, import contracts, templates, migrations, deploy check"
	@echo "make bench          the benchmarks, each a ratio against a baseline of the same run"
	@echo "make proof          the heavy runs, whose figures go to docs/measurements.md"
	@echo "make doctor         what this machine has and what is missing"
	@echo "make lock           write requirements/*.txt anew;  make clean  removes .venv and caches"

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "ClassCrew needs Python 3.11 or newer; install it, or say PYTHON=/path/to/python3." >&2; exit 2; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	 { echo "$(PYTHON) is older than Python 3.11; say PYTHON=/path/to/a/newer/python3." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	 { echo "$(PYTHON) cannot make environments: run 'apt install python3-venv' as root, then this again." >&2; exit 2; }
	@$(PYTHON) -m venv .venv

.venv/.base-%: | .venv/bin/python
	$(call install,requirements/base.txt)
	@touch $@

# The development set holds the base set, so it stands for both.
.venv/.dev-%: | .venv/bin/python
	$(call install,requirements/dev.txt,$(uv_of_the_pins) ||)
	@touch $@ $(base_stamp)

.SECONDEXPANSION:
run: $$(base_stamp)
	@DEMO=1 PORT=$(PORT) exec $(py) manage.py up

sign-ins: $$(base_stamp)
	@DEMO=1 $(py) manage.py demo

test: $$(dev_stamp)
	@status=0; \
	$(py) -m pytest -m "not services and not proof and not browser" -n $(PYTEST_JOBS) --dist loadfile --no-loadscope-reorder -q -rsfE || status=1; \
	PICTURES=$(PICTURES) $(py) -m pytest tests/browser -m "browser and not proof" -n $(PYTEST_JOBS) --dist loadfile --no-loadscope-reorder -q -rsfE || status=1; \
	exit $$status

test-services: $$(dev_stamp)
	@$(py) -m tests.services

lint: $$(dev_stamp)
	@PY=$(py) sh .ci/lint

# Every module of benchmarks/ that offers --json is a benchmark; the others serve them.
bench: $$(dev_stamp)
	@status=0; for file in $$(grep -l '"--json"' benchmarks/*.py); do name=$$(basename $$file .py); \
	  echo "== $$name"; $(py) -m benchmarks.$$name || status=1; done; exit $$status

proof: $$(dev_stamp)
	@$(py) -m pytest -m proof -q -rsfE -s --timeout=3600

lock: $$(dev_stamp)
	@for set in base dev; do $(py) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" requirements/$$set.in -o requirements/$$set.txt || exit 1; done
	@! grep -nE '://' requirements/*.txt

clean:
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

doctor:
	@sh .ci/doctor "$(PYTHON)" "$(PORT)"
