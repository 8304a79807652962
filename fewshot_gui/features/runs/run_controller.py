"""A run from button to predictions: starts it, saves its events, and reports its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.errors import FewshotError
from engine.messages import Message
from engine.runs.events import (
    AdaptationProgress,
    AlgorithmChosen,
    BackboneProposed,
    Cancelled,
    DeviceChanged,
    DoubtfulLabels,
    EmbeddingMap,
    Event,
    Failed,
    FilesRead,
    Finished,
    PicturesUnreadable,
    Predictions,
    Progress,
    RunIsSlow,
    RunRecord,
    RunRequest,
    Started,
    Warned,
    examples_of,
    queries_of,
)
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import QUEUED_TRAINING, RUN
from fewshot_gui.engine_link.tasks import Task
from fewshot_gui.project.choices import Choices
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.message_bar import MessageBar, MessageGroup, Notification, Severity

if TYPE_CHECKING:
    from engine.workspace.rows import RunStatus

_LONG_MS = 1000
"""A run by itself after a label is mostly shorter: nothing is to flicker then."""
_MOST_NAMED = 3
"""The most classes that the sentence about held-out examples names."""


class RunController(QObject):
    """Starts and cancels runs, and passes their events to the project and the task."""

    requested = Signal()
    """A run is requested, with the present labels."""
    starting = Signal(list)
    """A run starts with these classes (`ClassRow`), in the order of its class index."""
    postponed = Signal()
    """A run that was to follow the last one at once waits for a meta-training."""
    ended = Signal()
    """A run has ended, and all its events are in the project."""
    hint = Signal(str)
    """A sentence: why a run cannot start, or how one ended."""
    backbone_wanted = Signal(str)
    """The person takes a backbone that was proposed."""
    device_changed = Signal(str)
    """The device that the run really uses."""
    report_requested = Signal(str)
    """The report of a bug that the person wants to see."""

    def __init__(
        self,
        hub: ProjectHub,
        bridge: Bridge,
        choices: Choices,
        messages: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._hub, self._tasks = hub, hub.tasks
        self._bridge = bridge
        self._choices = choices
        self._messages = messages
        self._unsaved: list[Predictions] = []
        self._chosen: Message | None = None
        self._proposed: set[str] = set()
        self._problem: Message | None = None
        self._task: Task | None = None
        self._again = False
        self._run_id = 0
        self._message_group = MessageGroup(messages)
        """The messages of the last run; other messages in the bar stay."""
        self._forecasts = MessageGroup(messages)
        """How long the run in progress will take."""
        self._long = QTimer(self, interval=_LONG_MS, singleShot=True)
        """Runs out when a run is so long that the predictions of before are taken for its own."""
        self._long.timeout.connect(self._mark_earlier)
        hub.opened.connect(self._long.stop)
        hub.opened.connect(self._proposed.clear)
        hub.opened.connect(self._message_group.withdraw)
        bridge.run_event.connect(self._on_event)
        bridge.frame.connect(self._save)

    @property
    def unavailable_reason(self) -> str:
        """Why a run cannot be started now, as a sentence; empty if it can."""
        if reason := self._not_ready():
            return reason
        if self._tasks.blocker_of(RUN):
            return self.tr("A run is in progress.")
        return "" if self._bridge.ready else self.tr("The engine is still loading.")

    def _not_ready(self) -> str:
        """Why no run is possible, whatever other tasks run; empty if one is."""
        if self._bridge.problem:
            return self._bridge.problem
        if self._hub.read_only_reason:
            return self._hub.read_only_reason
        with_examples = sum(row.count > 0 for row in self._hub.queries.classes)
        if with_examples == 0:
            return self.tr("Drop a few example pictures of each class on the left to begin.")
        if with_examples == 1:
            return self.tr("A second class is needed: drop a few examples of it on the left.")
        if self._hub.queries.picture_count == self._hub.queries.labeled_count:
            return self.tr("Every picture has a label: drop more into the middle, or export the labels.")
        return ""

    def run(self) -> None:
        """Start a run with the present choices on all pictures without a label."""
        if self.unavailable_reason:
            self.hint.emit(self.unavailable_reason)
            return
        self._messages.clear()
        self._begin()

    def _begin(self) -> None:
        self._message_group.withdraw()
        stage = self.tr("Starting…")
        if self._task is None or self._task.over:
            self._task = self._tasks.begin(RUN, stage, self._cancel)
        else:
            self._task.report(text=stage)
        self._hub.commands.catch_up()  # so that other parts react before the run begins
        self.requested.emit()
        self._start()

    def _abort_start(self, words: str) -> None:
        self._tasks.end(RUN)
        self.hint.emit(words)
        self.ended.emit()

    def _start(self) -> None:
        if reason := self._not_ready():  # any more
            self._abort_start(reason)
            return
        try:
            ids, paths = self._hub.all_paths()
        except FewshotError as error:
            self._abort_start(self.tr("The run failed."))
            self._message_group.report_problem(error.message)
            return
        classes = [row for row in self._hub.queries.classes if row.count > 0]
        names = {row.id: row.name for row in classes}
        seed = 0
        algorithm, backbone = self._choices.algorithm_name, self._choices.backbone_name
        device, options = self._choices.device_name, self._choices.options
        run_id = self._hub.run_store.begin(algorithm, backbone, device, seed, list(names), options)
        if run_id is None:
            self._abort_start(self.tr("The run failed."))
            return
        self._unsaved.clear()
        self._problem = None
        self._run_id = run_id
        self._long.start()
        self.starting.emit(classes)
        labels = self._hub.queries.labels_of(np.array(ids, np.int64))
        self._bridge.start(
            RunRequest(
                examples=examples_of(ids, paths, labels, names),
                queries=queries_of(ids, paths, labels == NO_CLASS),
                class_names=tuple(names.values()),
                algorithm=algorithm,
                backbone=backbone,
                device=device,
                options=options,
                seed=seed,
                run_id=run_id,
            )
        )

    def run_again(self) -> bool:
        """Start a run with the present labels, if there was a run and one is possible; a run in progress is
        cancelled for it. The first run is started by the person, once the algorithm is chosen and the
        pictures are there.

        Returns whether that is settled: not if the engine is loading.
        """
        if not self._bridge.ready:
            return False
        if self._bridge.busy:
            self._again = True
            self._bridge.cancel()
        elif self._hub.queries.run_id is not None and not self.unavailable_reason:
            self._begin()
        return True

    def _mark_earlier(self) -> None:
        self._hub.run_store.mark_earlier(self._run_id)

    def _cancel(self) -> None:
        self._again = False
        self._bridge.cancel()
        assert self._task is not None
        self._task.report(text=self.tr("Cancelling…"))

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        """Handle every event of a run; a type checker reports a kind that is missing here."""
        match event:
            case Started():
                self._on_started(event)
            case DeviceChanged():
                self._on_device_changed(event)
            case AlgorithmChosen():
                self._chosen = event.message
                self._save_record(event.run_id, {"chosen": str(event.message)})
            case BackboneProposed():
                self._propose(event)
            case Progress():
                self._on_progress(event)
            case Predictions():
                self._on_predictions(event)
            case PicturesUnreadable():
                self._on_unreadable(event)
            case Warned():
                self._message_group.warn(event.message)
            case RunIsSlow():
                self._forecasts.withdraw()
                self._forecasts.warn(event.message)
            case Finished():
                self._on_finished(event)
            case Cancelled():
                self._on_cancelled(event)
            case Failed():
                self._on_failed(event)
            case AdaptationProgress() | EmbeddingMap() | DoubtfulLabels():
                pass  # for the plots and the issues
            case FilesRead():
                pass  # for the check for replaced files
            case _:
                assert_never(event)

    def _propose(self, event: BackboneProposed) -> None:
        """Once for each backbone and project, so that who keeps the present one is not asked again."""
        if event.backbone not in self._proposed:
            self._proposed.add(event.backbone)
            self._message_group.show_message(
                Notification(
                    Severity.INFORMATION,
                    event.message,
                    self.tr("Use it"),
                    lambda: self.backbone_wanted.emit(event.backbone),
                )
            )

    def _on_started(self, event: Started) -> None:
        self.device_changed.emit(translated(event.device))
        self._chosen = None
        self._save_record(event.run_id, event.record)

    def _on_device_changed(self, event: DeviceChanged) -> None:
        self.device_changed.emit(translated(event.device))
        self._message_group.warn(event.message)
        self._save_record(event.run_id, {"device": str(event.device)})

    def _save_record(self, run_id: int, record: RunRecord) -> None:
        try:
            self._hub.run_store.save_record(run_id, record)
        except FewshotError as error:
            self._on_save_failed(error.message)

    def _on_progress(self, event: Progress) -> None:
        if self._task is not None:
            self._task.report(event.done, event.total, event.rate, translated(event.stage))

    def _on_predictions(self, event: Predictions) -> None:
        self._unsaved.append(event)

    def _on_unreadable(self, event: PicturesUnreadable) -> None:
        try:
            self._hub.run_store.save_unreadable(event.picture_ids, event.reasons)
        except FewshotError as error:
            self._on_save_failed(error.message)

    def _on_finished(self, event: Finished) -> None:
        words = self.tr("{n} pictures classified in {s} s").format(
            n=f"{event.classified:,}", s=f"{event.seconds:,.1f}"
        )
        if event.from_cache:
            words += self.tr(", {n} known from before").format(n=f"{event.from_cache:,}")
        if event.unreadable:
            words += self.tr(", {n} unreadable").format(n=f"{event.unreadable:,}")
        # How good it is comes first: a narrow window cuts the end.
        words = f"{self._held_out_in_words(event)} {words}.".lstrip()
        if self._chosen is not None:
            words += f" {translated(self._chosen)}"
        self._end(event.run_id, "finished", words)

    def _held_out_in_words(self, event: Finished) -> str:
        """How many held-out examples were right, if every class could be tested; else which could not."""
        if event.untested:
            names = ", ".join(f"“{name}”" for name in event.untested[:_MOST_NAMED])
            if len(event.untested) > _MOST_NAMED:
                names += ", …"
            return self.tr("Not tested on held-out examples: only one example of {classes}.").format(
                classes=names
            )
        if (accuracy := event.metrics.get("held_out_accuracy")) is None:
            return ""
        tested = round(event.metrics["held_out_examples"])
        return self.tr("{right} of {n} held-out examples were right.").format(
            right=f"{round(accuracy * tested):,}", n=f"{tested:,}"
        )

    def _on_cancelled(self, event: Cancelled) -> None:
        self._end(event.run_id, "cancelled", self.tr("Cancelled. What had been predicted by then is kept."))

    def _on_failed(self, event: Failed) -> None:
        self._end(event.run_id, "failed", self.tr("The run failed."), event.message)
        if event.report:
            self._message_group.show_message(
                Notification(
                    Severity.ERROR,
                    event.message,
                    self.tr("Show the report"),
                    lambda: self.report_requested.emit(event.report),
                )
            )
        else:
            self._message_group.report_problem(event.message)

    def _end(self, run_id: int, status: RunStatus, words: str, message: Message | None = None) -> None:
        self._save()
        self._long.stop()
        self._forecasts.withdraw()
        if self._problem:
            status, words, message = "failed", self.tr("The run failed."), self._problem
        self._hub.run_store.finish(run_id, status, message)
        again, self._again = self._again, False
        if again and self._tasks.is_running(QUEUED_TRAINING):
            self.postponed.emit()
        elif again and not self._not_ready():
            self._begin()
            return
        self._tasks.end(RUN)
        self.hint.emit(words)
        self.ended.emit()

    def _save(self) -> None:
        """Save the predictions of one frame in one transaction."""
        if not self._unsaved or self._problem:
            return
        batches, self._unsaved = self._unsaved, []
        try:
            self._hub.run_store.save_predictions(
                batches[0].run_id,
                np.concatenate([batch.picture_ids for batch in batches]),
                np.concatenate([batch.probabilities for batch in batches]),
            )
        except FewshotError as error:
            self._on_save_failed(error.message)

    def _on_save_failed(self, problem: Message) -> None:
        """Cancel the run, because its predictions cannot be saved (the disk is full, for example)."""
        self._problem = problem
        self._message_group.report_problem(problem)
        self._bridge.cancel()
