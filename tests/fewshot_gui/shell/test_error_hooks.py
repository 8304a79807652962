"""What nobody caught is told, whichever thread it happened on and whoever raised it."""

from __future__ import annotations

import faulthandler
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QtMsgType, qCritical, qInstallMessageHandler
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from fewshot_gui.shell.error_hooks import CrashLog, ErrorHooks


@pytest.fixture
def hooks(qapp: object) -> Iterator[ErrorHooks]:
    """Hooks in place; pytest's own are put back afterwards."""
    hooks = ErrorHooks()
    before = sys.excepthook, threading.excepthook, qInstallMessageHandler(None)
    hooks.install()
    yield hooks
    sys.excepthook, threading.excepthook = before[:2]
    qInstallMessageHandler(before[2])


def raise_and_tell(error: BaseException) -> None:
    try:
        raise error
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]


def test_a_bug_is_told_with_its_traceback_and_written_to_stderr(
    hooks: ErrorHooks, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    with qtbot.waitSignal(hooks.bug) as told:
        raise_and_tell(ZeroDivisionError("one over nothing"))
    assert "one over nothing" in told.args[0]
    assert "test_error_hooks.py" in told.args[0]
    assert capsys.readouterr().err == told.args[0]


def test_what_the_world_did_wrong_is_told_as_a_sentence(hooks: ErrorHooks, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hooks.problem) as told, qtbot.assertNotEmitted(hooks.bug):
        raise_and_tell(FewshotError("The drive is gone."))
    assert told.args == ["The drive is gone."]


def test_a_bug_on_another_thread_is_told_too(hooks: ErrorHooks, qtbot: QtBot) -> None:
    thread = threading.Thread(target=lambda: 1 / 0)
    with qtbot.waitSignal(hooks.bug) as told:
        thread.start()
        thread.join()
    assert "ZeroDivisionError" in told.args[0]


def test_stopping_the_program_is_no_bug(hooks: ErrorHooks, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(hooks.bug):
        raise_and_tell(KeyboardInterrupt())


@pytest.mark.parametrize(
    ("kind", "is_bug"), [(QtMsgType.QtWarningMsg, False), (QtMsgType.QtCriticalMsg, True)]
)
def test_what_qt_says_is_logged_and_told_if_it_is_serious(
    hooks: ErrorHooks, caplog: pytest.LogCaptureFixture, kind: QtMsgType, is_bug: bool
) -> None:
    told: list[str] = []
    hooks.bug.connect(told.append)
    nowhere = SimpleNamespace(file=None, line=0)
    hooks._on_qt_message(kind, nowhere, "paint without a device")  # type: ignore[arg-type]
    assert caplog.messages == ["paint without a device"]
    assert told == (["Qt: paint without a device"] if is_bug else [])


def test_qt_asks_the_hook(hooks: ErrorHooks, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hooks.bug):
        qCritical("from within")


@pytest.fixture
def faulthandler_as_it_was() -> Iterator[None]:
    was_enabled = faulthandler.is_enabled()
    yield
    if was_enabled:
        faulthandler.enable(sys.__stderr__)


@pytest.mark.usefixtures("faulthandler_as_it_was")
def test_the_next_start_knows_of_a_crash_and_the_one_after_does_not(tmp_path: Path) -> None:
    path = tmp_path / "data" / "crash.log"
    CrashLog(path).close()
    path.write_text("Fatal Python error: Segmentation fault\n")
    second = CrashLog(path)
    second.close()
    third = CrashLog(path)
    third.close()
    assert "Segmentation fault" in second.last_crash
    assert third.last_crash == ""


@pytest.mark.usefixtures("faulthandler_as_it_was")
def test_a_log_that_cannot_be_written_keeps_nobody_from_starting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    log = CrashLog(tmp_path / "file" / "crash.log")
    assert log.last_crash == ""
    log.close()
