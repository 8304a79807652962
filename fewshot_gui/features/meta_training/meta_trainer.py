"""Meta-training from the window: a form starts it, a window shows its progress, and it can be resumed
later."""

from __future__ import annotations

import os
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

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
from fewshot_gui.engine_link.kinds import QUEUED_TRAINING, RUN, TRAINING
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.message_bar import Notification, Severity

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.runs.catalogue import Catalogue
    from fewshot_gui.engine_link.bridge import Bridge
    from fewshot_gui.engine_link.tasks import Task
    from fewshot_gui.features.meta_training.training_window import TrainingWindow
    from fewshot_gui.project.choices import Choices
    from fewshot_gui.project.hub import ProjectHub
    from fewshot_gui.shell.message_bar import MessageBar, MessageId


class MetaTrainer(QObject):
    """Runs one training at a time, from its configuration to the menu of algorithms."""

    hint = Signal(str)
    """A sentence: what a training waits for, or how one ended."""
    report_requested = Signal(str)
    """The report of a bug that the person wants to see."""
    trained = Signal(str, str)
    """The name of a new algorithm, and the backbone that it was trained on."""

    def __init__(
        self,
        hub: ProjectHub,
        bridge: Bridge,
        choices: Choices,
        messages: MessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._hub, self._tasks = hub, hub.tasks
        self._bridge = bridge
        self._choices = choices
        self._messages = messages
        self._window = window
        self._catalogue: Catalogue | None = None
        self._order: TrainingConfig | None = None
        self._waiting: TrainingConfig | None = None
        """The training that begins when the present run is over."""
        self._offers: dict[str, MessageId] = {}
        """Messages that offer to resume a training, by its name."""
        self._late_offers: dict[str, MessageId] = {}
        """Messages that offer to begin a training that was cancelled with the run before it."""
        self._stopped: TrainingConfig | None = None
        """The training that was stopped last, if none has begun since."""
        self._task: Task | None = None
        bridge.catalogue_ready.connect(self._on_catalogue)
        bridge.training_event.connect(self._on_training_event)
        self._tasks.changed.connect(self._begin_waiting)

    @cached_property
    def progress(self) -> TrainingWindow:
        """One window for all trainings, made at the first one, because it imports pyqtgraph."""
        from fewshot_gui.features.meta_training.training_window import TrainingWindow

        progress = TrainingWindow(self._window)
        progress.pause_requested.connect(self._pause)
        progress.stop_requested.connect(self._bridge.stop_training)
        progress.discard_requested.connect(self._discard_stopped)
        progress.plot.problem.connect(self._messages.report_problem)
        self._bridge.frame.connect(progress.flush)
        return progress

    def ask(self) -> None:
        """Show the training in progress or, if there is none, the form for another."""
        if self._tasks.is_running(TRAINING):
            self.progress.show()
            self.progress.raise_()
            return
        try:
            self._show_form(self._labeled())
        except FewshotError as error:
            self._messages.report_problem(error.message)

    def _show_form(self, labeled: dict[str, tuple[str, ...]]) -> None:
        from fewshot_gui.features.meta_training.meta_training_dialog import MetaTrainingDialog

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
            labeled,
            unfinished.unfinished(),
            chosen,
        )
        dialog.submitted.connect(self.begin)
        dialog.resumed.connect(self.begin)
        dialog.discarded.connect(self._discard)
        dialog.open()

    def begin(self, order: TrainingConfig) -> None:
        """Begin or resume a training."""
        if self._tasks.is_running(TRAINING):
            self._messages.warn(self.tr("A training is in progress: start another when it has ended."))
            return
        if self._waiting is not None:
            words = self.tr("“{name}” will be trained after the run: start another when it has ended.")
            self._messages.warn(words.format(name=self._waiting.name))
            return
        if self._tasks.is_running(RUN):
            # A run may have followed the last label; the person should not have to fill in the form twice.
            self._waiting = order
            self._tasks.begin(QUEUED_TRAINING, cancel=self._cancel)
            self.hint.emit(self.tr("The training starts after the run."))
            return
        for offers in (self._offers, self._late_offers):
            self._messages.withdraw(offers.pop(order.name, None))
        self._order, self._stopped = order, None
        self.progress.begin(order)
        self.progress.show()
        self._task = self._tasks.begin(TRAINING, self._title(order), self._bridge.stop_training)
        self._bridge.train(order)

    def _cancel(self) -> None:
        """Drop the waiting training. A training in progress continues."""
        order = self._pop_waiting()
        # The form is not lost: the person may have cancelled the run to start this training.
        words = self.tr("The training of “{name}” was not started, because the run before it was cancelled.")
        self._late_offers[order.name] = self._offer(words, order, self.tr("Start the training"))

    def _begin_waiting(self, _kind: object) -> None:
        if self._waiting is not None and not self._tasks.is_running(RUN, TRAINING):
            self.begin(self._pop_waiting())

    def _pop_waiting(self) -> TrainingConfig:
        order, self._waiting = self._waiting, None
        assert order is not None
        self._tasks.end(QUEUED_TRAINING)
        return order

    def _labeled(self) -> dict[str, tuple[str, ...]]:
        """The paths of the labelled pictures by class; classes without any have none."""
        every_id, every_path = self._hub.all_paths()
        labels = self._hub.queries.labels_of(np.array(every_id, np.int64))
        by_class = np.argsort(labels, kind="stable")
        # Decoded in one call: a call for each path would be slow. No path has a zero byte.
        paths = os.fsdecode(b"\0".join(map(every_path.__getitem__, by_class.tolist()))).split("\0")
        ids = np.array([row.id for row in self._hub.queries.classes], np.int64)
        first, end = (np.searchsorted(labels[by_class], ids, side) for side in ("left", "right"))
        return {
            row.name: tuple(paths[start:stop])
            for row, start, stop in zip(self._hub.queries.classes, first.tolist(), end.tolist(), strict=True)
        }

    def _on_catalogue(self, catalogue: Catalogue) -> None:
        is_first, self._catalogue = self._catalogue is None, catalogue
        for order in unfinished.unfinished() if is_first else ():
            words = self.tr("The training of “{name}” is not finished.")
            self._offers[order.name] = self._offer(words, order, self.tr("Continue the training"))

    def _on_training_event(self, event: object) -> None:
        order = self._order
        assert order is not None
        match event:
            case ReadingData(name=name, pictures=pictures):
                self.progress.show_reading(name, pictures)
            case TrainingStep(step=step):
                self.progress.show_step(event)
                assert self._task is not None
                self._task.report(step, order.recipe.steps)
            case EpisodeProgress(done=done, total=total):
                self.progress.show_episode_progress(done, total)
            case EvaluationProgress(done=done, total=total):
                self.progress.show_evaluation_progress(done, total)
            case Notice(message=message):
                self._messages.inform(message)
            case CheckpointSaved(validation=validation):
                self.trained.emit(join_name(order.algorithm, order.name), order.backbone)
                judged = ", ".join(f"{name}: {accuracy}" for name, accuracy in validation.items())
                words = self.tr("“{name}” is trained. Validation on {judged}.")
                self._end(words.format(name=order.name, judged=judged), self._is_chosen(order))
            case TrainingStopped():
                words = self.tr("“{name}” was stopped, and can be continued.")
                self._end(
                    words.format(name=order.name), self.tr("Run ▸ Meta-train on my classes… continues it.")
                )
                self._stopped = order
                self.progress.offer_to_discard()
            case TrainingFailed(message=message, report=report):
                self._end(translated(message))
                self._show_failure(message, report)

    def _is_chosen(self, order: TrainingConfig) -> str:
        words = self.tr("Added to the algorithm menu as “{entry}”, chosen for the next run.")
        assert self._catalogue is not None
        name = join_name(order.algorithm, order.name)
        titles = {entry.name: translated(entry.title) for entry in self._catalogue.algorithms}
        return words.format(entry=titles.get(name, name))

    def _end(self, *sentences: str) -> None:
        self._order = None
        words = " ".join(sentences)
        self.progress.end(words)
        self._tasks.end(TRAINING)
        self.hint.emit(words)
        if not self.progress.isVisible() and len(sentences) > 1:
            self._messages.inform(words)

    def _show_failure(self, message: Message, report: str) -> None:
        action = partial(self.report_requested.emit, report) if report else None
        self._messages.show_message(
            Notification(Severity.ERROR, message, self.tr("Show the report") if report else "", action)
        )

    def _pause(self, paused: bool) -> None:
        if paused:
            self._bridge.pause_training()
        else:
            self._bridge.continue_training()

    def _discard_stopped(self) -> None:
        if self._stopped is not None:
            self._discard(self._stopped)
            self._stopped = None
            self.progress.show_discarded()

    def _discard(self, order: TrainingConfig) -> None:
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
