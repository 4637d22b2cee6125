# Every command sets up what it needs; see scripts/ for what each does.
.DEFAULT_GOAL := help
.PHONY: help demo test lint unit servers fuzz sanity molecule bench venv setup clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

demo: ## a bare host becomes a hardened, tuned PostgreSQL, before your eyes
	@scripts/demo

test: ## lint, types, units, real servers, sanity and all Molecule scenarios on every platform that can be had
	@scripts/test

lint: ## style, types, documentation
	@scripts/venv && scripts/lint

unit: ## the engine's unit tests
	@scripts/venv && scripts/unit

servers: ## the engine against real servers 13 to 18, the short form
	@scripts/venv && scripts/servers

fuzz: ## the same with many random starts, all broken engines and 500 databases: hours
	@scripts/venv && scripts/servers --long

sanity: ## ansible-test sanity
	@scripts/venv && scripts/sanity

molecule: ## all Molecule scenarios
	@scripts/setup && scripts/molecule

bench: ## measurements, serially, on an idle machine
	@scripts/bench

venv: ## Python environment and collection link; all that a run against a real host needs
	@scripts/venv

setup: ## Python environment, collection link, Docker engine, images
	@scripts/setup

clean: ## take away everything that the project made on this machine
	@scripts/clean
