"""The engine thread, and the one door between it and the window.

The engine loads torch, so it is imported and used on a thread of its own only. That thread
iterates a run and puts every event into a mailbox; a timer on the GUI thread empties the mailbox
once a frame and emits typed signals. A queued signal per event would instead let a fast run
flood the event loop (300,000 queued signals block a window for half a second).
"""

from __future__ import annotations

import enum
import importlib
import queue
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import FewshotError
from engine.labeling.catalogue import Catalogue
from engine.labeling.events import (
    AdaptationProgress,
    Cancelled,
    DeviceChanged,
    EmbeddingMap,
    Event,
    Failed,
    Finished,
    Predictions,
    Progress,
    RunRequest,
    Started,
    Unreadable,
    Warned,
)
from engine.meta_training.events import Event as TrainingEvent
from engine.meta_training.events import (
    Notice,
    ReadingData,
    TrainingFailed,
    TrainingStep,
    TrainingStopped,
    Written,
)
from engine.meta_training.order import Order

FRAME_MS = 33
_LATEST_WINS = (EmbeddingMap, Progress)
_LAST_EVENTS = (Finished, Cancelled, Failed)
_TRAINING_EVENTS = (ReadingData, Notice, TrainingStep, Written, TrainingStopped, TrainingFailed)
_LAST_OF_TRAINING = (Written, TrainingStopped, TrainingFailed)


