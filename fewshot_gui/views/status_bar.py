"""The lower edge of the window: what is going on, how fast, on which device, and what there is."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QStylePainter, QWidget

from engine.visible import visible


class Work(Enum):
    """What may go on for long, some of it at the same time: what comes first here is shown."""

    RUN = auto()
    TRAINING = auto()
    IMPORT = auto()
    QUESTION = auto()
    GESTURE = auto()
    GOING_BACK = auto()
    OPENING = auto()
    LOCATING = auto()
    EXPORT = auto()
    NAMES = auto()


class _Progress(NamedTuple):
    stage: str
    done: int
    total: int
    rate: float | None


class StatusBar(QStatusBar):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._next_step = self._shown = ""
        self._going_on: dict[Work, _Progress] = {}
        self.hint = _Hint(self)
        self.hint.setContentsMargins(8, 0, 8, 0)
        self.bar = QProgressBar(self)
        self.bar.setMaximumWidth(220)
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.rate = QLabel(self)
        self.counts = QLabel(self)
        self.device = QLabel(self)
        self.device.setAccessibleName(self.tr("Device in use"))
        self.addWidget(self.bar)
        self.addWidget(self.hint, 1)
        for label in (self.rate, self.counts, self.device):
            label.setContentsMargins(8, 0, 8, 0)
            self.addPermanentWidget(label)

    def show_hint(self, text: str) -> None:
        """What can be done now, or what has just been done."""
        self.hint.setText(visible(text))
        self.hint.setToolTip(visible(text))

    def show_next_step(self, text: str) -> None:
        """What there is to be done next, or nothing: a hint that goes when it no longer holds.

        It is shown once, so that what is told after it is not covered up again.
        """
        text = visible(text)
        if text != self._next_step:
            if text or self.hint.text() == self._next_step:
                self.show_hint(text)
            self._next_step = text

    def show_progress(
        self, work: Work, stage: str, done: int = 0, total: int = 0, rate: float | None = None
    ) -> None:
        """How far long work is. A `total` of 0 means that the length is not known."""
        self._going_on[work] = _Progress(stage, done, total, rate)
        if work is self._foremost():
            self._show(self._going_on[work])

    def end_progress(self, work: Work) -> None:
        """The work is over, and other work that goes on is seen again. What was told since it last told how
        far it is stays to be read."""
        was_shown = work is self._foremost()
        self._going_on.pop(work, None)
        next_work = self._foremost()
        if next_work is not None:
            if was_shown:
                self._show(self._going_on[next_work])
            return
        if self.hint.text() == self._shown:
            self.show_hint("")
        self.rate.clear()
        self.bar.hide()
        self.bar.setRange(0, 1)  # an indeterminate bar goes on moving, and waking us up, when hidden

    def _foremost(self) -> Work | None:
        return next((work for work in Work if work in self._going_on), None)

    def _show(self, progress: _Progress) -> None:
        stage, done, total, rate = progress
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.bar.setAccessibleName(stage)
        self.bar.show()
        parts = [stage, f"{done:,}" if done or total else "", f"/ {total:,}" if total else ""]
        self._shown = visible(" ".join(part for part in parts if part))
        self.hint.setText(self._shown)
        self.rate.setText("" if rate is None else self.tr("{n} pictures/s").format(n=f"{rate:,.0f}"))

    def show_counts(self, pictures: int, labelled: int, predicted: int) -> None:
        self.counts.setText(
            self.tr("{pictures} pictures · {labelled} labelled · {predicted} predicted").format(
                pictures=f"{pictures:,}", labelled=f"{labelled:,}", predicted=f"{predicted:,}"
            )
        )

    def show_device(self, text: str) -> None:
        """The device that a run is really done on or, before the first one, would be."""
        self.device.setText(text)


class _Hint(QLabel):
    """A line that is cut short with dots where it is too long: it must not make the window wider."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawItemText(
            room, Qt.AlignmentFlag.AlignVCenter, self.palette(), self.isEnabled(), text, self.foregroundRole()
        )
