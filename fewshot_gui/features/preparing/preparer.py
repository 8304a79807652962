"""Has the engine cache what the next run will need, as soon as pictures come in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction

from engine.errors import FewshotError
from engine.runs.events import Progress
from engine.runs.preparation import Preparation
from engine.workspace import ChangeSet
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import PREPARATION
from fewshot_gui.engine_link.preparation_handle import PreparationHandle
from fewshot_gui.project.choices import Choices
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.state import picture_ids_of
from fewshot_gui.shell.saved_settings import remember, remembered

DELAY_MS = 300
_KEY = "run/prepare"
_NONE = np.empty(0, np.int64)


class Preparer(QObject):
    """Prepares the pictures of the project for a run with the present choices, while `switch` is on.

    It begins when pictures and choices have not changed for a moment, and no run, question, meta-training or
    long gesture is in progress. Those that start later interrupt it. It prepares no picture twice, unless its
    file has changed, and nothing in a project that is read-only.
    """

    progressed = Signal(int, int)
    """How many pictures are prepared, and how many there are to prepare. Not emitted where all of them turn
    out to be cached."""
    paused = Signal()
    """The person has switched it off while it was in progress."""
    ended = Signal()
    """There is nothing to show any more: it has ended, or the pause has."""

    def __init__(
        self, hub: ProjectHub, bridge: Bridge, choices: Choices, switch: QAction, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._hub, self._bridge, self._choices, self._switch = hub, bridge, choices, switch
        self._handle: PreparationHandle | None = None
        self._prepared, self._in_progress = _NONE, _NONE
        """Ids of pictures, int64 [n], with those that are `_outdated`."""
        self._outdated: list[NDArray[np.int64]] = []
        """Ids that are new, or whose files have changed, since the last preparation began. They come bit by
        bit in a long import, so they are taken out of the others only once."""
        self._chosen = ("", "", "")
        """Algorithm, backbone and device that these are prepared for."""
        self._due = True
        """Whether there may be pictures that are not prepared."""
        self._timer = QTimer(self, interval=DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self._begin)
        switch.setChecked(remembered(_KEY) != "no")
        switch.toggled.connect(self._on_switch_toggled)
        hub.opened.connect(self._reset)
        hub.changed.connect(self._on_changed)
        hub.replaced.connect(self._forget)
        hub.tasks.changed.connect(self._wait)
        bridge.catalogue_ready.connect(self._wait)

    def restart(self) -> None:
        """Begin again, because the choices for the next run have changed."""
        self._due = True
        self._cancel()
        self._wait()

    def close(self, _timeout_s: float) -> bool:
        """Begin nothing more."""
        self._due = False
        self._timer.stop()
        return True

    def _wait(self, _change: object = None) -> None:
        if self._due and self._is_possible():
            self._timer.start()
        else:
            self._timer.stop()

    def _is_possible(self) -> bool:
        return (
            self._switch.isChecked()
            and self._handle is None
            and self._bridge.ready
            and not self._hub.read_only_reason
            and not self._hub.tasks.blocker_of(PREPARATION)
        )

    def _begin(self) -> None:
        self._due = False
        chosen = self._choices.algorithm_name, self._choices.backbone_name, self._choices.device_name
        if chosen != self._chosen:
            self._chosen, self._prepared = chosen, _NONE
        self._prepared = np.setdiff1d(self._prepared, np.concatenate([_NONE, *self._outdated]))
        self._outdated.clear()
        try:
            all_ids, paths = self._hub.all_paths()
        except FewshotError:  # the run will report it
            return
        ids = np.array(all_ids, np.int64)
        waiting = np.flatnonzero(~np.isin(ids, self._prepared))
        if not len(waiting):
            return
        if len(waiting) < len(paths):
            paths = [paths[position] for position in waiting.tolist()]
        self._in_progress = ids[waiting]
        self._handle = PreparationHandle(self)
        self._handle.progressed.connect(self._show_progress)
        self._handle.ended.connect(self._on_ended)
        self._handle.cancelled.connect(self._drop)
        self._bridge.prepare(Preparation(paths, *chosen), self._handle)

    def _show_progress(self, event: Progress) -> None:
        if event.rate is not None:
            self.progressed.emit(event.done, event.total)

    def _on_ended(self) -> None:
        self._prepared = np.union1d(self._prepared, self._in_progress)
        self._drop()
        self._wait()

    def _drop(self) -> None:
        if self._handle is not None:
            self._handle.deleteLater()
            self._handle = None
        self._in_progress = _NONE
        self.ended.emit()

    def _cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.membership:
            self._forget(picture_ids_of(changes))

    def _forget(self, picture_ids: NDArray[np.int64]) -> None:
        self._outdated.append(picture_ids)
        self._due = True
        self._wait()

    def _reset(self) -> None:
        self._prepared = _NONE
        self.ended.emit()
        self.restart()

    def _on_switch_toggled(self, on: bool) -> None:
        remember(_KEY, "yes" if on else "no")
        was_in_progress = self._handle is not None
        self.restart()
        if on:
            self.ended.emit()  # the pause
        elif was_in_progress:
            self.paused.emit()
