"""Meta-training from the window: asked for in a form, followed in a window of its own, continued later."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from engine.errors import FewshotError
from engine.learners.user_checkpoints import join_name
from engine.messages import Message
from engine.meta_training import unfinished
from engine.meta_training.training_config import TrainingConfig
from engine.meta_training.training_events import (
    CheckpointSaved,
    EpisodeProgress,
    EvaluationProgress,
    Notice,
    ReadingData,
    TrainingFailed,
    TrainingStep,
    TrainingStopped,
)
from fewshot_gui.engine_texts import translated
from fewshot_gui.views.message_bar import Notification, Severity
from fewshot_gui.views.status_bar import Work

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.labeling.catalogue import Catalogue
    from fewshot_gui.all_paths import AllPaths
    from fewshot_gui.bridge import Bridge
    from fewshot_gui.dialogs.training_window import TrainingWindow
    from fewshot_gui.project import ProjectHub
    from fewshot_gui.views.message_bar import MessageBar, MessageId
    from fewshot_gui.views.run_bar import RunBar
    from fewshot_gui.views.status_bar import StatusBar


class MetaTrainer(QObject):
    """Takes one training at a time from its order to the menu of algorithms."""

    def __init__(
        self,
        hub: ProjectHub,
        paths: AllPaths,
        bridge: Bridge,
        choices: RunBar,
        status: StatusBar,
        messages: MessageBar,
        show_report: Callable[[str], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._hub = hub
        self._paths = paths
        self._bridge = bridge
        self._choices = choices
        self._status = status
        self._messages = messages
        self._show_report = show_report
        self._window = window
        self._catalogue: Catalogue | None = None
        self._order: TrainingConfig | None = None
        self._waiting: TrainingConfig | None = None
        """What begins when the run that is on is over."""
        self._offers: dict[str, MessageId] = {}
        """To continue a training, by its name."""
        self._late_offers: dict[str, MessageId] = {}
        """To begin one that the run before was cancelled for."""
        self._needs_paths = False
        """Whether the form comes when all paths have been read."""
        bridge.catalogue_ready.connect(self._on_catalogue)
        bridge.training_told.connect(self._on_told)
        bridge.state_changed.connect(self._begin_waiting)
        hub.opened.connect(self._forget_form)
        paths.read.connect(self._on_paths_read)
        paths.failed.connect(self._on_paths_failed)

    @cached_property
    def progress(self) -> TrainingWindow:
        """One window for all trainings, made for the first, as it brings pyqtgraph."""
        from fewshot_gui.dialogs.training_window import TrainingWindow

        progress = TrainingWindow(self._window)
        progress.pause_asked.connect(self._pause)
        progress.stop_asked.connect(self._bridge.stop_training)
        self._bridge.frame.connect(progress.flush)
        return progress

    def ask(self) -> None:
        """Show the training that is on or, if none is, the form for another."""
        if self._bridge.training:
            self.progress.show()
            self.progress.raise_()
            return
        self._needs_paths = not self._paths.need()
        if self._needs_paths:
            self._status.show_hint(self.tr("Reading the project…"))
            return
        from fewshot_gui.dialogs.meta_training_dialog import MetaTrainingDialog

        assert self._catalogue is not None
        chosen = (
            self._choices.algorithm_name.partition(":")[0],
            self._choices.backbone_name,
            self._choices.device_name,
        )
        dialog = MetaTrainingDialog(
            self._window,
            self._catalogue,
            self._hub.file.stem,
            self._labelled(),
            unfinished.unfinished(),
            chosen,
        )
        dialog.ordered.connect(self.begin)
        dialog.continued.connect(self.begin)
        dialog.given_up.connect(self._give_up)
        dialog.open()

    def begin(self, order: TrainingConfig) -> None:
        """Train, from the beginning or from where it was stopped."""
        if self._bridge.training:
            self._messages.warn(self.tr("A training is on: begin another when it has ended."))
            return
        if self._waiting is not None:
            words = self.tr(
                "“{name}” is to be trained when the run is over: begin another when it has ended."
            )
            self._messages.warn(words.format(name=self._waiting.name))
            return
        if self._bridge.busy:
            # A label that was given just before is followed by a run, and nobody fills in a form twice.
            self._waiting = order
            self._status.show_hint(self.tr("The training begins when the run is over."))
            return
        for offers in (self._offers, self._late_offers):
            self._messages.withdraw(offers.pop(order.name, None))
        self._order = order
        self.progress.begin(order)
        self.progress.show()
        self._status.show_progress(Work.TRAINING, self._title(order))
        self._bridge.train(order)

    def cancel(self) -> None:
        """Start nothing when the run that is on is over. A training that is on goes on."""
        if self._waiting is None:
            return
        order, self._waiting = self._waiting, None
        # What was filled in is not lost: the run may have been cancelled to make room for this.
        words = self.tr("The training of “{name}” was not begun, as the run before it was cancelled.")
        self._late_offers[order.name] = self._offer(words, order, self.tr("Begin the training"))

    def _begin_waiting(self) -> None:
        if self._waiting is not None and not self._bridge.busy and not self._bridge.training:
            order, self._waiting = self._waiting, None
            self.begin(order)

    def _labelled(self) -> dict[str, tuple[str, ...]]:
        """The paths of the labelled pictures by class; classes without any have none."""
        labels = self._hub.labels_of(np.array(self._paths.ids, np.int64))
        by_class = np.argsort(labels, kind="stable")
        # Decoded in one go: a call for each would be felt. No path has a zero byte.
        paths = os.fsdecode(b"\0".join(map(self._paths.paths.__getitem__, by_class.tolist()))).split("\0")
        ids = np.array([row.id for row in self._hub.classes], np.int64)
        first, end = (np.searchsorted(labels[by_class], ids, side) for side in ("left", "right"))
        return {
            row.name: tuple(paths[start:stop])
            for row, start, stop in zip(self._hub.classes, first.tolist(), end.tolist(), strict=True)
        }

    def _forget_form(self) -> None:
        self._needs_paths = False

    def _on_paths_read(self) -> None:
        if self._needs_paths:
            self.ask()

    def _on_paths_failed(self, problem: str) -> None:
        if self._needs_paths:
            self._needs_paths = False
            self._messages.report_problem(problem)

    def _on_catalogue(self, catalogue: Catalogue) -> None:
        is_first, self._catalogue = self._catalogue is None, catalogue
        for order in unfinished.unfinished() if is_first else ():
            words = self.tr("The training of “{name}” is not finished.")
            self._offers[order.name] = self._offer(words, order, self.tr("Continue the training"))

    def _on_told(self, event: object) -> None:
        order = self._order
        assert order is not None
        match event:
            case ReadingData(name=name, pictures=pictures):
                self.progress.show_reading(name, pictures)
            case TrainingStep(step=step):
                self.progress.show_step(event)
                self._status.show_progress(Work.TRAINING, self._title(order), step, order.recipe.steps)
            case EpisodeProgress(done=done, total=total):
                self.progress.show_practising(done, total)
            case EvaluationProgress(done=done, total=total):
                self.progress.show_judging(done, total)
            case Notice(message=message):
                self._messages.inform(message)
            case CheckpointSaved(validation=validation):
                self._choices.choose(join_name(order.algorithm, order.name), order.backbone)
                judged = ", ".join(f"{name}: {accuracy}" for name, accuracy in validation.items())
                words = self.tr("“{name}” is trained. Validation on {judged}.")
                self._end(words.format(name=order.name, judged=judged), self._is_chosen(order))
            case TrainingStopped():
                words = self.tr("“{name}” was stopped, and can be continued.")
                self._end(
                    words.format(name=order.name), self.tr("Run ▸ Meta-train on my classes… offers it.")
                )
            case TrainingFailed(message=message, report=report):
                self._end(translated(message))
                self._tell_failure(message, report)

    def _is_chosen(self, order: TrainingConfig) -> str:
        words = self.tr("Added to the algorithm menu as “{entry}”, chosen for the next run.")
        return words.format(entry=self._choices.algorithm.currentText())

    def _end(self, *sentences: str) -> None:
        self._order = None
        words = " ".join(sentences)
        self.progress.end(words)
        self._status.end_progress(Work.TRAINING)
        self._status.show_hint(words)
        if not self.progress.isVisible() and len(sentences) > 1:
            self._messages.inform(words)

    def _tell_failure(self, message: Message, report: str) -> None:
        action = partial(self._show_report, report) if report else None
        self._messages.show_message(
            Notification(Severity.ERROR, message, self.tr("Show the report") if report else "", action)
        )

    def _pause(self, paused: bool) -> None:
        if not self._bridge.training:
            return
        if paused:
            self._bridge.pause_training()
        else:
            self._bridge.continue_training()

    def _give_up(self, order: TrainingConfig) -> None:
        self._messages.withdraw(self._offers.pop(order.name, None))
        try:
            unfinished.forget(order)
        except FewshotError as error:
            self._messages.report_problem(error.message)

    def _title(self, order: TrainingConfig) -> str:
        return self.tr("Meta-training “{name}”").format(name=order.name)

    def _offer(self, words: str, order: TrainingConfig, action: str) -> MessageId:
        text = words.format(name=order.name)
        begin = partial(self.begin, order)
        return self._messages.show_message(Notification(Severity.INFORMATION, text, action, begin))
