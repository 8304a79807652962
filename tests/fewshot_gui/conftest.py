"""Every test of the window has settings and a project of its own, and leaves no thread or timer behind."""

from __future__ import annotations

import gc
import threading
import traceback
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pyqtgraph as pg
import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import QSettings, QStandardPaths, QThread, QThreadPool, QTimer, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.workspace import Workspace
from engine.workspace.commands import AddPictures
from engine.workspace.store import always
from fewshot_gui import main_window
from fewshot_gui.features.importing import importer as importing
from fewshot_gui.features.importing.importer import Found
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import commands
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.state import LoadedProject
from fewshot_gui.shell import languages
from fewshot_gui.shell.plain_text import PlainTextStyle
from fewshot_gui.shell.saved_settings import remember
from tests.fewshot_gui.scripted_engine import ScriptedEngine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform has no window manager, and says so whenever one would be asked."""
    harmless = pytest.mark.qt_log_ignore(r"This plugin does not support (propagateSizeHints|raise|grabbing)")
    for item in items:
        item.add_marker(harmless)


@pytest.fixture(autouse=True, scope="session")
def own_style(qapp: QApplication) -> None:
    """The style of the program, which is what keeps names from being taken for HTML."""
    qapp.setStyle(PlainTextStyle())


@pytest.fixture(scope="session", autouse=True)
def modules_are_not_searched_for_garbage() -> None:
    """The search after each test looks at what tests made, not at all that was imported before."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> None:
    """Settings go to a file of the test's own, on every platform."""
    QStandardPaths.setTestModeEnabled(True)
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def no_menu_stays_open(qapp: QApplication) -> Iterator[None]:
    """An open menu takes the clicks of the next test."""
    yield
    while (menu := QApplication.activePopupWidget()) is not None:
        menu.close()


@pytest.fixture(autouse=True)
def no_leaked_qt_workers(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a QTimer, QThread or thread pool at work, naming the line that started it."""
    started: list[tuple[Any, Callable[[Any], bool], str]] = []

    def watch(kind: type, method: str, is_at_work: Callable[[Any], bool]) -> None:
        original = getattr(kind, method)

        def remember(self: Any, *args: Any) -> Any:
            where = traceback.format_list(traceback.extract_stack(limit=2)[:1])[0]
            started.append((self, is_at_work, f"{kind.__name__} started in{where}"))
            return original(self, *args)

        monkeypatch.setattr(kind, method, remember)

    watch(QTimer, "start", lambda timer: timer.isActive())
    watch(QThread, "start", lambda thread: not thread.wait(2000))
    watch(QThreadPool, "start", lambda pool: not pool.waitForDone(2000))
    yield
    # A window that lost its last reference takes its timers with it.
    gc.collect()
    left = [where for worker, at_work, where in started if shiboken6.isValid(worker) and at_work(worker)]
    assert not left, "left running: " + "".join(left)


@pytest.fixture
def make_pictures(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of small pictures, `make_pictures("ants", 3)`, and returns it."""

    def make(folder: str, count: int, color: str = "teal") -> Path:
        place = tmp_path / "pictures" / folder
        place.mkdir(parents=True, exist_ok=True)
        for number in range(1, count + 1):
            Image.new("RGB", (24, 16), color).save(place / f"{number}.png")
        return place

    return make


@pytest.fixture
def korean(qapp: QApplication) -> Iterator[None]:
    """The program speaks Korean for as long as the test lasts."""
    earlier = set(qapp.findChildren(QTranslator))
    remember(languages.KEY, "ko")
    languages.install_translations(qapp)
    yield
    for translator in set(qapp.findChildren(QTranslator)) - earlier:
        qapp.removeTranslator(translator)
        translator.deleteLater()
    assert qapp.translate("Actions", "&Quit") == "&Quit"


@pytest.fixture
def every_move_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyqtgraph passes over moves that come faster than a hand makes them."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever pictures are looked for there are 95, and ten of them are a part."""

    def search(paths: object, class_id: int | None) -> Generator[int, None, Found]:
        yield 95
        return Found(AddPictures([Path(f"/imagined/{number}.png") for number in range(95)], class_id))

    monkeypatch.setattr(commands, "_PART", 10)
    monkeypatch.setattr(importing, "search_pictures", search)


@pytest.fixture
def hub(qapp: QApplication, tmp_path: Path) -> Iterator[ProjectHub]:
    """An empty project."""
    with Workspace.create(tmp_path / "project.fewshot") as workspace:
        yield ProjectHub(workspace)


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine) -> Iterator[MainWindow]:
    """The window on an empty project, with the scripted engine loaded."""
    window = MainWindow(ProjectHub(Workspace.create(tmp_path / "project.fewshot")), lambda: engine)
    qtbot.addWidget(window)
    window.resize(1300, 800)
    with qtbot.waitActive(window):  # keys are for the active window only
        window.show()
        window.activateWindow()
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        window.complete()
    yield window
    engine.go_on.set()
    window.close()


@pytest.fixture
def go_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until it is set, no project called `other` is read to its end."""
    go_on, of = threading.Event(), LoadedProject.of

    def wait(workspace: Workspace, is_wanted: Callable[[], bool] = always) -> LoadedProject:
        assert workspace.path.stem != "other" or go_on.wait(10)
        return of(workspace, is_wanted)

    monkeypatch.setattr(LoadedProject, "of", wait)
    monkeypatch.setattr(main_window, "CLOSING_S", 3.0)
    yield go_on
    go_on.set()
