"""Every hook for errors that Python and Qt offer; all of them report to the window."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from engine.cli.terminal import write_notice
from engine.errors import FewshotError
from engine.visible import visible
from fewshot_gui.shell.engine_texts import translated

_LOG = logging.getLogger("fewshot.qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class ErrorHooks(QObject):
    """Catches uncaught exceptions on any thread, and emits them on the GUI thread.

    They are also written to stderr, for a person who started the program from a terminal.
    """

    problem = Signal(str)
    """A sentence: an expected error (`FewshotError`) in a place that does not handle it."""
    bug = Signal(str)
    """A traceback."""

    def install(self) -> None:
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(self._on_qt_message)

    def uninstall(self) -> None:
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        report = "".join(traceback.format_exception(kind, error, trace))
        write_notice(*report.removesuffix("\n").split("\n"))
        if isinstance(error, FewshotError):
            self.problem.emit(translated(error.message))
        elif not isinstance(error, KeyboardInterrupt | SystemExit):
            self.bug.emit(report)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        where = f" ({context.file}:{context.line})" if context.file else ""
        _LOG.log(_LEVELS[kind], "%s%s", visible(text), where)
        if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
            self.bug.emit(f"Qt: {text}{where}")


class CrashLog:
    """A file that the interpreter writes a traceback into when the process crashes.

    `last_crash` is the traceback of the previous process, empty if it ended well.
    """

    def __init__(self, path: Path) -> None:
        self.last_crash = ""
        self._stream: TextIO | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                self.last_crash = path.read_text(encoding="utf-8", errors="replace")
            self._stream = path.open("w", encoding="utf-8")
        except OSError as error:
            # If no file can be written, start anyway; a crash then goes to stderr.
            logging.getLogger("fewshot").warning("no crash log at %s: %s", path, error)
        faulthandler.enable(self._stream or sys.stderr)

    def close(self) -> None:
        faulthandler.disable()
        if self._stream is not None:
            self._stream.close()
