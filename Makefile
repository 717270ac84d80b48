# Tunda Gateway. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first Python on this machine that is new enough and can make an environment. A distribution's own comes first:
# it is built with optimisation, and one that was compiled at home (pyenv) takes a third longer over everything.
PYTHON := $(shell for p in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BOOTSTRAP = $(if $(PYTHON),$(PYTHON) tools/bootstrap.py,echo "Install Python 3.11 or newer first, with its venv: apt-get install python3 python3-venv" >&2; exit 1;)
PY := .venv/bin/python

.PHONY: help install install-dev run demo phone test lint prove machines check-menus diagrams texts ledger-check bench reading big soak

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## make the environment in .venv, nothing else
	@$(BOOTSTRAP) requirements.txt requirements-embedded.txt

install-dev:
	@$(BOOTSTRAP) requirements-dev.txt

run: install ## start everything: gateway on port 8000, phones on 8001; Ctrl-C stops it
	@exec $(PY) -m tools.supervise

demo: install ## play one order, all the way, against the running system (start `make run` first)
	@$(PY) -m tools.demo

phone: install ## a feature phone in this terminal (start `make run` first)
	@$(PY) -m simulator.phone

test: install-dev ## check everything, on throwaway MariaDB and Redis servers; installs what it needs on Debian and Ubuntu
	@$(PY) -m tools.check test

lint: install-dev ## style, types, import rules and texts only
	@$(PY) -m tools.check lint

prove: install-dev ## break the code behind 30 rules drawn by chance (SEED=7 draws the same again): the tests must notice
	@$(PY) -m tools.prove $(if $(SEED),--seed $(SEED))

check-menus: install ## look over every conversation: lost screens, missing texts, what does not fit on a phone
	@$(PY) -m tools.check_menus

diagrams: install ## draw a map of each USSD conversation into docs/flows/
	@$(PY) -m menus.draw

machines: install ## draw the state machines into docs/machines.md
	@$(PY) -m tools.machines

ledger-check: install ## every account of the books, their sum (0.00), and every order whose money is not placed yet, and why
	@$(PY) -m tools.admin ledger-check

texts: install ## write texts.csv: every text and command word in three languages, for a native reader
	@$(PY) -m tools.texts

bench: install-dev ## how fast a hop is, against a bare one written by hand
	@$(PY) -m tools.testbed -- $(PY) -m bench

reading: install ## write texts as all kinds of people do, and count how they are read (SEED=2 COUNT=9000)
	@$(PY) -m bench.texts

big: install-dev ## fill a MariaDB with half a million listings and five million callbacks; do queries notice? (20 minutes)
	@$(PY) -m tools.testbed -- $(PY) -m bench.big

soak: install-dev ## races, histories, a million hops, 10,000 payments in a storm, every order of a payment's news; then the demo for SOAK_MINUTES (30)
	@$(PY) -m tools.testbed -- $(PY) -m tools.soak
