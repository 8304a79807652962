"""From a command line to an open window, and out again."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from engine.cli.terminal import Parser, open_standard_streams
from engine.errors import FewshotError
from engine.paths import data_dir
from engine.process import set_up_process
from fewshot_gui.features.projects.project_files import open_at_start, project_at_start
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.error_hooks import CrashLog, ErrorHooks
from fewshot_gui.shell.languages import install_translations, translate
from fewshot_gui.shell.message_bar import Notification, Severity
from fewshot_gui.shell.one_window import OneWindow, bring_to_front, raise_window_of
from fewshot_gui.shell.quit_signals import SIGNALS, QuitSignals
from fewshot_gui.shell.saved_settings import remembered
from fewshot_gui.shell.theme import THEMES, apply_theme, icon


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window and stay until it is closed; returns the process's exit status.

    If another window has the project, that comes to the front instead.
    """
    open_standard_streams()
    parser = Parser(prog="fewshot-gui", description="Label pictures from a handful of examples.")
    parser.add_argument(
        "project", nargs="?", type=Path, metavar="PROJECT.fewshot", help="made if it is not there yet"
    )
    asked_for = parser.parse_args(arguments).project

    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)  # there is no window to close yet
    logging.basicConfig(format="%(name)s: %(message)s")
    application = make_application()
    wanted = project_at_start(asked_for)
    if wanted and raise_window_of(wanted):
        return 0
    crash_log = CrashLog(data_dir() / "crash.log")
    hooks = ErrorHooks()
    hooks.install()
    try:
        project, problem = open_at_start(asked_for)
    except FewshotError as error:
        QMessageBox.critical(None, "Fewshot", translated(error.message))
        return 2
    window = MainWindow(ProjectHub(project))
    one_window = OneWindow(window)
    one_window.asked.connect(partial(bring_to_front, window))
    window.hub.opened.connect(partial(_answer_for, window.hub, one_window))
    _answer_for(window.hub, one_window)
    hooks.problem.connect(window.messages.report_problem)
    hooks.bug.connect(window.show_report)
    if problem:
        window.messages.report_problem(problem)
    if crash_log.last_crash:
        window.messages.show_message(_about_crash(window, crash_log.last_crash))
    # Qt does not notice that a window was closed if it was hidden first.
    window.closed.connect(application.quit)
    window.show()
    WhenShown(window, window.complete)
    quit_signals = QuitSignals()
    quit_signals.received.connect(window.end)
    quit_signals.install()
    status = application.exec()
    one_window.close()
    quit_signals.uninstall()
    if quit_signals.number:
        status = 128 + quit_signals.number
    hooks.uninstall()
    crash_log.close()
    if not window.all_ended:
        # A thread has not ended: a driver hangs, a drive does not answer, or an import cannot be
        # interrupted. All work is saved. A normal exit would wait for that thread for ever, or
        # crash it by ending the interpreter.
        os._exit(status)
    return status


def _answer_for(hub: ProjectHub, one_window: OneWindow) -> None:
    """Be the window of the open project, unless another one is."""
    if hub.read_only_reason:
        one_window.close()
    else:
        one_window.listen(hub.file)


_SWITCH_INTERVAL_S = 0.0005
"""Python's switch interval, in seconds. At its default of 5 ms, a worker thread that sorts for a tenth of a
second kept the GUI thread, which needs the interpreter many times a frame, waiting all that time."""


class WhenShown(QObject):
    """Calls a function once, after a window has painted its first frame."""

    def __init__(self, window: QWidget, then: Callable[[], None]) -> None:
        super().__init__(window)
        self._then = then
        window.windowHandle().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Expose:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
        return super().eventFilter(watched, event)


def make_application() -> QApplication:
    """Return Qt's application object with this program's name and look, and set Python's switch interval."""
    set_up_process()
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    application = cast(QApplication, QApplication.instance() or QApplication(sys.argv[:1]))
    application.setApplicationName("Fewshot")
    application.setDesktopFileName("fewshot")
    install_translations(application)
    theme = remembered("theme", THEMES[0])
    apply_theme(application, theme if theme in THEMES else THEMES[0])
    application.setWindowIcon(icon("app", application.palette()))
    return application


def _about_crash(window: MainWindow, report: str) -> Notification:
    return Notification(
        Severity.WARNING,
        translate("Application", "The program crashed the last time. Your labels are saved."),
        translate("Application", "Show the report"),
        lambda: window.show_report(report),
    )
