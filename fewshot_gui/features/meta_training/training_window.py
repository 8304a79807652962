"""A meta-training in progress: curves, time left, and buttons to pause and to stop it."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.meta_training.training_config import LabeledPictures, TrainingConfig
from engine.meta_training.training_events import TrainingStep
from fewshot_gui.features.meta_training.training_plot import TrainingPlot
from fewshot_gui.shell.project_dialogs import mark_project_independent
from fewshot_gui.widgets.question import Question


class TrainingWindow(QDialog):
    """Stands beside the main window, which stays usable. Closing it does not stop the training."""

    pause_requested = Signal(bool)
    """Whether to pause or to continue."""
    stop_requested = Signal()
    discard_requested = Signal()
    """The person gives up the training that was stopped."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        mark_project_independent(self)
        self.resize(620, 460)
        self._name, self._total = "", 0
        self._labeled: dict[str, int] = {}
        """The number of labelled pictures of a project; pictures in folders are not counted beforehand."""
        self._last_data_set = ""
        """The name of the project if it is read last, else empty."""
        self._step_status: list[str] = []
        """The status texts that hold until the next step."""
        self._status: list[str] = []
        self.news = QLabel(self)
        self.news.setWordWrap(True)
        # Always two lines high: else the curves would jump at a longer text, or the text would be cut.
        self.news.setMinimumHeight(2 * self.news.fontMetrics().lineSpacing())
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.plot = TrainingPlot(self)
        self.hide_button = QPushButton(self.tr("&Hide"), self)
        self.pause = QPushButton(self.tr("&Pause"), self)
        self.pause.setCheckable(True)
        self.cancel = QPushButton(self.tr("&Cancel training"), self)
        self.discard = QPushButton(self.tr("&Give up…"), self)
        row = QHBoxLayout()
        row.addWidget(self.hide_button)
        row.addStretch(1)
        row.addWidget(self.discard)
        row.addWidget(self.pause)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.addWidget(self.news)
        column.addWidget(self.bar)
        column.addWidget(self.plot, 1)
        column.addLayout(row)
        for button in (self.hide_button, self.discard, self.pause, self.cancel):
            button.setAutoDefault(False)
        self.hide_button.clicked.connect(self.close)
        self.pause.toggled.connect(self._on_pause_toggled)
        self.cancel.clicked.connect(self._ask_stop)
        self.discard.clicked.connect(self._ask_to_discard)

    def begin(self, order: TrainingConfig) -> None:
        """Show a training that has just begun or been resumed."""
        self._name, self._total = order.name, order.recipe.steps
        labeled = [data for data in order.data if isinstance(data, LabeledPictures)]
        self._labeled = {data.name: sum(map(len, data.classes.values())) for data in labeled}
        self._last_data_set = labeled[-1].name if labeled and order.data[-1] is labeled[-1] else ""
        self.setWindowTitle(self.tr("Meta-training “{name}”").format(name=order.name))
        self.plot.clear()
        self.bar.setRange(0, 0)
        self._set_running(True)
        self._step_status = []
        self._show_status([self.tr("Preparing…")])
        self.hide_button.setFocus()  # a stray key must not stop the training

    def show_reading(self, name: str, pictures: int) -> None:
        """Show how many pictures of `name` have been read."""
        total = self._labeled.get(name, 0)
        is_over = name == self._last_data_set and pictures >= total
        self.bar.setRange(0, 0 if is_over else total)  # a maximum of 0 makes the bar indeterminate
        self.bar.setValue(pictures)
        words = (
            self.tr("All pictures are read. The training begins…")
            if is_over
            else self.tr("Reading the pictures of {name}: {n} of {total}")
            if total
            else self.tr("{n} pictures of {name} are read")
        )
        self._show_status([words.format(name=name, n=f"{pictures:,}", total=f"{total:,}")])

    def show_step(self, step: TrainingStep) -> None:
        """Add a step; `flush` draws the curves."""
        self.plot.add_step(step, self._total)
        self.bar.setRange(0, max(1, self._total))
        self.bar.setValue(step.step)
        parts = [self.tr("Step {step} of {total}").format(step=f"{step.step:,}", total=f"{self._total:,}")]
        if math.isfinite(step.seconds_left) and step.step < self._total:
            parts.append(self.tr("{time} left").format(time=self._duration(step.seconds_left)))
        if step.best >= 0:
            parts.append(self.tr("best validation so far {p} %").format(p=f"{100 * step.best:.1f}"))
        self._step_status = parts
        self._show_status(parts)

    def show_episode_progress(self, done: int, total: int) -> None:
        """Show how many episodes of the present step are done. Shown for the first step, which may take
        long."""
        if not self._step_status:
            words = self.tr("The first step: episode {done} of {total}")
            self._show_status([words.format(done=done, total=total)])

    def show_evaluation_progress(self, done: int, total: int) -> None:
        """Show how many validation episodes are done."""
        words = self.tr("validation: {done} of {total}")
        self._show_status([*self._step_status, words.format(done=done, total=total)])

    def flush(self) -> None:
        self.plot.flush()

    def end(self, words: str) -> None:
        """Show that the training has ended, and how."""
        self.flush()
        self.bar.setRange(0, 1)
        self.bar.setValue(1)
        self._set_running(False)
        self._show_status([words])

    def offer_to_discard(self) -> None:
        """Offer to delete what a training that was stopped has learned."""
        self.discard.show()

    def show_discarded(self) -> None:
        self.discard.hide()
        self._show_status([self.tr("The training of “{name}” was given up.").format(name=self._name)])

    def _show_status(self, parts: list[str]) -> None:
        """Show these texts, and whether the training is paused, until the next status."""
        self._status = parts
        waits = self.pause.isChecked() and self.pause.isEnabled()
        self.news.setText(" · ".join([*parts, self.tr("paused")] if waits else parts))

    def _set_running(self, running: bool) -> None:
        self.pause.setChecked(False)
        self.pause.setEnabled(running)
        self.cancel.setEnabled(running)
        self.bar.setVisible(running)
        self.discard.hide()
        self.hide_button.setText(self.tr("&Hide") if running else self.tr("&Close"))

    def _on_pause_toggled(self, paused: bool) -> None:
        self.pause.setText(self.tr("C&ontinue") if paused else self.tr("&Pause"))
        self._show_status(self._status)
        self.pause_requested.emit(paused)

    def _ask_stop(self) -> None:
        self.cancel.setEnabled(False)
        self.pause.setEnabled(False)
        self._show_status([self.tr("Stopping after the present episode…")])
        self.stop_requested.emit()

    def _ask_to_discard(self) -> None:
        words = self.tr("Give up the training of “{name}”?").format(name=self._name)
        question = Question(self, words, self.tr("&Give up"), self.tr("What it learned is deleted."))
        question.accepted.connect(self.discard_requested)
        question.open()

    def _duration(self, seconds: float) -> str:
        minutes = round(seconds / 60)
        if seconds < 90:
            return self.tr("{n} s").format(n=round(seconds))
        if minutes < 90:
            return self.tr("{n} min").format(n=minutes)
        return self.tr("{h} h {m} min").format(h=minutes // 60, m=minutes % 60)
