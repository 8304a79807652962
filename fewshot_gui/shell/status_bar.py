"""The status bar: the present task, its rate, the device, and the counts of the project."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QStylePainter, QWidget

from engine.visible import visible
from fewshot_gui.engine_link.tasks import Task, Tasks

_INDICATORS = 2
"""The position after the bar and the hint."""


class StatusBar(QStatusBar):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._next_step = self._outcome = self._shown = ""
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
        """Show a sentence until there is another one."""
        self._outcome = ""
        self._write(visible(text))

    def show_outcome(self, text: str) -> None:
        """Show what the last change of the project was, and the next step beside it, until the next change;
        see `follow_change`."""
        self._outcome = visible(text)
        self._write_standing()

    def show_next_step(self, text: str) -> None:
        """Show the next step, or remove it: it disappears when it no longer holds.

        It does not cover hints again that come after it, until the project changes.
        """
        text, before = visible(text), self._next_step
        if text != before:
            self._next_step = text
            if text or self._outcome or self.hint.text() == before:
                self._write_standing()

    def follow_change(self) -> None:
        """The project has changed: the outcome of the change before is no news any more, and the next step is
        shown again."""
        if self._outcome or self._next_step:
            self._outcome = ""
            self._write_standing()

    def _write_standing(self) -> None:
        self._write(" · ".join(part for part in (self._outcome, self._next_step) if part))

    def _write(self, text: str) -> None:
        self.hint.setText(text)
        self.hint.setToolTip(text)

    def add_indicator(self, widget: QWidget) -> None:
        """Show the widget of a feature before the rate, the counts and the device."""
        self.insertPermanentWidget(_INDICATORS, widget)

    def follow(self, tasks: Tasks) -> None:
        """Show the tasks of this registry from now on."""
        tasks.shown.connect(self._show)

    def _show(self, task: Task | None) -> None:
        """Show the progress of the first task. Without one, a hint that came meanwhile stays."""
        if task is None:
            if self.hint.text() == self._shown:
                self._write_standing()
            self.rate.clear()
            self.bar.hide()
            self.bar.setRange(0, 1)  # an indeterminate bar keeps its timer running even when hidden
            return
        stage, done, total, rate = task.text, task.done, task.total, task.rate
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
        """Show the device that a run uses or, before the first run, would use."""
        self.device.setText(text)


class _Hint(QLabel):
    """A line that is cut with an ellipsis if it is too long, so that it does not widen the window."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        area = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawItemText(
            area, Qt.AlignmentFlag.AlignVCenter, self.palette(), self.isEnabled(), text, self.foregroundRole()
        )
