# Every command has one target here; `make help` prints them. Recipes run tools through npm, so that they use the
# Node.js pinned in package.json even where the system's is older.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup tools-demo tools-test tools-pipelines binding build pack bundles keystead provider generate public-api languages check lock advisories test test-fast test-terraform test-packages test-languages test-drift test-pipelines interop exhaustive soak demo up down bench bench-compare vectors format clean

# What the recipes start in turn (Terraform starts the provider) finds the same Node.js, and clients that came from PyPI.
export PATH := $(CURDIR)/node_modules/.bin:$(CURDIR)/scripts/python/.venv/bin:$(CURDIR)/scripts/pipelines/bin:$(PATH)
NODE := node_modules/.bin/node
JEST := NODE_OPTIONS="--experimental-vm-modules --disable-warning=ExperimentalWarning" $(NODE) node_modules/jest/bin/jest.js

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

setup: node_modules/.package-lock.json ## install what package-lock.json names

node_modules/.package-lock.json: package.json package-lock.json $(wildcard */package.json)
	@command -v npm >/dev/null || { echo 'npm is missing. Install Node.js 20 or newer with npm: https://nodejs.org/' >&2; exit 1; }
	npm ci --no-audit --no-fund --ignore-scripts
	npm rebuild node # the one package whose script runs: it brings the pinned Node.js for this platform
	@node scripts/tools.mjs bind
	@$(NODE) scripts/prune.ts
	@touch $@

# Before npm: what packages of the system are missing is installed, or the line to paste is printed.
tools-demo tools-test tools-pipelines: tools-%:
	@node scripts/tools.mjs bring $*

# Built with what npm brought; again here, for a compiler that came later.
binding: setup ## build the PKCS#11 binding, where a compiler came after setup
	@$(NODE) scripts/tools.mjs bind

# The type checker runs in no other command, and is as large as all that the control plane needs.
TYPESCRIPT := scripts/typescript/node_modules/.package-lock.json
$(TYPESCRIPT): scripts/typescript/package.json scripts/typescript/package-lock.json
	cd scripts/typescript && npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

build: setup provider keystead $(TYPESCRIPT) ## bundle what ships: control plane, Terraform provider, constructs with declarations
	$(NODE) constructs/build/build.ts

pack: setup $(TYPESCRIPT) ## pack the construct library as the file that npm installs, in dist
	$(NODE) constructs/build/build.ts
	@mkdir -p dist
	npm pack ./constructs/dist --pack-destination dist --silent

# What programs here load of both; no declarations.
bundles: setup provider keystead
	@$(NODE) constructs/build/build.ts --without-declarations

keystead: setup ## bundle the control plane and its command line in dist/keystead
	$(NODE) control-plane/build/bundle.ts

provider: setup ## lay the Terraform provider out as a filesystem mirror in dist/provider; SOURCE=hashicorp/aws: under that source, VERSIONS=x.y.z,…: also in these
	$(NODE) provider/package.ts $(if $(SOURCE),--as $(SOURCE)) $(if $(VERSIONS),--versions $(VERSIONS))

scripts/generators/node_modules/.package-lock.json: scripts/generators/package.json scripts/generators/package-lock.json
	cd scripts/generators && npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

generate: setup scripts/generators/node_modules/.package-lock.json ## write everything that is generated from the contract
	$(NODE) scripts/generate.ts

JSII := scripts/jsii/node_modules/.package-lock.json
$(JSII): scripts/jsii/package.json scripts/jsii/package-lock.json
	cd scripts/jsii && npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

public-api: setup $(JSII) ## write the listing of the constructs' public API, after a change of it
	$(NODE) constructs/languages/public-api.ts

languages: setup $(JSII) ## pack the constructs for Python, Java, Go and C#, as far as their tools are there; L=python: only that; GO_MODULE, MAVEN_GROUP: names of yours
	$(NODE) constructs/languages/pack.ts $(L) $(if $(GO_MODULE),--go-module $(GO_MODULE)) $(if $(MAVEN_GROUP),--maven-group $(MAVEN_GROUP))

check: setup $(TYPESCRIPT) ## types, lint, format, fresh generated files, dependencies by policy
	$(NODE) scripts/typescript/node_modules/typescript/bin/tsc -p tsconfig.json
	$(NODE) constructs/build/check-declarations.ts
	node_modules/.bin/biome check --error-on-warnings .
	$(NODE) scripts/generate.ts --check
	$(NODE) scripts/dependencies.ts

lock: setup ## write the lock files anew from package.json, where a dependency changed (needs npm 11)
	for directory in . scripts/generators scripts/jsii scripts/pipelines scripts/typescript; do \
	  (cd $$directory && npm install --package-lock-only --no-audit --no-fund --ignore-scripts) || exit 1; done
	$(NODE) scripts/lock-files.ts

