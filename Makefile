# SPDX-License-Identifier: Apache-2.0
#
# Every target does its own set-up and may be repeated. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Where `make run` keeps its data, and the port it serves: make run PORT=9000 DATA_DIR=/srv/waymark
DATA_DIR ?= $(CURDIR)/var/waymark
PORT ?= 8080

# Where the executables go.
DIST ?= .dist

export WAYMARK_TEST_PYTHON := $(CURDIR)/.venv/bin/python

.PHONY: help setup build dist run test fault-test proxy-test bench interop soak proto lint docs compose-test clean

help: ## List the targets
	@echo "make run    builds Waymark and starts it with demonstration data"
	@echo "make test   builds everything and runs all tests"
	@echo
	@echo "PORT and DATA_DIR say where make run listens and keeps its data: make run PORT=9000 DATA_DIR=/srv/waymark"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

setup: ## Install what building and testing need (Debian packages, a Python virtual environment)
	@Tools/setup.sh test

build: ## Build the five executables, optimised, into $(DIST)/bin
	@Tools/setup.sh run
	@Tools/dist.sh "$(DIST)"

dist: build ## The same

run: ## Build, start all services with demonstration data, print the address; Ctrl-C stops; PORT=8080, DATA_DIR=var/waymark
	@Tools/check-run.sh "$(PORT)" "$(DATA_DIR)"
	@$(MAKE) --no-print-directory build
	@exec "$(DIST)/bin/waymark" up --demo --data-dir "$(DATA_DIR)" --gateway-port "$(PORT)"

test: ## Build everything (debug) and run all tests, foreign clients and a browser among them
	@Tools/setup.sh test
	@Tools/step.sh "Building everything, with tests (debug)" swift build --build-tests
	@Tools/test.sh $(TEST_FLAGS)

fault-test: ## Kill services and PostgreSQL, fill the disk, spoil files, and compare; ROUNDS=200, SEED=1, ENGINE=sqlite, CASE=name
	@Tools/setup.sh test
	@Tools/fault-test.sh $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED)) $(if $(ENGINE),--engine $(ENGINE)) $(addprefix --case ,$(CASE))

proxy-test: ## Restart gateways behind real proxies while callers call, and count what is lost; CALLS=5000, PROXY="nginx caddy"
	@Tools/setup.sh proxies
	@Tools/proxy-test.sh $(if $(CALLS),--calls $(CALLS)) $(PROXY)

bench: ## Measure against peers; CASE=name for one case of docs/performance.md, or several
	@Tools/setup.sh bench
	@Benchmarks/build.sh
	@$(if $(filter-out stack command reading signals,$(CASE)),,Tools/dist.sh "$(DIST)")
	@DIST="$(DIST)" $(WAYMARK_TEST_PYTHON) Benchmarks/run.py $(CASE)

interop: ## Run gRPC's interoperability cases against grpcio, both directions, plaintext and TLS; CASE=name for one
	@Tools/setup.sh test
	@Tools/interop.sh $(addprefix --case ,$(CASE))

soak: ## Make and break off calls of all kinds under two sanitizers, for SECONDS each (60)
	@Tools/setup.sh test
	@Tools/soak.sh $(SECONDS)

proto: ## Regenerate the code made from proto/
	@Tools/setup.sh test
	@Tools/proto.sh

lint: ## Check formatting, scripts, contracts and generated code
	@Tools/setup.sh test
	@Tools/lint.sh

docs: ## Build the DocC archives of the library modules into .build/docs
	@Tools/setup.sh run
	@Tools/docs.sh

compose-test: ## Run the stack in containers, without a registry, and test it from outside
	@Tools/setup.sh compose
	@WAYMARK_TEST_PYTHON=python3 Tools/compose-test.sh

clean: ## Remove what was built; data, packages and the virtual environment stay
	rm -rf .build .dist .prebuilt Tools/*/.build Benchmarks/.build Benchmarks/.build-*
