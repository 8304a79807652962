"""Every test gets a home of its own, and no test may leave a thread or a timer behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.process import set_up_process

set_up_process()  # as the programs do; what a library does is tested in processes of its own

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for an application of Qt's is a test of the window."""
    for item in items:
        if "qapp" in getattr(item, "fixturenames", ()):
            item.add_marker("gui")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real pictures beside the checkout; tests that need it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real pictures are not on this machine")
    return SHARED_DATA


@pytest.fixture(scope="session")
def session_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the whole session."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, session_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests away from the caches, projects and settings of whoever runs them."""
    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(session_cache))
    monkeypatch.setenv("FEWSHOT_DATA_DIR", str(tmp_path / "fewshot-data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a Python thread running (daemons of libraries started earlier excepted)."""
    before = set(threading.enumerate())
    yield
    leaked = []
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=2.0)
        # tqdm's monitor is one process-wide daemon that its first bar starts.
        if thread.is_alive() and type(thread).__name__ != "TMonitor":
            leaked.append(thread.name)
    assert not leaked, f"threads left running: {leaked}"
