# make run    sets everything up and opens the window on the bundled demo
# make test   sets everything up and runs the tests
# make lint   style, types and the walls between the packages
# make translations   brings the texts to be translated up to date, and compiles what is translated

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# A screen for the window under test: a virtual one where there is that.
SCREEN := $(if $(shell command -v xvfb-run),xvfb-run -a -s "-screen 0 1600x1000x24",QT_QPA_PLATFORM=offscreen)

.PHONY: run test lint translations clean

run: $(VENV)/.ready
	@$(BIN)/fewshot gui --demo

# The engine is tested beside the window, and has its say when that is done.
test: $(VENV)/.ready-dev
	@said=$$(mktemp); \
	$(BIN)/python -m pytest tests/engine >"$$said" 2>&1 & beside=$$!; \
	trap 'kill $$beside 2>/dev/null; rm -f "$$said"' EXIT; \
	$(SCREEN) $(BIN)/python -m pytest tests/fewshot_gui tests/end_to_end; window=$$?; \
	wait $$beside; engine=$$?; \
	cat "$$said"; \
	[ $$window -eq 0 ] && [ $$engine -eq 0 ]

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

translations: $(VENV)/.ready
	@$(BIN)/python -m fewshot_gui.translating

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
