"""The confidences of the last run as a histogram with a threshold: less confident predictions count as
unknown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSignalBlocker, Qt
from PySide6.QtGui import QAction, QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QSlider, QStyle, QVBoxLayout, QWidget

from engine.workspace.palette import UNKNOWN_COLOR
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.theme import visible_on

_BARS = 50
_HEIGHT = 60
_EDGE = 5

_Role = QPalette.ColorRole


class ConfidenceSlider(QSlider):
    """A slider from 0 to 100 percent, painted over the histogram that it divides."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._heights = np.zeros(_BARS, np.int64)
        self.setRange(0, 100)
        self.setPageStep(5)
        self.setMinimumHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Confidence below which a picture is unknown, in percent"))

    def set_confidences(self, confidences: NDArray[np.float32]) -> None:
        """Set the confidences, float32 [n] in 0..1."""
        bars = np.minimum((confidences * _BARS).astype(np.int64), _BARS - 1)
        self._heights = np.bincount(bars, minlength=_BARS)
        self.update()

    def place_of(self, percent: int) -> int:
        """The x position of a value's line, in pixels."""
        return _EDGE + round(percent / 100 * self._groove_width())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self.palette()
        ground = colors.color(_Role.Base)
        painter = QPainter(self)
        painter.fillRect(self.rect(), ground)
        foot, tallest = self.height() - 1, max(1, int(self._heights.max()))
        wide = self._groove_width() / _BARS
        sure, unsure = colors.color(_Role.Accent), visible_on(QColor(UNKNOWN_COLOR), ground)
        for bar, count in enumerate(self._heights.tolist()):
            # A square root, so that a rare confidence stays visible beside a frequent one.
            tall = (self.height() - 6) * (count / tallest) ** 0.5
            below = (bar + 1) * 100 <= self.value() * _BARS
            left = _EDGE + bar * wide
            painter.fillRect(QRectF(left, foot - tall, max(1.0, wide - 1), tall), unsure if below else sure)
        line = self.place_of(self.value())
        painter.setPen(QPen(colors.color(_Role.Text), 2))
        painter.drawLine(line, 0, line, self.height())
        if self.hasFocus():
            painter.setPen(QPen(colors.color(_Role.Text), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _groove_width(self) -> int:
        return max(1, self.width() - 2 * _EDGE)

    def _follow(self, event: QMouseEvent) -> None:
        x = round(event.position().x()) - _EDGE
        self.setValue(QStyle.sliderValueFromPosition(0, 100, x, self._groove_width()))


class ConfidencePane(QWidget):
    """The slider, its meaning as text, and the button that accepts the confident predictions."""

    def __init__(self, hub: ProjectHub, accept_all: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._accept_all = accept_all
        self.slider = ConfidenceSlider(self)
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.slider.setToolTip(
            self.tr("Drag the line, or use the arrow keys: predictions below it are unknown")
        )
        self.button = QPushButton(self)
        self.button.setToolTip(self.tr("Accept every prediction in view that is confident enough"))
        self.button.clicked.connect(accept_all.trigger)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        column.addWidget(self.slider, 1)
        column.addWidget(self.summary)
        column.addWidget(self.button)

        self._show_project()
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.slider.sliderReleased.connect(hub.keep_threshold)
        hub.opened.connect(self._show_project)
        for source in (hub.changed, hub.predicted):
            source.connect(self.show_state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_room()

    def show_state(self, _change: object = None) -> None:
        """Count the predictions on both sides of the threshold again."""
        confidences = self._hub.queries.confidences()
        above = int(np.count_nonzero(confidences >= self._hub.queries.threshold))
        self.slider.set_confidences(confidences)
        percent = self.slider.value()
        if earlier := self._hub.queries.earlier_count:
            words = self.tr("{n} of {total} still as the run before predicted them.").format(
                n=f"{earlier:,}", total=f"{len(confidences):,}"
            )
        elif not len(confidences):
            words = self.tr("The predictions of a run are counted here by confidence.")
        elif not percent:
            words = self.tr("{n} to review. Drag the line: less confident predictions go to Unknown.")
        else:
            words = self.tr("{above} at {percent} % or more · {below} below, so unknown")
        below = len(confidences) - above
        self.summary.setText(
            words.format(n=f"{above:,}", above=f"{above:,}", below=f"{below:,}", percent=percent)
        )
        self._keep_room()
        self.slider.setAccessibleDescription(self.summary.text())
        words = self.tr("Accept all ≥ {percent} % in view…") if percent else self.tr("Accept all in view…")
        self.button.setText(words.format(percent=percent))
        self._accept_all.setEnabled(above > 0)
        self.button.setEnabled(above > 0)

    def _keep_room(self) -> None:
        """A dock does not know that a text needs more lines where it is narrow, and would lay it over the
        slider."""
        self.summary.setMinimumHeight(0)  # else it is a part of what is measured
        self.summary.setMinimumHeight(self.summary.heightForWidth(self.summary.width()))

    def _show_project(self) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(100 * self._hub.queries.threshold))
        self.show_state()

    def _on_slider_moved(self, percent: int) -> None:
        self._hub.set_threshold(percent / 100)
        self.show_state()
        if not self.slider.isSliderDown():
            self._hub.keep_threshold()
