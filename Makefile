# make run    sets everything up and opens the window on the bundled demo
# make test   sets everything up and runs the tests
# make test-quick   the tests that take no time and start no processes, of the window the main ones: 90 s
# make test-all     the tests, then those that calculate as on other processors and with the oldest torch
# make lint   style, types, the import contracts, spelling and the words of docs/glossary.md
# make translations   brings the texts to be translated up to date, compiles what is translated, and counts
#                     what is not; MISSING=1 lists it

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# A screen for the window under test: a virtual one where there is that.
SCREEN := $(if $(shell command -v xvfb-run),xvfb-run -a -s "-screen 0 1600x1000x24",QT_QPA_PLATFORM=offscreen)

QUICK := "not slow and not subprocess"
# What of the window's tests is worth running at every change.
QUICK_WINDOW := $(addprefix tests/fewshot_gui/,test_main_window.py features/labeling widgets/test_drops.py shell/test_plain_text.py project/test_picture_model.py)
# Of the engine's, what those leave time for.
QUICK_BESIDE := $(addprefix tests/engine/,learners runs)

.PHONY: run test test-quick test-all lint translations backbones clean

run: $(VENV)/.ready
	@$(BIN)/fewshot gui --demo

# Both halves at once, each on one core: torch would take all of them for tasks too small to share, and wait.
# The engine has its say when the window is done.
define TEST
	@folder=$$(mktemp -d); export OMP_NUM_THREADS="$${OMP_NUM_THREADS:-1}"; \
	$(BIN)/python -m pytest $(1) >"$$folder/engine" 2>&1 & beside=$$!; \
	trap 'kill $$beside 2>/dev/null; rm -rf "$$folder"' EXIT; \
	$(SCREEN) $(BIN)/python -m pytest $(2); window=$$?; \
	wait $$beside; engine=$$?; \
	cat "$$folder/engine"; \
	[ $$window -eq 0 ] && [ $$engine -eq 0 ]
endef

test: $(VENV)/.ready-dev
	$(call TEST,tests/engine tests/faults tests/test_documents.py tests/test_glossary.py,tests/fewshot_gui tests/end_to_end)

test-quick: $(VENV)/.ready-dev
	$(call TEST,-m $(QUICK) tests/engine tests/test_documents.py tests/test_glossary.py $(addprefix --ignore=,$(QUICK_BESIDE)),-m $(QUICK) $(QUICK_WINDOW) $(QUICK_BESIDE))

test-all: test
	$(BIN)/python -m tests.processors --all

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/typos
	$(BIN)/python -m tests.glossary

translations: $(VENV)/.ready
	@$(BIN)/python -m fewshot_gui.translating $(if $(MISSING),--missing)

# Needed when weights or the conversion have changed; a test says so.
backbones: $(VENV)/.ready
	$(BIN)/python -m engine.backbones.bundling

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
