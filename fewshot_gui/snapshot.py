"""A picture of the window after a run: `python -m fewshot_gui.snapshot PROJECT PICTURE.png`.

For machines without a display (`QT_QPA_PLATFORM=offscreen`) and for the documentation. It leaves the person's
own settings alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from engine.backbones import DEFAULT_BACKBONE
from engine.cli.base import add_choices, read_options
from engine.cli.terminal import write_notice
from engine.errors import FewshotError
from engine.learners import DEFAULT_ALGORITHM
from engine.runs.events import Failed
from engine.workspace import Workspace
from fewshot_gui.application import make_application
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.saved_settings import remember, remember_options
from fewshot_gui.shell.theme import THEMES

_SETTLE_MS = 1500


class _Photographer(QObject):
    """Starts a run in the window as a person would, then saves the picture and closes the window."""

    def __init__(self, window: MainWindow, picture: Path) -> None:
        super().__init__(window)
        self.problem = ""
        self._window, self._picture = window, picture
        window.bridge.catalogue_ready.connect(self._run)
        window.bridge.engine_broken.connect(self._fail)
        window.bridge.on(Failed).connect(self._fail)
        window.runs.ended.connect(self._settle)

    def _run(self) -> None:
        if self._window.runs.unavailable_reason:
            self._settle()
        else:
            self._window.actions_.run.trigger()

    def _fail(self, event: object) -> None:
        self.problem = str(getattr(event, "message", event))
        self._window.close()

    def _settle(self) -> None:
        """Wait until the thumbnails are decoded: some are not at the last prediction."""
        if not self.problem:
            QTimer.singleShot(_SETTLE_MS, self._take)

    def _take(self) -> None:
        if not self._window.grab().save(str(self._picture)):
            self.problem = f"The picture could not be written to {self._picture}."
        self._window.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the picture; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m fewshot_gui.snapshot", description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("picture", type=Path)
    add_choices(parser, algorithm=DEFAULT_ALGORITHM, backbone=DEFAULT_BACKBONE)
    parser.add_argument("--theme", choices=THEMES, default="light")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as settings:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings)
        remember("run/algorithm", options.algorithm)
        remember("run/backbone", options.backbone)
        remember("run/device", options.device)
        remember_options(options.algorithm, read_options(options.option))
        remember("theme", options.theme)
        try:
            problem = _take(options.project, options.picture)
        except FewshotError as error:
            problem = str(error)
    if problem:
        write_notice(problem)
    return 2 if problem else 0


def _take(project: Path, picture: Path) -> str:
    application: QApplication = make_application()
    window = MainWindow(ProjectHub(Workspace.open(project)))
    photographer = _Photographer(window, picture)
    window.closed.connect(application.quit)
    window.show()
    QTimer.singleShot(0, window.complete)
    application.exec()
    return photographer.problem


if __name__ == "__main__":
    sys.exit(main())
