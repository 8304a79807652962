"""The curves of an adaptation: its loss and its accuracy on the examples, step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPalette
from PySide6.QtWidgets import QWidget

from engine.runs.events import AdaptationProgress
from fewshot_gui.shell.theme import visible_on
from fewshot_gui.widgets.plot_pane import PlotPane

_LOSS = QColor("#0072b2")
_ACCURACY = QColor("#d55e00")

_AXES = ("left", "bottom", "right")

# Twice what any screen can tell apart.
_MAX_POINTS = 4096
# Few enough that the marks do not hide which line is dashed.
_FEW_POINTS = 12


class _StepAxis(pg.AxisItem):  # type: ignore[misc]
    """Counts steps: there is none between 1 and 2."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        return [(max(spacing, 1.0), offset) for spacing, offset in super().tickSpacing(low, high, size)]


class LossPlot(PlotPane):
    """Loss on the left axis, accuracy on the right; call `add` for each step and `flush` once a frame."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Adaptation loss"), parent)
        about = self.tr(
            "Loss: how far the classifier is from the labels of the examples; lower is better.\n"
            "Leave-one-out: each example is classified by the others, as if its label were not known.\n"
            "On the examples themselves: 100 % promises nothing for other pictures."
        )
        for part in (self.plot, self.summary):
            part.setToolTip(about)
        # The axes fit the run by themselves; a stray turn of the wheel must not hide it.
        self.plot.setMouseEnabled(x=False, y=False)
        self._item = self.plot.getPlotItem()
        self._item.setAxisItems({"bottom": _StepAxis("bottom")})
        self._item.setLabel("bottom", self.tr("step"))
        self._loss = pg.PlotDataItem(connect="finite")
        self._item.addItem(self._loss)
        self._item.vb.disableAutoRange()

        self._right = pg.ViewBox(enableMenu=False, enableMouse=False)
        self._item.scene().addItem(self._right)
        self._item.getAxis("right").linkToView(self._right)
        self._right.setXLink(self._item.vb)
        self._right.setYRange(0, 105, padding=0)
        self._accuracy = pg.PlotDataItem(connect="finite")
        self._right.addItem(self._accuracy)
        self._item.vb.sigResized.connect(self._align)
        self._names = {
            "left": (self.tr("loss (solid)"), self.tr("loss")),
            "right": (self.tr("accuracy % (dashed)"), self.tr("accuracy %"), "%"),
        }
        for side, words in self._names.items():
            self._item.setLabel(side, words[0])

        self._item.layout.setContentsMargins(0, 10, 0, 0)
        for side in _AXES:
            axis = self._item.getAxis(side)
            axis.setStyle(maxTickLevel=0, hideOverlappingLabels=False)
            axis.enableAutoSIPrefix(False)
        self.restyle(self.palette())
        self.clear()

    @property
    def points_shown(self) -> int:
        """The number of steps that the curve is drawn through."""
        x, _ = self._loss.getData()
        return 0 if x is None else len(x)

    def clear(self) -> None:
        """Clear the curves, before the next run."""
        self._points: list[tuple[int, float, float]] = []
        self._stride = 1
        self._latest: AdaptationProgress | None = None
        self._dirty = False
        self._loss.setData([], [])
        self._accuracy.setData([], [])
        self._top = 0.05
        self._show_axes(False)
        self.set_summary(self.tr("The loss appears here while the model adapts."))

    def add(self, progress: AdaptationProgress) -> None:
        """Add a step. Nothing is drawn before `flush`, so a thousand a frame are fine."""
        self._latest = progress
        self._dirty = True
        if progress.step % self._stride:
            return
        self._points.append((progress.step, progress.loss, 100 * progress.accuracy))
        if len(self._points) > _MAX_POINTS:
            self._stride *= 2
            self._points = [point for point in self._points if point[0] % self._stride == 0]

    @Slot()
    def flush(self) -> None:
        """Draw the steps that were added since the last flush."""
        latest = self._latest
        if latest is None or not self._dirty:
            return
        self._dirty = False
        points = list(self._points)
        if not points or points[-1][0] != latest.step:
            points.append((latest.step, latest.loss, 100 * latest.accuracy))
        steps, losses, accuracies = np.array(points, float).T
        few = len(points) <= _FEW_POINTS
        # A gap in a curve is drawn as such, but a curve of nothing but gaps cannot be measured.
        curves = ((self._loss, losses, "o"), (self._accuracy, accuracies, "s"))
        for curve, values, symbol in curves:
            shown = slice(None) if np.isfinite(values).any() else slice(0)
            curve.setData(steps[shown], values[shown], symbol=symbol if few else None)
        self._show_axes(True)
        finite = losses[np.isfinite(losses)]
        self._top = max(self._top, 1.08 * float(finite.max(initial=0.0)))
        self._item.setXRange(0, max(latest.total_steps, latest.step, 1), padding=0.02)
        self._item.setYRange(0, self._top, padding=0)
        self.set_summary(self._in_words(latest))

    def restyle(self, palette: QPalette) -> None:
        super().restyle(palette)
        ground = palette.color(QPalette.ColorRole.Base)
        loss, accuracy = visible_on(_LOSS, ground, 4.5), visible_on(_ACCURACY, ground, 4.5)
        for curve, side, color, style in (
            (self._loss, "left", loss, Qt.PenStyle.SolidLine),
            (self._accuracy, "right", accuracy, Qt.PenStyle.DashLine),
        ):
            curve.setPen(pg.mkPen(color, width=2, style=style))
            curve.setSymbolBrush(color)
            curve.setSymbolPen(None)
            curve.setSymbolSize(6)
            self.plot.getAxis(side).setTextPen(color)

    def _show_axes(self, shown: bool) -> None:
        """Show the axes with a curve only: without one their numbers mean nothing."""
        for side in _AXES:
            self._item.showAxis(side, shown)

    @Slot()
    def _align(self) -> None:
        """Align the right axis' own view with the left one's; both have titles if there is space."""
        self._right.setGeometry(self._item.vb.sceneBoundingRect())
        for side, words in self._names.items():
            self._item.getAxis(side).setLabel(self._fitting(side, words))

    def _fitting(self, side: str, words: Sequence[str]) -> str:
        """The longest of `words`, which become shorter, that fits along an axis; the last if none does."""
        axis = self._item.getAxis(side)
        metrics = QFontMetricsF(axis.label.font())
        return next((text for text in words if metrics.horizontalAdvance(text) < axis.height()), words[-1])

    def _in_words(self, latest: AdaptationProgress) -> str:
        step = {
            "step": f"{latest.step:,}",
            "total": f"{max(latest.total_steps, latest.step):,}",
            "loss": f"{latest.loss:.2f}" if math.isfinite(latest.loss) else "—",
        }
        if latest.kind == "leave-one-out":
            # The run shows the held-out accuracy, once: it leaves out folds and counts the examples.
            return self.tr("step {step} of {total} · loss {loss} (leave-one-out)").format(**step)
        words = self.tr("step {step} of {total} · loss {loss} · accuracy {accuracy} %").format(
            accuracy=round(100 * latest.accuracy) if math.isfinite(latest.accuracy) else "—", **step
        )
        # Accuracy on the examples proves little: 100 % promises nothing for other pictures.
        of = {
            "support": self.tr("on the examples themselves"),
            "validation": self.tr("validation"),
        }[latest.kind]
        return f"{words} ({of})"
