"""The engine thread, and the one object through which the window talks to it.

The engine loads torch, so it is imported and used on a thread of its own only. That thread iterates a run and
puts every event into a mailbox. A timer on the GUI thread empties the mailbox once a frame and emits typed
signals. A queued signal for each event would let a fast run flood the event loop instead: 300,000 queued
signals block a window for half a second.

A question about the pictures (see `handle`) may take long, so it pauses while a run is in progress; a
meta-training pauses for both, and preparing pictures for everything else.
"""

from __future__ import annotations

import enum
import importlib
import queue
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Protocol, TypeAlias, cast

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from engine.errors import FewshotError
from engine.messages import Message
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
from engine.meta_training.training_events import Event as TrainingEvent
from engine.review.questions import Answered, PictureSet, Question, QuestionEvent
from engine.runs.catalogue import Catalogue
from engine.runs.events import (
    ApplyRequest,
    Cancelled,
    EmbeddingMap,
    Event,
    Failed,
    Finished,
    Progress,
    RunRequest,
    Warned,
)
from engine.runs.preparation import Preparation, PreparationEvent, Prepared
from fewshot_gui.engine_link.kinds import ANSWER, PREPARATION, Kind
from fewshot_gui.engine_link.preparation_handle import PreparationHandle
from fewshot_gui.engine_link.question_handle import QuestionHandle
from fewshot_gui.engine_link.stream_handle import StreamHandle
from fewshot_gui.engine_link.tasks import Task, Tasks
from fewshot_gui.shell.engine_texts import translated

FRAME_MS = 33
_LATEST_WINS = (EmbeddingMap, Progress, EpisodeProgress, EvaluationProgress)
_TERMINAL_EVENTS = (Finished, Answered, Prepared, Cancelled, Failed)
_TRAINING_EVENTS = (
    ReadingData,
    Notice,
    EpisodeProgress,
    TrainingStep,
    EvaluationProgress,
    CheckpointSaved,
    TrainingStopped,
    TrainingFailed,
)
_TERMINAL_TRAINING_EVENTS = (CheckpointSaved, TrainingStopped, TrainingFailed)
_PAUSE_POLL_S = 0.1


