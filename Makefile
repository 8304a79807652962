# make run    sets everything up and opens the window on the bundled demo
# make test   sets everything up and runs the tests
# make lint   style, types and the walls between the packages

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint clean

run: $(VENV)/.ready
	@$(BIN)/fewshot gui --demo

test: $(VENV)/.ready-dev
	@if command -v xvfb-run >/dev/null; then \
		xvfb-run -a -s "-screen 0 1600x1000x24" $(BIN)/python -m pytest; \
	else \
		echo "xvfb-run is not installed: the window is tested without a screen"; \
		QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest; \
	fi

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The stamps are written last: what was left half done is done again.
$(VENV)/.ready: pyproject.toml
	@echo "Setting up in $(VENV): a few minutes, 5 GB with PyTorch"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache fewshot-demo
