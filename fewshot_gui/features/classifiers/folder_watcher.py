"""Watching a folder: a process of its own labels each picture that comes in, and this shows what it does.

It is `fewshot watch`, so it keeps no run in this window waiting, and what it has written survives whatever
happens to the window.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.messages import Message
from engine.visible import visible
from fewshot_gui.engine_link.kinds import WATCH
from fewshot_gui.engine_link.tasks import Task
from fewshot_gui.features.classifiers.watch_dialog import WatchDialog, WatchOrder
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.engine_texts import translated

PROGRAM = [sys.executable, "-P", "-m", "engine.cli.main"]
_MOST_SHOWN = 50


class FolderWatcher(QObject):
    """Watches one folder at a time. What was labelled before goes on where it ended: `fewshot watch` labels
    no picture twice into the same table or folder."""

    problem = Signal(Message)

    def __init__(self, hub: ProjectHub, window: QWidget) -> None:
        super().__init__(window)
        self._tasks, self._window = hub.tasks, window
        self._process: QProcess | None = None
        self._task: Task | None = None
        self._panel: WatchPanel | None = None
        self._stopping = False
        self._unread = b""
        hub.tasks.on_close(self._close)

    @property
    def is_watching(self) -> bool:
        """Whether a folder is being watched."""
        return self._process is not None

    @Slot()
    def ask(self) -> None:
        """Open the dialog or, while a folder is watched, the panel that shows it."""
        if self._panel is not None and self.is_watching:
            self._panel.show()
            self._panel.raise_()
            self._panel.activateWindow()
            return
        dialog = WatchDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.watch_chosen.connect(self.start)
        dialog.open()

    @Slot(WatchOrder)
    def start(self, order: WatchOrder) -> None:
        """Begin to watch, and show it."""
        self._stopping, self._unread = False, b""
        program, *arguments = PROGRAM
        self._process = process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._task = self._tasks.begin(WATCH, cancel=self.stop)
        if self._panel is not None:
            self._panel.deleteLater()
        self._panel = WatchPanel(order, self._window)
        self._panel.stop_requested.connect(self.stop)
        self._panel.show()
        process.start(program, [*arguments, *order.arguments])

    @Slot()
    def stop(self) -> None:
        """Stop watching. Nothing is lost: it writes as what may be killed at any time."""
        if self._process is not None:
            self._stopping = True
            self._process.kill()

    @Slot()
    def _read(self) -> None:
        if self._process is None or self._panel is None:
            return
        read = self._unread + bytes(self._process.readAllStandardOutput().data())
        *lines, self._unread = read.split(b"\n")
        for line in lines:
            entry = json.loads(line)
            if "message" in entry:
                self._panel.say(translated(Message.from_json(entry["message"])))
            else:
                self._panel.add(entry)

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end("" if self._process is None else self._process.errorString())

    @Slot()
    def _on_finished(self) -> None:
        if self._process is None:
            return
        self._read()
        words = bytes(self._process.readAllStandardError().data()).decode(errors="replace").splitlines()
        self._end(words[-1].removeprefix("fewshot: ") if words else "")

    def _end(self, reason: str) -> None:
        """`reason` is why it has ended, if nobody has stopped it."""
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        if self._task is not None:
            self._task.end()
            self._task = None
        if self._panel is not None:
            self._panel.end()
        if not self._stopping:
            self.problem.emit(Message("The folder is not watched any more: {reason}", reason=reason))

    def _close(self, timeout_s: float) -> bool:
        self.stop()
        return self._process is None or self._process.waitForFinished(round(1000 * timeout_s))


class WatchPanel(QDialog):
    """What a watched folder has brought so far: how many, and the last of them."""

    stop_requested = Signal()

    def __init__(self, order: WatchOrder, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Watching {folder}").format(folder=visible(order.folder.name)))
        self._order, self._count, self._unreadable = order, 0, 0
        self.head = QLabel(self)
        self.head.setWordWrap(True)
        self.state = QLabel(self.tr("Starting…"), self)
        self.state.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("The last labelled pictures"))
        self.list.setUniformItemSizes(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.stop_button = buttons.addButton(self.tr("&Stop"), QDialogButtonBox.ButtonRole.ActionRole)
        self.stop_button.clicked.connect(self.stop_requested)
        buttons.rejected.connect(self.hide)
        column = QVBoxLayout(self)
        for widget in (self.head, self.state, self.list, buttons):
            column.addWidget(widget)
        self.resize(460, 380)
        self._count_in_words()

    def add(self, row: dict[str, object]) -> None:
        """Show a picture that was labelled, or could not be read."""
        name = visible(Path(str(row["image"])).name)
        if row["error"]:
            self._unreadable += 1
            text = self.tr("{name}: unreadable").format(name=name)
        else:
            self._count += 1
            confidence = row["confidence"] if isinstance(row["confidence"], float) else 0.0
            text = f"{name}: {visible(str(row['label']))} · {100 * confidence:.0f} %"
        item = QListWidgetItem(text)
        item.setToolTip(visible(str(row["error"] or row["image"])))
        self.list.insertItem(0, item)
        while self.list.count() > _MOST_SHOWN:
            self.list.takeItem(self.list.count() - 1)
        self._count_in_words()

    def say(self, words: str) -> None:
        """Show what the process says."""
        self.state.setText(words)

    def end(self) -> None:
        """It is not watched any more."""
        self.stop_button.setEnabled(False)
        self.state.setText(self.tr("Stopped. What is labelled is kept."))

    def _count_in_words(self) -> None:
        words = self.tr("{n} labelled since the start, into {path}.").format(
            n=f"{self._count:,}", path=visible(str(self._order.target))
        )
        if self._unreadable:
            words += " " + self.tr("Unreadable: {n}.").format(n=f"{self._unreadable:,}")
        self.head.setText(words)
