# Everything a developer types. `make` alone shows the list.
PYTHON ?= python3
CHAIN ?= ganache
PORT ?= 8000
DAYS ?= 0
HOURS ?= 0

export PYTHONUTF8 := 1

VPY := .venv/bin/python
IN := $(VPY) -m tools.inside

.DEFAULT_GOAL := help
.PHONY: help bootstrap bootstrap-tests run reset warp keep clean compile abi reference odd-tokens order-states sizes lint format messages vendor \
	test test-tools test-contracts-anvil test-contracts-ganache test-frontend test-index test-browser bench bench-gas soak slither \
	proofs mutation \
	doctor files verify-intent

help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-24s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## Set-up
bootstrap: ## install everything inside the checkout (.venv, node_modules, .local)
	@$(PYTHON) -m tools.bootstrap

bootstrap-tests: ## the same, and a Chromium for the browser tests
	@$(PYTHON) -m tools.bootstrap --chromium

clean: ## remove what bootstrap and compiling made (local chains stay)
	rm -rf .venv .local node_modules build reports

## The market on this machine
run: bootstrap ## run the market: chain, contracts, demo, index, web (CHAIN=ganache|anvil PORT=8000 OPEN=0)
	@$(VPY) -m tools.run --chain $(CHAIN) --port $(PORT)

warp: ## move the running local chain's clock (DAYS=8 HOURS=0 CHAIN=ganache)
	@$(PYTHON) -m tools.chain warp --chain $(CHAIN) --days $(DAYS) --hours $(HOURS)

keep: ## make every call that is due on the running local market (CHAIN=ganache ARGS="--dry-run"; ARGS="--watch" goes on)
	@$(VPY) -m tools.keep $(CHAIN) $(ARGS)

reset: ## throw a local market away: chain, index, uploads, deployment record (CHAIN=ganache)
	@$(PYTHON) -m tools.reset --chain $(CHAIN)

doctor: ## look at everything and say what is well and what to do (CHAIN=ganache, or the settings in the environment)
	@$(if $(wildcard $(VPY)),$(VPY),$(PYTHON)) -m tools.doctor $(if $(filter-out file default,$(origin CHAIN)),--chain $(CHAIN)) --port $(PORT)

files: bootstrap ## sealed files: hash, seal, open, key, deliver (ARGS="seal FILE --keys dokkaebi-note-keys.txt")
	@$(VPY) -m tools.files $(ARGS)

verify-intent: ## check an intent before signing it (FILE=intent.json RPC=http://... ARGS="--max-total 0.5"); needs only Python
	@$(PYTHON) -m tools.intent verify $(FILE) $(if $(RPC),--rpc $(RPC)) $(ARGS)

## Contracts
compile: bootstrap ## compile the contracts into build/
	@$(VPY) -m tools.compile

abi: compile ## write the ABIs that the frontend reads
	@$(IN) python -m scripts.export_abis

reference: compile ## write docs/contracts.md from the interfaces
	@$(IN) python -m scripts.export_reference

odd-tokens: compile ## write docs/odd-tokens.md from what the contracts do with odd tokens
	@WRITE_PAGES=1 $(IN) python -m pytest --network test-anvil tests/integration/test_odd_tokens.py

order-states: compile ## write docs/order-states.md from what orders do on a chain
	@WRITE_PAGES=1 $(IN) python -m pytest --network test-anvil tests/integration/test_order_states.py

sizes: compile ## print the size of every deployable contract; fails above the limits
	@$(VPY) -m tools.sizes

bench-gas: bootstrap ## measure gas on Anvil and write bench/results/gas.json (CHECK=1 compares instead)
	@$(IN) python -m bench.gas $(if $(CHECK),--check)

bench: bootstrap ## measure how fast index, pages and sealing are and write bench/results/speed.json (PART=index RUNS=5)
	@$(IN) python -m bench.speed $(PART) $(if $(RUNS),--runs $(RUNS))

soak: bootstrap ## 1,000 reorganisations, 100,000 deals, 100,000 courses of trades, all random (PART=index|deals|curves ARGS="--seed 7"); can be stopped and gone on with
	@$(if $(filter index,$(or $(PART),index)),$(IN) python -m bench.soak $(ARGS))
	@$(if $(filter deals,$(or $(PART),deals)),$(IN) python -m bench.deals $(ARGS))
	@$(if $(filter curves,$(or $(PART),curves)),$(IN) python -m bench.trades $(ARGS))

slither: bootstrap ## static analysis of the contracts
	@$(IN) python -m tools.slither

proofs: bootstrap ## prove claims about shares, bonds and last offers for all inputs
	@$(VPY) -m tools.proofs

mutation: bootstrap ## try small faults in the contracts that changed (ARGS="--percent 10 --seed 3"); can be stopped and gone on with
	@$(VPY) -m tools.mutation $(ARGS)

## Checks
lint: bootstrap ## ruff, mypy, solhint, djlint
	@$(IN) python -m tools.lint

format: bootstrap ## let ruff put Python into shape
	@$(IN) ruff check --fix --quiet .
	@$(IN) ruff format .

test: bootstrap-tests ## everything: tools and scripts, contracts on Anvil and on Ganache, frontend, browser
	@$(VPY) -m tools.test

test-tools: bootstrap ## tests of tools/ and scripts/
	@$(VPY) -m tools.test tools

test-contracts-anvil: bootstrap ## contract tests on Anvil (ARGS="-k withdraw")
	@$(VPY) -m tools.test anvil $(ARGS)

test-contracts-ganache: bootstrap ## contract tests on Ganache
	@$(VPY) -m tools.test ganache $(ARGS)

test-frontend: bootstrap ## frontend tests; no chain, no network
	@$(VPY) -m tools.test frontend $(ARGS)

test-index: bootstrap ## the follower and its index, against a real chain
	@$(VPY) -m tools.test index $(ARGS)

test-browser: bootstrap-tests ## browser tests: real Chromium, real chain
	@$(VPY) -m tools.test browser $(ARGS)

## Files that are made and committed
messages: bootstrap ## collect texts for translation, and compile the catalogues
	@$(IN) python -m tools.messages

vendor: bootstrap ## copy the browser libraries from node_modules into frontend/static/vendor
	@$(VPY) -m tools.vendor
