# Every command has one target here; `make help` prints them. Recipes run tools through npm, so that they use the
# Node.js pinned in package.json even where the system's is older.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build provider generate check advisories test test-fast exhaustive soak demo up down bench bench-compare vectors format clean

# What the recipes start in turn (Terraform starts the provider) finds the same Node.js.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
NODE := node_modules/.bin/node
JEST := NODE_OPTIONS="--experimental-vm-modules --disable-warning=ExperimentalWarning" $(NODE) node_modules/jest/bin/jest.js

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{ printf "  make %-11s %s\n", $$1, $$2 }'

setup: node_modules/.package-lock.json ## install dependencies, and say what else is missing

node_modules/.package-lock.json: package.json package-lock.json $(wildcard */package.json)
	@bash scripts/prerequisites.sh
	npm install --no-audit --no-fund # not ci: it wants other platforms' optional binaries in the lock file
	@touch $@

build: setup provider ## bundle what ships: the Terraform provider and the constructs
	$(NODE) constructs/build/build.ts

provider: setup ## lay the Terraform provider out as a filesystem mirror in dist/provider
	$(NODE) provider/package.ts

generate: setup ## write everything that is generated from the contract
	$(NODE) scripts/generate.ts

check: setup ## types, lint, format, fresh generated files, dependencies by policy
	node_modules/.bin/tsc -p tsconfig.json
	node_modules/.bin/biome check --error-on-warnings .
	$(NODE) scripts/generate.ts --check
	$(NODE) scripts/dependencies.ts

advisories: setup ## ask the registry for known flaws of what runs in production
	$(NODE) scripts/dependencies.ts --advisories

test: build ## every test, with real SQLite, PostgreSQL, Terraform and clients; T=path narrows
	$(JEST) --json --outputFile=dist/test-results.json $(T)

test-fast: setup ## the tests that start no servers of other makers
	$(JEST) test/contract test/policy test/provider-schema test/domain test/hsm test/sigv4 test/validation test/authentication test/authorization test/operations test/pipeline test/audit test/quotas test/jobs test/startup test/wire test/constructs test/cli

exhaustive: build ## every property and model test at the size the documentation states (an hour or more)
	KEYSTEAD_EXHAUSTIVE=1 $(JEST) --testTimeout=3600000 --runInBand --testPathPatterns $$(grep -rl support/sizes.ts --include='*.test.ts' test)

soak: build ## the long reliability run: 500 kill -9 on each engine (SOAK_KILLS=n)
	$(NODE) test/reliability/soak.ts

demo: build ## the whole story once: declare, apply, use, deny, drift, repair, destroy
	$(NODE) scripts/demo/main.ts

up: build ## leave a control plane running, with the lines to paste for aws, Terraform and SDKs
	$(NODE) scripts/demo/main.ts --up

down: setup ## stop what "make up" left running; its keys stay
	$(NODE) scripts/demo/main.ts --down

bench: build ## benchmarks, each a ratio against a floor measured in the same run; B=many-keys: among a million keys
	$(NODE) bench/main.ts $(B) $(ARGS)

# The words after bench-compare are its arguments, files or commits, and not targets.
ifeq (bench-compare,$(firstword $(MAKECMDGOALS)))
COMPARED := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(COMPARED)
$(foreach word,$(sort $(COMPARED)),$(eval $(word): ; @true))
endif

bench-compare: setup ## what a change did: "make bench-compare A B" with two results files or two commits
	@$(NODE) bench/compare.ts $(ARGS) -- $(COMPARED)

vectors: ## bring the published test vectors (needs a network)
	@bash scripts/vectors.sh

format: setup ## format and fix what can be fixed mechanically
	node_modules/.bin/biome check --write .

clean: ## remove what was built, and the demo's leftovers
	rm -rf dist constructs/dist coverage .keystead cdktf-examples/*/cdktf.out
