# Every command sets up what it needs; see scripts/ for what each does.
.DEFAULT_GOAL := help
.PHONY: help demo test quick lint docs unit servers servers-all fuzz sanity molecule mutants bench release controller venv setup clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 22

demo: ## a bare host becomes a hardened, tuned PostgreSQL, before your eyes
	@scripts/demo

test: ## lint, types, documentation, units, real servers, sanity and all Molecule scenarios on every platform that can be had
	@scripts/test

quick: ## lint, units and hosts that what changed since BASE (default: HEAD, or HEAD~1) touches
	@scripts/quick

lint: ## style, types, documentation
	@scripts/venv && scripts/lint

docs: ## the documentation as one site in build/docs/html; a broken link fails it
	@scripts/venv && scripts/docs

unit: ## the engine's unit tests
	@scripts/venv && scripts/unit

servers: ## the engine against real servers 13 to 18, each test on those it needs
	@scripts/venv && scripts/servers

servers-all: ## the same, every test on every major
	@scripts/venv && scripts/servers --every-major

fuzz: ## the same with many random starts, all broken engines and 500 databases: hours
	@scripts/venv && scripts/servers --long

sanity: ## ansible-test sanity
	@scripts/venv && scripts/sanity

molecule: ## all Molecule scenarios
	@scripts/setup && scripts/molecule

mutants: ## does the suite notice faults in the product? 40 of them, up to 40 minutes
	@scripts/mutants

bench: ## measurements, serially, on an idle machine
	@scripts/bench

release: ## what a release publishes, in build/release; publishes nothing: see RELEASE.md
	@scripts/venv && scripts/release

controller: ## Python environment and collection link for runs against a real host, without the tools of the tests
	@scripts/venv controller

venv: ## Python environment and collection link for all of these commands
	@scripts/venv

setup: ## Python environment, collection link, Docker engine, images
	@scripts/setup

clean: ## take away everything that the project made on this machine
	@scripts/clean
