"""The curves of a meta-training: its loss, and its accuracy on validation classes."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QWidget

from engine.meta_training.training_events import TrainingStep
from engine.runs.events import AdaptationProgress
from fewshot_gui.widgets.loss_plot import LossPlot


class TrainingPlot(LossPlot):
    """The loss is smoothed over the last steps, whose tasks differ; the accuracy stays until the next
    validation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for named in (self, self.plot):
            named.setAccessibleName(self.tr("Loss and validation of the meta-training"))

    def clear(self) -> None:
        super().clear()
        self._accuracy_so_far = self._smooth = math.nan
        self.set_summary(self.tr("Loss and validation accuracy appear here as the training goes on."))

    def add_step(self, step: TrainingStep, total: int) -> None:
        """Add a step; `flush` draws."""
        if not math.isfinite(step.loss):  # a resumed training first reports its step
            return
        before = self._smooth if math.isfinite(self._smooth) else step.loss
        self._smooth = 0.9 * before + 0.1 * step.loss
        if step.validation is not None:
            self._accuracy_so_far = step.validation.mean
        progress = (step.step, total, self._smooth, self._accuracy_so_far, "validation")
        self.add(AdaptationProgress(0, *progress))