class Engine(Protocol):
    """What the window needs of an engine; the module `engine.worker` is one."""

    def read_catalogue(self) -> Catalogue:
        """Return what can be chosen for a run on this machine."""

    def label(self, request: RunRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        """Run `request`, ending with `Finished`, `Cancelled` or `Failed`."""

    def answer(
        self, run_id: int, pictures: PictureSet, question: Question, cancelled: Callable[[], bool]
    ) -> Iterator[QuestionEvent]:
        """Answer `question` about `pictures`, ending with `Answered`, `Cancelled` or `Failed`."""

    def prepare(
        self, run_id: int, preparation: Preparation, cancelled: Callable[[], bool]
    ) -> Iterator[PreparationEvent]:
        """Cache what a run will need, ending with `Prepared`, `Cancelled` or `Failed`."""

    def fit(self, request: RunRequest, path: Path, cancelled: Callable[[], bool]) -> Iterator[Event]:
        """Write the classifier of the examples to `path`, ending with `Finished`, `Cancelled` or `Failed`."""

    def apply(self, request: ApplyRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        """Label pictures by a classifier from a file, ending in the same way."""

    def train(
        self, order: TrainingConfig, cancelled: Callable[[], bool]
    ) -> Iterator[TrainingEvent | TrainingStopped | TrainingFailed]:
        """Meta-train, ending with `CheckpointSaved`, `TrainingStopped` or `TrainingFailed`."""


def load_engine() -> Engine:
    """Import the real engine, torch included. Takes seconds: for the engine thread only."""
    return cast(Engine, importlib.import_module("engine.worker"))


@dataclass(frozen=True)
class EngineBroken:
    """The engine could not be loaded: there is no catalogue, and no run is possible."""

    message: Message
    report: str


EngineEvent: TypeAlias = Event | Answered | Prepared
MailboxItem: TypeAlias = (
    EngineEvent | TrainingEvent | TrainingStopped | TrainingFailed | Catalogue | EngineBroken
)


Streaming: TypeAlias = Callable[[Engine, int, Callable[[], bool]], Iterator[EngineEvent]]
"""Events of the engine with this id, until they are cancelled."""

Handle: TypeAlias = QuestionHandle | StreamHandle | PreparationHandle


class Urgency(enum.IntEnum):
    """The priority of a job. A more urgent job interrupts a less urgent one at its next step."""

    STOP = enum.auto()
    RUN = enum.auto()
    QUESTION = enum.auto()
    TRAINING = enum.auto()
    PREPARATION = enum.auto()


def _run_failed(run_id: int, message: Message, report: str) -> MailboxItem:
    return Failed(run_id, message, report)


def _training_failed(_run_id: int, message: Message, report: str) -> MailboxItem:
    return TrainingFailed(message, report)


@dataclass(frozen=True, order=True)
class Job:
    """A job of the engine thread; of equally urgent jobs, the one with the lowest `order` comes first.

    `messages` makes the job's messages; the type of the last one is in `last`. If a bug ends the job,
    `failed` makes that last message from the job's id, a message and a report. The thread that sets
    `cancelled` also sets `unpaused`, which is clear while the job is paused.
    """

    urgency: Urgency
    order: int = 0
    run_id: int = 0
    messages: Callable[[Engine, Callable[[], bool]], Iterator[MailboxItem]] = field(
        default=lambda _engine, _cancelled: iter(()), compare=False
    )
    last: tuple[type, ...] = field(default=_TERMINAL_EVENTS, compare=False)
    failed: Callable[[int, Message, str], MailboxItem] = field(default=_run_failed, compare=False)
    cancelled: threading.Event = field(default_factory=threading.Event, compare=False)
    unpaused: threading.Event = field(default_factory=threading.Event, compare=False)

    def cancel(self) -> None:
        self.cancelled.set()
        self.unpaused.set()


class Mailbox:
    """The engine's messages that the window has not read yet, in order.

    A map or a progress report replaces an unread earlier one; every other message is kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: list[MailboxItem | None] = []
        self._latest: dict[type, int] = {}

    def put(self, message: MailboxItem) -> None:
        with self._lock:
            if isinstance(message, _LATEST_WINS):
                superseded = self._latest.get(type(message))
                if superseded is not None:
                    self._messages[superseded] = None
                self._latest[type(message)] = len(self._messages)
            self._messages.append(message)

    def take(self) -> list[MailboxItem]:
        """Return all unread messages and mark them as read."""
        with self._lock:
            messages, self._messages = self._messages, []
            self._latest.clear()
        return [message for message in messages if message is not None]


class EngineThread(threading.Thread):
    """Loads the engine, then runs jobs until `stop`, the most urgent first."""

    def __init__(self, load: Callable[[], Engine], mailbox: Mailbox) -> None:
        # A daemon, because a driver that hangs must not keep the process alive for ever.
        super().__init__(name="engine", daemon=True)
        self._load = load
        self._mailbox = mailbox
        self._jobs: queue.PriorityQueue[Job] = queue.PriorityQueue()
        self._stop_requested = threading.Event()

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def stop(self) -> None:
        """Ask the thread to end, and cancel its present job."""
        self._stop_requested.set()
        self._jobs.put(Job(Urgency.STOP))

    def run(self) -> None:
        engine: Engine | None = None
        try:
            engine = self._load()
            if not self._stop_requested.is_set():
                self._mailbox.put(engine.read_catalogue())
        except FewshotError as error:
            self._mailbox.put(EngineBroken(error.message, ""))
        except Exception as error:
            broken = Message("The engine could not start: {reason}.", reason=_named(error))
            self._mailbox.put(EngineBroken(broken, traceback.format_exc()))
        if engine is None:
            return
        while (job := self._jobs.get()).urgency is not Urgency.STOP:
            self._run_job(engine, job)

    def _run_job(self, engine: Engine, job: Job) -> None:
        def cancelled() -> bool:
            return self._stop_requested.is_set() or job.cancelled.is_set()

        ended = False
        try:
            for message in job.messages(engine, cancelled):
                ended = ended or isinstance(message, job.last)
                self._mailbox.put(message)
                self._run_more_urgent(engine, job)
                while not (ended or self._stop_requested.is_set() or job.unpaused.wait(_PAUSE_POLL_S)):
                    self._run_more_urgent(engine, job)
            if not ended:
                raise RuntimeError("it stopped without saying how it ended")
        except FewshotError as error:
            self._mailbox.put(job.failed(job.run_id, error.message, ""))
        except Exception as error:
            bug = Message("The run stopped because of a bug: {reason}", reason=_named(error))
            self._mailbox.put(job.failed(job.run_id, bug, traceback.format_exc()))

    def _run_more_urgent(self, engine: Engine, job: Job) -> None:
        while Urgency.STOP < self._most_urgent() < job.urgency:
            self._run_job(engine, self._jobs.get())

    def _most_urgent(self) -> Urgency:
        with self._jobs.mutex:
            return self._jobs.queue[0].urgency if self._jobs.queue else max(Urgency)


class RunState(enum.Enum):
    IDLE = enum.auto()
    RUNNING = enum.auto()
    CANCELLING = enum.auto()


class _Channel(QObject):
    """The listeners to one kind of event."""

    occurred = Signal(object)


class Bridge(QObject):
    """The engine as the window sees it: call `start` or `train`, and listen to the signals.

    `ask` is for questions, and `prepare` for pictures that a run will need; each has a handle of its own with
    signals.

    All signals are emitted on the GUI thread. Each event of the present run is emitted as its dataclass of
    `engine.runs.events`: by `run_event` for all kinds, and by `on(Finished)` for one kind. Events of any
    other run are dropped. `frame` follows the last signal of each emptying of the mailbox: this is the moment
    to repaint.
    """

    catalogue_ready = Signal(Catalogue)
    engine_broken = Signal(EngineBroken)
    run_event = Signal(object)
    training_event = Signal(object)
    """An event of the present meta-training (`engine.meta_training.training_events`)."""
    frame = Signal()
    state_changed = Signal(RunState)

    def __init__(
        self, tasks: Tasks, load: Callable[[], Engine] = load_engine, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._mailbox = Mailbox()
        self._thread = EngineThread(load, self._mailbox)
        self._state = RunState.IDLE
        self._job: Job | None = None
        """The run in progress."""
        self._training: Job | None = None
        self._handles: dict[int, tuple[Handle, Task]] = {}
        self._order = count(1)
        self._loading = False
        self._ready = False
        self._problem = ""
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._drain)
        self._channels: dict[type, _Channel] = {}

    def on(self, kind: type[Event]) -> SignalInstance:
        """The signal that emits the run's events of one kind."""
        if kind not in self._channels:
            self._channels[kind] = _Channel(self)
        signal: SignalInstance = self._channels[kind].occurred
        return signal

    @property
    def state(self) -> RunState:
        return self._state

    @property
    def busy(self) -> bool:
        """Whether a run is in progress."""
        return self._state is not RunState.IDLE

    @property
    def training(self) -> bool:
        """Whether a meta-training is in progress, or paused by the person or for a run."""
        return self._training is not None

    @property
    def ready(self) -> bool:
        """Whether the engine is loaded, so that `start` may be called."""
        return self._ready

    @property
    def problem(self) -> str:
        """Why the engine could not be loaded, as a sentence; empty while it loads, and once it is loaded."""
        return self._problem

    def open(self) -> None:
        """Start loading the engine; `catalogue_ready` or `engine_broken` follows."""
        self._loading = True
        self._thread.start()
        self._timer.start()

    def start(self, request: RunRequest) -> None:
        """Begin a run. Only one runs at a time; a meta-training waits for it."""
        self._require_free(self._state is RunState.IDLE)
        job = Job(
            Urgency.RUN,
            next(self._order),
            request.run_id,
            lambda engine, cancelled: engine.label(request, cancelled),
        )
        self._job = job
        self._set_state(RunState.RUNNING)
        self._submit(job)

    def train(self, order: TrainingConfig) -> None:
        """Begin a meta-training, or continue one. Runs and questions go first."""
        self._require_free(not self.training)
        self._training = Job(
            Urgency.TRAINING,
            next(self._order),
            messages=lambda engine, cancelled: _trained(engine, order, cancelled),
            last=_TERMINAL_TRAINING_EVENTS,
            failed=_training_failed,
        )
        self._submit(self._training)

    def reload_catalogue(self) -> None:
        """Read the catalogue again, because checkpoints were removed; `catalogue_ready` follows."""
        self._loading = True
        self._submit(
            Job(
                Urgency.RUN,
                next(self._order),
                messages=lambda engine, _cancelled: iter([engine.read_catalogue()]),
                last=(Catalogue,),
                failed=lambda _run_id, message, report: EngineBroken(message, report),
            )
        )

    def cancel(self) -> None:
        """Ask the present run to stop. It ends when its terminal event arrives, `cancelled` or another."""
        if self._state is RunState.RUNNING and self._job is not None:
            self._set_state(RunState.CANCELLING)
            self._job.cancel()

    def ask(self, pictures: PictureSet, question: Question, handle: QuestionHandle) -> None:
        """Ask `question` about `pictures`; `handle` gets the answer. The question waits while a run is in
        progress."""
        self.follow(
            lambda engine, run_id, cancelled: engine.answer(run_id, pictures, question, cancelled), handle
        )

    def follow(self, events: Streaming, handle: QuestionHandle | StreamHandle) -> None:
        """Let the engine iterate `events`, as it does a question; `handle` gets them."""
        self._submit_for(handle, ANSWER, Urgency.QUESTION, events)

    def prepare(self, preparation: Preparation, handle: PreparationHandle) -> None:
        """Cache what a run will need; `handle` follows it. It pauses for runs, questions and
        meta-trainings."""
        self._submit_for(
            handle,
            PREPARATION,
            Urgency.PREPARATION,
            lambda engine, run_id, cancelled: engine.prepare(run_id, preparation, cancelled),
        )

    def _submit_for(self, handle: Handle, kind: Kind, urgency: Urgency, events: Streaming) -> None:
        if not self._ready:
            raise RuntimeError("the engine was asked before it was loaded")
        order = next(self._order)
        run_id = -order  # no run has such an id
        job = Job(urgency, order, run_id, lambda engine, cancelled: events(engine, run_id, cancelled))
        handle.cancelled.connect(job.cancel)
        self._handles[run_id] = handle, self._tasks.begin(kind, cancel=handle.cancel)
        self._submit(job)

    def pause_training(self) -> None:
        if self._training is not None:
            self._training.unpaused.clear()

    def continue_training(self) -> None:
        if self._training is not None:
            self._training.unpaused.set()

    def stop_training(self) -> None:
        """Ask the present training to stop. It ends when its terminal event arrives."""
        if self._training is not None:
            self._training.cancel()

    def close(self, timeout_s: float = 20.0) -> bool:
        """Cancel the present jobs, emit what has arrived, and end the thread.

        Returns whether the thread ended in time; importing torch, for one, cannot be interrupted.
        """
        self._timer.stop()
        for handle, task in list(self._handles.values()):
            handle.cancel()
            task.end()
        self._handles.clear()
        if self.busy:
            self._set_state(RunState.CANCELLING)
        if not self._thread.is_alive():
            return True
        self._thread.stop()
        self._thread.join(timeout_s)
        self._drain()
        self._timer.stop()
        return not self._thread.is_alive()

    def _require_free(self, is_free: bool) -> None:
        if not (is_free and self._ready):
            raise RuntimeError("the engine was asked for something before it was free")

    def _submit(self, job: Job) -> None:
        job.unpaused.set()
        self._thread.submit(job)
        self._timer.start()

    def _drain(self) -> None:
        messages = self._mailbox.take()
        for message in messages:
            self._dispatch(message)
        if messages:
            self.frame.emit()
        if not (self.busy or self.training or self._loading or self._handles):
            self._timer.stop()

    def _dispatch(self, message: MailboxItem) -> None:
        if isinstance(message, Catalogue):
            self._loading, self._ready = False, True
            self.catalogue_ready.emit(message)
        elif isinstance(message, EngineBroken) and self._ready:
            # The earlier choices still exist.
            self._loading = False
            self._emit(Warned(0, message.message))
        elif isinstance(message, EngineBroken):
            self._loading, self._problem = False, translated(message.message)
            self.engine_broken.emit(message)
        elif isinstance(message, _TRAINING_EVENTS):
            if isinstance(message, _TERMINAL_TRAINING_EVENTS):
                self._training = None
            self.training_event.emit(message)
        elif message.run_id in self._handles:
            handle, task = self._handles[message.run_id]
            if isinstance(message, _TERMINAL_EVENTS):
                del self._handles[message.run_id]
                task.end()
            handle.take(message)  # type: ignore[arg-type]  # an event of its own kind
        elif self._job is not None and message.run_id == self._job.run_id:
            if isinstance(message, _TERMINAL_EVENTS):
                self._job = None
                # Listeners to the terminal event may start the next run at once.
                self._set_state(RunState.IDLE)
            self._emit(cast(Event, message))  # the event of a run, not of an answer

    def _emit(self, event: Event) -> None:
        self.run_event.emit(event)
        if type(event) in self._channels:
            self._channels[type(event)].occurred.emit(event)

    def _set_state(self, state: RunState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)


def _named(error: Exception) -> str:
    return str(error) or type(error).__name__


def _trained(engine: Engine, order: TrainingConfig, cancelled: Callable[[], bool]) -> Iterator[MailboxItem]:
    for event in engine.train(order, cancelled):
        if isinstance(event, CheckpointSaved):
            try:
                yield engine.read_catalogue()  # there is a new algorithm
            except FewshotError as error:
                yield EngineBroken(error.message, "")
        yield event