advisories: setup ## ask the registry for known flaws of what runs in production
	$(NODE) scripts/dependencies.ts --advisories

test: tools-test bundles binding ## every test, with real SQLite, PostgreSQL, Terraform and clients; T=path narrows
	@$(NODE) scripts/vectors.ts --if-missing
	@rm -f dist/test-results.json
	@status=0; $(JEST) --json --outputFile=dist/test-results.json $(T) || status=$$?; $(NODE) scripts/not-run.ts; exit $$status

test-fast: binding ## the tests that start no servers of other makers
	$(JEST) test/contract test/policy test/provider-schema test/domain test/runtime test/hsm test/sigv4 test/validation test/authentication test/authorization test/operations test/pipeline test/audit test/quotas test/jobs test/startup test/wire test/constructs test/cli

test-terraform: tools-test bundles binding ## every resource type's and every example's whole life, with the real Terraform
	KEYSTEAD_TERRAFORM=all $(JEST) test/terraform test/e2e/aws-provider* test/e2e/terraform-scale.test.ts test/e2e/ci-plan-apply.test.ts test/e2e/ci-state.test.ts test/examples/lives.test.ts test/examples/move-from-aws.test.ts

test-packages: tools-test bundles binding $(TYPESCRIPT) ## the packed library in projects of strangers: npm's registries, both CDKs and their command lines, Node.js 20, 22 and 24
	KEYSTEAD_PACKAGES=all $(JEST) $$(grep -rl "'make test-packages'" --include='*.test.ts' test)

test-drift: tools-test bundles ## drift of every attribute of every resource type, changed by hand, counted
	KEYSTEAD_DRIFT=all $(JEST) test/e2e/drift-matrix

test-languages: tools-test bundles $(JSII) ## the constructs in every language they are packed for: pack, install, synthesize, compare with TypeScript
	KEYSTEAD_LANGUAGES=all $(JEST) --runInBand test/constructs/languages

test-pipelines: tools-pipelines bundles binding ## the templates for GitHub and GitLab, run from the files themselves by act and gitlab-ci-local
	KEYSTEAD_PIPELINES=all $(JEST) --runInBand $$(grep -rl "'make test-pipelines'" --include='*.test.ts' test)

interop: tools-test bundles binding ## clients of other makers at length: a fuzzer over the REST API's document, a client generated from it
	KEYSTEAD_INTEROP=all $(JEST) $$(grep -rl "'make interop'" --include='*.test.ts' test)

exhaustive: bundles binding ## every property and model test at the size the documentation states (an hour or more)
	KEYSTEAD_EXHAUSTIVE=1 $(JEST) --testTimeout=3600000 --runInBand --testPathPatterns $$(grep -rl support/sizes.ts --include='*.test.ts' test)

soak: bundles ## the long reliability run: 500 kill -9 on each engine (SOAK_KILLS=n)
	$(NODE) test/reliability/soak.ts

demo: tools-demo bundles ## the whole story once: declare, apply, use, deny, drift, repair, destroy
	$(NODE) scripts/demo/main.ts

up: tools-demo bundles ## leave a control plane running, with the lines to paste for aws, Terraform and SDKs
	$(NODE) scripts/demo/main.ts --up

down: setup ## stop what "make up" left running; its keys stay
	$(NODE) scripts/demo/main.ts --down

bench: bundles ## benchmarks, each a ratio against a floor measured in the same run; B=many-keys: among a million keys
	$(NODE) bench/main.ts $(B) $(ARGS)

# The words after bench-compare are its arguments, files or commits, and not targets.
ifeq (bench-compare,$(firstword $(MAKECMDGOALS)))
COMPARED := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(COMPARED)
$(foreach word,$(sort $(COMPARED)),$(eval $(word): ; @true))
endif

bench-compare: setup ## what a change did: "make bench-compare A B" with two results files or two commits
	@$(NODE) bench/compare.ts $(ARGS) -- $(COMPARED)

vectors: setup ## bring the published test vectors (needs a network)
	@$(NODE) scripts/vectors.ts

format: setup ## format and fix what can be fixed mechanically
	node_modules/.bin/biome check --write .

# Never a data directory: .keystead is the default one, and that of "make up". Keys that lie in what was built stay too.
BUILT := dist constructs/dist coverage $(wildcard cdktf-examples/*/cdktf.out)
clean: ## remove what was built; no keys and no data directory
	@kept=$$(find $(BUILT) \( -name 'root.key*' -o -name 'keystead.db' \) 2>/dev/null); \
	  if [ -n "$$kept" ]; then printf 'These are files of a data directory; move it away first:\n%s\n' "$$kept" >&2; exit 1; fi
	rm -rf $(BUILT)
