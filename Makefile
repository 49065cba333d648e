# Each target sets up what it needs; `make` alone lists them.
PYTHON ?= python3
STUDY = .venv/bin/study
PIP_SETTINGS = .venv/bin/python src/pipeline/pip_settings.py
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help report test lab docs check bench format lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

report: .venv/ready  ## render every report of every study into reports/_site/
	$(STUDY) render

test: .venv/ready  ## run the tests
	.venv/bin/pytest -n 2 --dist loadscope --no-loadscope-reorder $(ARGS)

docs: .venv/ready  ## render the handbook into reports/_site/handbook/
	$(STUDY) handbook

lab: .venv/ready  ## open the notebooks in JupyterLab
	$(STUDY) lab

check: .venv/ready  ## look over the code and this machine
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	$(STUDY) doctor

bench: .venv/ready  ## measure speed and memory, into benchmarks/results.md (20 minutes, on a quiet machine)
	@mkdir -p build
	@for name in "pipeline --renderer embedded" scoring eligibility paired mmrm; do set -- $$name; script=$$1; shift; \
	  echo "measuring $$script" >&2; printf '## %s\n\n```text\n' "$$script"; \
	  .venv/bin/python benchmarks/$$script.py "$$@" || exit 1; printf '```\n\n'; done > build/results.md
	@(echo "# Measured"; echo; echo "Written by \`make bench\`."; echo; cat build/results.md) > benchmarks/results.md

format: .venv/ready  ## put code and notebooks in order
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/nbstripout --keep-id notebooks/*.ipynb

lock: .venv/ready  ## choose versions anew and write requirements.lock
	eval "$$($(PIP_SETTINGS))"; .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --group dev --custom-compile-command "make lock" --upgrade pyproject.toml -o requirements.lock

clean:  ## remove everything that was built; studies, data and code stay
	rm -rf build reports/_site .venv .pytask pytask.lock

# uv installs in seconds and is told what pip knows of mirrors and certificates; where it fails, pip does the same
# from the same hashes.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(None if sys.version_info >= (3, 11) else '$(PYTHON) is Python %d.%d; 3.11 or newer is needed, for example: make $(MAKECMDGOALS) PYTHON=python3.12' % sys.version_info[:2])"
	$(PYTHON) -m venv .venv
	@.venv/bin/pip install -q --disable-pip-version-check uv 2>/dev/null || echo "no uv; pip does its work" >&2
	@eval "$$($(PIP_SETTINGS))"; \
	  .venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r requirements.lock \
	  || { echo "uv could not; pip installs the same, which takes some minutes" >&2; \
	       .venv/bin/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock; }
	@eval "$$($(PIP_SETTINGS))"; \
	  .venv/bin/uv pip install -q --python .venv/bin/python --no-deps -e . \
	  || .venv/bin/pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@
