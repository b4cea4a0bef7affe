# Every target sets up what it lacks. Plain make and bash, no further tool.
SHELL := /bin/bash
.DEFAULT_GOAL := help
CONFIGURATION := Release
BUILT := artifacts/build/bin
DOTNET := dotnet
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.PHONY: help build demo cluster test check bench faults faults-nightly publish format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build everything; the programs stand in artifacts/bin
	@deploy/setup.sh sdk
	$(DOTNET) build Penstock.slnx -c $(CONFIGURATION) --nologo -v minimal
	@deploy/programs.sh

demo: ## a simulated plant, the agent and the centre; prints one address
	@deploy/setup.sh sdk
	@deploy/demo/build.sh
	@deploy/demo/demo.sh

cluster: ## three Kafka nodes, two PostgreSQL servers, two centres, two plants on this machine; prints the addresses
	@deploy/setup.sh sdk
	@deploy/setup.sh packages openjdk-17-jre-headless xz-utils postgresql python3
	@deploy/demo/build.sh
	@deploy/cluster/cluster.sh

test: ## all tests, against real peers; ends with "N passed, N failed, N skipped"
	@tests/run.sh

check: ## format, build, unit tests
	@deploy/setup.sh sdk
	$(DOTNET) format Penstock.slnx --verify-no-changes --severity warn
	@$(MAKE) --no-print-directory build
	@tests/run.sh --no-setup --no-build UnitTests

bench: ## measure against the goals; table in artifacts/bench.md
	@tests/bench.sh

faults: ## kill, cut, fill, break; an hour; table in tests/FAULTS.md
	@tests/faults.sh ci

faults-nightly: ## the same, many times more: hours
	@tests/faults.sh nightly

publish: ## the agent as one self-contained file for linux-x64 and linux-arm64, the centre as a folder
	@deploy/setup.sh sdk
	@deploy/publish.sh linux-x64 linux-arm64
	@deploy/publish.sh --centre linux-x64

format: ## format the code
	$(DOTNET) format Penstock.slnx --severity warn

clean: ## remove artifacts
	rm -rf artifacts
