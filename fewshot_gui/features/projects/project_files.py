"""Opens projects: at the start, and from the menu."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, QProcess, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from engine.errors import FewshotError
from engine.paths import data_dir
from engine.workspace import PROJECT_SUFFIX, Workspace
from engine.workspace.failures import UnusableProjectError
from engine.workspace.temporary import remove_left_behind
from fewshot_gui.engine_link.kinds import OPEN, READ_PROJECT
from fewshot_gui.engine_link.tasks import Task, expected_message
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.state import LoadedProject
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.one_window import raise_window_of
from fewshot_gui.shell.saved_settings import recent_projects, remember_project, remembered_projects
from fewshot_gui.widgets.file_dialog import FileDialog

_FILTER = f"Fewshot (*{PROJECT_SUFFIX})"
_Reading: TypeAlias = Callable[[Path, Callable[[], bool]], Generator[int, None, LoadedProject | None]]
LETTERS, SURFACES = "demo", "demo of surfaces"
"""The demos, by the name of their folder."""
_SUITED_BACKBONES = {LETTERS: "conv4", SURFACES: "efficientnet-lite0"}
"""The backbone that was trained on pictures like those of each demo."""
_SHOW_AFTER_MS = 1000
"""The status bar shows an opening that takes longer than this; a shorter one would only flicker."""


def project_at_start(asked_for: Path | None) -> Path | None:
    """The project that a start opens, if it can be opened: the requested one, else the last one."""
    return asked_for or next(iter(remembered_projects()), None)


def open_at_start(asked_for: Path | None) -> tuple[LoadedProject, str]:
    """The project to start with, and a sentence about one that could not be opened (or an empty one).

    It is the requested one (created if it does not exist), else the last one, else one of the program's own
    files. The first two are opened read-only if they cannot be changed. Raises `FewshotError` if none of them
    can be opened.
    """
    remove_left_behind(Path(tempfile.gettempdir()))
    try:
        if asked_for:
            return _open_or_view(asked_for, Workspace.open_or_create), ""
        for last in remembered_projects()[:1]:
            return _open_or_view(last, Workspace.open), ""
    except FewshotError as error:
        return _own_project(), translated(error.message)
    return _own_project(), ""


def _open_or_view(path: Path, opening: Callable[[Path], Workspace]) -> LoadedProject:
    try:
        return LoadedProject.of(opening(path))
    except UnusableProjectError:
        raise
    except FewshotError as error:
        try:
            return LoadedProject.of(Workspace.view(path, error.message))
        except FewshotError:
            raise error from None


def _own_project() -> LoadedProject:
    """The default project, or the next one if another window has that open."""
    with suppress(OSError):  # the workspace raises the error for a folder that cannot be written
        data_dir().mkdir(parents=True, exist_ok=True)
    for number in count(1):
        name = "My pictures" if number == 1 else f"My pictures {number}"
        try:
            return LoadedProject.of(Workspace.open_or_create(data_dir() / f"{name}{PROJECT_SUFFIX}"))
        except FewshotError:
            if number == 9:
                raise
    raise AssertionError("unreachable")


def _demo_file(name: str) -> Path:
    return data_dir() / name / f"demo{PROJECT_SUFFIX}"


def _free_name(folder: Path, name: str) -> str:
    """The name of a project that is not in this folder yet: `name`, or with the next number."""
    names = (
        f"{name}{PROJECT_SUFFIX}" if number == 1 else f"{name} {number}{PROJECT_SUFFIX}"
        for number in count(1)
    )
    # Not `Path.exists`, which raises where a network drive does not answer.
    return next(one for one in names if not os.path.lexists(folder / one))


def _read(path: Path, is_wanted: Callable[[], bool]) -> Generator[int, None, LoadedProject]:
    """Open a project and read it, while it is requested. Runs on a thread."""
    yield 0
    return LoadedProject.of(Workspace.open_or_view(path, is_wanted), is_wanted)


def _raise_or_read(path: Path, is_wanted: Callable[[], bool]) -> Generator[int, None, LoadedProject | None]:
    """Bring the window that has this project to the front, and return `None`; read it if there is none."""
    yield 0
    return None if raise_window_of(path) else (yield from _read(path, is_wanted))


def _read_demo(path: Path, is_wanted: Callable[[], bool]) -> Generator[int, None, LoadedProject | None]:
    """Open the demo and read it; its pictures are made the first time."""
    yield 0
    # Importing what draws the pictures would slow down every start.
    from engine import demo

    pictures = {LETTERS: demo.LETTERS, SURFACES: demo.SURFACES}[path.parent.name]
    return (yield from _raise_or_read(demo.write_demo_project(path.parent, pictures), is_wanted))


class ProjectFiles(QObject):
    """New, Open, Open recent, and the demo.

    No other project is opened while a task writes into the present one. Reading a project of a million
    pictures takes a second, and following moved pictures takes longer, so a thread does that while the
    present project stays open.
    """

    problem = Signal(str)
    hint = Signal(str)
    """A sentence: why the present project stays."""

    def __init__(self, hub: ProjectHub, window: QWidget) -> None:
        super().__init__(window)
        self._hub, self._tasks, self._window = hub, hub.tasks, window
        self.recent_menu = QMenu(self.tr("Open &recent"), window)
        self.recent_menu.setToolTipsVisible(True)
        self.recent_menu.aboutToShow.connect(self._list_recent)
        self.recent_menu.triggered.connect(self._open_recent)
        remember_project(hub.file)
        self._requested: Path | None = None
        # Also readings that are not requested any more, until they end: an open file cannot be opened again.
        self._reading: dict[Path, Task] = {}
        self._opening: Task | None = None
        self._slow = QTimer(self, interval=_SHOW_AFTER_MS, singleShot=True)
        self._slow.timeout.connect(self._show_opening)

    def cancel(self) -> None:
        """Keep the present project. What has been read of the other is closed."""
        self._requested = None
        self._slow.stop()
        self._tasks.end(OPEN)

    def open_demo(self, name: str = LETTERS) -> None:
        """Open a bundled demo; the first time its pictures are made, which takes a moment."""
        self._request(_demo_file(name), _read_demo)

    @property
    def title(self) -> str:
        """What the open project is called: the name of its file, or which of the demos it is."""
        demos = {LETTERS: self.tr("Demo: letters"), SURFACES: self.tr("Demo: surfaces")}
        named = (title for name, title in demos.items() if self._hub.file == _demo_file(name))
        return next(named, self._hub.file.stem)

    @property
    def suited_backbone(self) -> str:
        """The backbone for the open project, if it is one whose pictures are known; else empty."""
        suited = (
            backbone for name, backbone in _SUITED_BACKBONES.items() if self._hub.file == _demo_file(name)
        )
        return next(suited, "")

    def ask_new(self) -> None:
        dialog = FileDialog(
            self._window,
            self.tr("New project"),
            "projects",
            QFileDialog.FileMode.AnyFile,
            name_filters=[_FILTER],
            accept_mode=QFileDialog.AcceptMode.AcceptSave,
        )
        dialog.setDefaultSuffix(PROJECT_SUFFIX)
        # The workspace refuses to overwrite, so the dialog must not ask whether to.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile(_free_name(Path(dialog.directory().path()), self.tr("My pictures")))
        dialog.chosen.connect(self._create)
        dialog.open()

    def ask_open(self) -> None:
        self._ask_existing(self.tr("Open a project"), self._open)

    def ask_open_beside(self) -> None:
        """Ask for a project to open in a window of its own, beside this one."""
        self._ask_existing(self.tr("Open a project in a new window"), self._open_beside)

    def _ask_existing(self, title: str, then: Callable[[list[Path]], None]) -> None:
        dialog = FileDialog(
            self._window, title, "projects", QFileDialog.FileMode.ExistingFile, name_filters=[_FILTER]
        )
        dialog.chosen.connect(then)
        dialog.open()

    def open(self, path: Path) -> None:
        """Read this project and then show it instead of the present one, which stays if the other cannot be
        opened. The last request counts.

        If another window has it, that comes to the front, and the present project stays. A project that
        cannot be changed for another reason is opened read-only.
        """
        self._request(path, _raise_or_read)

    def open_again(self) -> None:
        """Read the present project again: perhaps it can be changed by now."""
        self._request(self._hub.file, _read)

    def _request(self, path: Path, reading: _Reading) -> None:
        self.cancel()
        is_present = self._hub.is_same_file(path)
        if is_present and not self._hub.file_problem:
            return
        if self._hub.is_gone:  # another file has its name now
            self._hub.fold_journal()
        if self._refuse():
            return
        if is_present:
            self._reopen(path)
            return
        self._requested = path
        self._slow.start()
        self._opening = self._tasks.begin(OPEN, cancel=self.cancel)
        if path not in self._reading:
            self._begin(path, reading)

    def _begin(self, path: Path, reading: _Reading) -> None:
        abandoned = False

        def is_wanted() -> bool:
            # An abandoned reading stops, even if the project is requested again.
            nonlocal abandoned
            abandoned = abandoned or path != self._requested
            return not abandoned

        self._reading[path] = task = self._tasks.begin(READ_PROJECT, cancel=lambda: None)
        task.on_thread(
            reading(path, is_wanted),
            partial(self._on_read, path),
            lambda error: self._on_read_failed(path, reading, abandoned, error),
        )

    def _reopen(self, path: Path) -> None:
        """Open the present file under its new name, or with its new content.

        It must be closed first, so this blocks.
        """
        self._hub.release()
        try:
            project = LoadedProject.of(Workspace.open_or_view(path))
        except FewshotError as error:
            self.problem.emit(translated(error.message))
            project = _own_project()
        self._hub.show(project)
        remember_project(self._hub.file)

    def _on_read(self, path: Path, project: LoadedProject | None) -> None:
        was_requested = self._close_request(path)
        if project is None:
            if was_requested:
                words = self.tr("{name} is open in another window, which is in front now.")
                self.hint.emit(words.format(name=path.stem))
        elif was_requested and not self._refuse():
            self._hub.show(project)
            remember_project(self._hub.file)
        else:
            project.workspace.close()

    def _on_read_failed(self, path: Path, reading: _Reading, abandoned: bool, error: Exception) -> None:
        if abandoned and path == self._requested:  # it was requested again meanwhile
            self._reading.pop(path).end()
            self._begin(path, reading)
            return
        was_requested, message = self._close_request(path), expected_message(error)
        if was_requested:
            self.problem.emit(translated(message))

    def _close_request(self, path: Path) -> bool:
        """Whether the project that was read, or failed, is the requested one; the request is then done."""
        self._reading.pop(path).end()
        was_requested = path == self._requested
        if was_requested:
            self.cancel()
        return was_requested

    def _show_opening(self) -> None:
        assert self._opening is not None
        self._opening.report(text=self.tr("Opening the project…"))

    def _create(self, paths: list[Path]) -> None:
        self.cancel()
        if self._refuse():
            return
        try:
            self._hub.switch_to(Workspace.create(paths[0]))
        except FewshotError as error:
            self.problem.emit(translated(error.message))
        else:
            remember_project(self._hub.file)

    def _open(self, paths: list[Path]) -> None:
        self.open(paths[0])

    def _open_beside(self, paths: list[Path]) -> None:
        # A process of its own: a window that hangs or crashes takes no other with it. `-P`: nothing is
        # imported from the folder in which the program was started.
        started, _ = QProcess.startDetached(sys.executable, ["-P", "-m", "fewshot_gui", str(paths[0])])
        if not started:
            self.problem.emit(self.tr("Another window could not be started."))

    def _refuse(self) -> bool:
        if self._tasks.blocker_of(OPEN):
            self.problem.emit(self.tr("Wait until the tasks of this project have finished, or cancel them."))
            return True
        return False

    def _list_recent(self) -> None:
        self.recent_menu.clear()
        projects = recent_projects()
        names = Counter(path.stem for path in projects)
        for path in projects:
            name = path.stem if names[path.stem] == 1 else f"{path.stem} – {path.parent.name}"
            action = self.recent_menu.addAction(name.replace("&", "&&"))
            action.setToolTip(str(path))
            action.setData(str(path))

    def _open_recent(self, action: QAction) -> None:
        self.open(Path(action.data()))