class Engine(Protocol):
    """What the window needs of an engine; the module `engine.worker` is one."""

    def read_catalogue(self) -> Catalogue:
        """What can be chosen for a run on this machine."""

    def label(self, request: RunRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        """Run `request`, ending with `Finished`, `Cancelled` or `Failed`."""

    def train(
        self, order: Order, cancelled: Callable[[], bool]
    ) -> Iterator[TrainingEvent | TrainingStopped | TrainingFailed]:
        """Meta-train, ending with `Written`, `TrainingStopped` or `TrainingFailed`."""


def load_engine() -> Engine:
    """Import the real engine, torch included. Takes seconds: for the engine thread only."""
    return cast(Engine, importlib.import_module("engine.worker"))


@dataclass(frozen=True)
class EngineBroken:
    """The engine could not be loaded, so there will be no catalogue and no runs."""

    message: str
    report: str


Message: TypeAlias = Event | TrainingEvent | TrainingStopped | TrainingFailed | Catalogue | EngineBroken


class Mailbox:
    """What the engine has said since the window last looked, in order.

    A map or a progress report replaces an unread earlier one; everything else is kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: list[Message | None] = []
        self._latest: dict[type, int] = {}

    def put(self, message: Message) -> None:
        with self._lock:
            if isinstance(message, _LATEST_WINS):
                superseded = self._latest.get(type(message))
                if superseded is not None:
                    self._messages[superseded] = None
                self._latest[type(message)] = len(self._messages)
            self._messages.append(message)

    def take(self) -> list[Message]:
        """Everything unread, which is thereby read."""
        with self._lock:
            messages, self._messages = self._messages, []
            self._latest.clear()
        return [message for message in messages if message is not None]


@dataclass(frozen=True)
class Reread:
    """A request to read the catalogue anew."""


class EngineThread(threading.Thread):
    """Loads the engine, then takes requests, for a run or a meta-training, one at a time until `stop`."""

    def __init__(self, load: Callable[[], Engine], mailbox: Mailbox) -> None:
        # A daemon, because a driver that hangs must not keep the process alive for ever.
        super().__init__(name="engine", daemon=True)
        self._load = load
        self._mailbox = mailbox
        self._requests: queue.SimpleQueue[RunRequest | Order | Reread | None] = queue.SimpleQueue()
        self._cancel = threading.Event()
        self._may_go_on = threading.Event()
        self._stop_asked = threading.Event()

    def submit(self, request: RunRequest | Order | Reread) -> None:
        self._cancel.clear()
        self._may_go_on.set()
        self._requests.put(request)

    def cancel(self) -> None:
        """Ask the present run or training to stop; it ends with an event of its own."""
        self._cancel.set()
        self._may_go_on.set()

    def pause(self) -> None:
        """Let the present training wait after its next event, until `go_on` or `cancel`."""
        self._may_go_on.clear()

    def go_on(self) -> None:
        self._may_go_on.set()

    def stop(self) -> None:
        """Ask the thread to end, cancelling what it is doing."""
        self._stop_asked.set()
        self.cancel()
        self._requests.put(None)

    def run(self) -> None:
        engine: Engine | None = None
        try:
            engine = self._load()
            if not self._stop_asked.is_set():
                self._mailbox.put(engine.read_catalogue())
        except FewshotError as error:
            self._mailbox.put(EngineBroken(str(error), ""))
        except Exception as error:
            message = f"The engine could not start: {error or type(error).__name__}."
            self._mailbox.put(EngineBroken(message, traceback.format_exc()))
        if engine is None:
            return
        while (request := self._requests.get()) is not None:
            match request:
                case RunRequest():
                    self._label(engine, request)
                case Order():
                    self._train(engine, request)
                case Reread():
                    self._mailbox.put(engine.read_catalogue())

    def _label(self, engine: Engine, request: RunRequest) -> None:
        ended = False
        try:
            for event in engine.label(request, self._cancel.is_set):
                ended = ended or isinstance(event, _LAST_EVENTS)
                self._mailbox.put(event)
            if not ended:
                raise RuntimeError("the run stopped without saying how it ended")
        except FewshotError as error:
            self._mailbox.put(Failed(request.run_id, str(error)))
        except Exception as error:
            message = f"The run stopped because of a bug: {error or type(error).__name__}"
            self._mailbox.put(Failed(request.run_id, message, traceback.format_exc()))

    def _train(self, engine: Engine, order: Order) -> None:
        event: object = None
        try:
            for event in engine.train(order, self._cancel.is_set):
                if isinstance(event, Written):
                    self._mailbox.put(engine.read_catalogue())  # there is an algorithm more
                self._mailbox.put(event)
                if not isinstance(event, _LAST_OF_TRAINING):
                    self._may_go_on.wait()
            if not isinstance(event, _LAST_OF_TRAINING):
                raise RuntimeError("the training stopped without saying how it ended")
        except Exception as error:
            message = f"The training stopped because of a bug: {error or type(error).__name__}"
            self._mailbox.put(TrainingFailed(message, traceback.format_exc()))


class RunState(enum.Enum):
    IDLE = enum.auto()
    RUNNING = enum.auto()
    CANCELLING = enum.auto()
    TRAINING = enum.auto()
    """Not a run, but the engine is taken."""


class Bridge(QObject):
    """The engine as the window sees it: ask with `start` or `train`, listen to the signals.

    All signals are emitted on the GUI thread. Each event of the present run is passed on as the
    dataclass of `engine.labeling.events` that it is; events of any other run are dropped.
    `frame` follows the last signal of each emptying of the mailbox: the moment to repaint.
    """

    catalogue_ready = Signal(Catalogue)
    engine_broken = Signal(EngineBroken)
    started = Signal(Started)
    device_changed = Signal(DeviceChanged)
    progress = Signal(Progress)
    adaptation = Signal(AdaptationProgress)
    map_ready = Signal(EmbeddingMap)
    predictions = Signal(Predictions)
    unreadable = Signal(Unreadable)
    warned = Signal(Warned)
    finished = Signal(Finished)
    cancelled = Signal(Cancelled)
    failed = Signal(Failed)
    training_told = Signal(object)
    """An event of the present meta-training (`engine.meta_training.events`)."""
    frame = Signal()
    state_changed = Signal(RunState)

    def __init__(self, load: Callable[[], Engine] = load_engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox()
        self._thread = EngineThread(load, self._mailbox)
        self._state = RunState.IDLE
        self._run_id: int | None = None
        self._loading = False
        self._ready = False
        self._problem = ""
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._drain)
        self._signals = {
            Started: self.started,
            DeviceChanged: self.device_changed,
            Progress: self.progress,
            AdaptationProgress: self.adaptation,
            EmbeddingMap: self.map_ready,
            Predictions: self.predictions,
            Unreadable: self.unreadable,
            Warned: self.warned,
            Finished: self.finished,
            Cancelled: self.cancelled,
            Failed: self.failed,
        }

    @property
    def state(self) -> RunState:
        return self._state

    @property
    def busy(self) -> bool:
        """Whether a run is on."""
        return self._state in (RunState.RUNNING, RunState.CANCELLING)

    @property
    def training(self) -> bool:
        """Whether a meta-training is on, paused or not; no run can be started then."""
        return self._state is RunState.TRAINING

    @property
    def ready(self) -> bool:
        """Whether the engine is loaded, so that `start` may be called."""
        return self._ready

    @property
    def problem(self) -> str:
        """Why there is no engine and will be none, as a sentence; empty as long as all is well."""
        return self._problem

    def open(self) -> None:
        """Start loading the engine; `catalogue_ready` or `engine_broken` follows."""
        self._loading = True
        self._thread.start()
        self._timer.start()

    def start(self, request: RunRequest) -> None:
        """Begin a run. Only one runs at a time."""
        self._submit(request, RunState.RUNNING)
        self._run_id = request.run_id

    def train(self, order: Order) -> None:
        """Begin a meta-training, or go on with one. No run is possible meanwhile."""
        self._submit(order, RunState.TRAINING)

    def _submit(self, request: RunRequest | Order, state: RunState) -> None:
        if self._state is not RunState.IDLE or not self._ready:
            raise RuntimeError("the engine was asked for something before it was free")
        self._set_state(state)
        self._thread.submit(request)
        self._timer.start()

    def reread_catalogue(self) -> None:
        """Look again at what can be chosen, as checkpoints have gone; `catalogue_ready` follows."""
        self._loading = True
        self._thread.submit(Reread())
        self._timer.start()

    def cancel(self) -> None:
        """Ask the present run to stop. It is over when `cancelled` (or another last event) comes."""
        if self._state is RunState.RUNNING:
            self._set_state(RunState.CANCELLING)
            self._thread.cancel()

    def pause_training(self) -> None:
        self._thread.pause()

    def continue_training(self) -> None:
        self._thread.go_on()

    def stop_training(self) -> None:
        """Ask the present training to stop. It is over when its last event comes."""
        if self.training:
            self._thread.cancel()

    def close(self, timeout_s: float = 20.0) -> bool:
        """Cancel what is going on, hand over what arrived, end the thread.

        Returns whether the thread ended in time; importing torch, for one, cannot be interrupted.
        """
        self._timer.stop()
        if self.busy:
            self._set_state(RunState.CANCELLING)
        if not self._thread.is_alive():
            return True
        self._thread.stop()
        self._thread.join(timeout_s)
        self._drain()
        self._timer.stop()
        return not self._thread.is_alive()

    def _drain(self) -> None:
        messages = self._mailbox.take()
        for message in messages:
            self._pass_on(message)
        if messages:
            self.frame.emit()
        if self._state is RunState.IDLE and not self._loading:
            self._timer.stop()

    def _pass_on(self, message: Message) -> None:
        if isinstance(message, Catalogue):
            self._loading, self._ready = False, True
            self.catalogue_ready.emit(message)
        elif isinstance(message, EngineBroken):
            self._loading, self._problem = False, message.message
            self.engine_broken.emit(message)
        elif isinstance(message, _TRAINING_EVENTS):
            if isinstance(message, _LAST_OF_TRAINING):
                self._set_state(RunState.IDLE)
            self.training_told.emit(message)
        elif message.run_id == self._run_id:
            if isinstance(message, _LAST_EVENTS):
                self._run_id = None
                # Listeners to the last event may start the next run at once.
                self._set_state(RunState.IDLE)
            self._signals[type(message)].emit(message)

    def _set_state(self, state: RunState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
