"""Starts a run after every change of the labels and every import, so that its effect is visible at once."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction

from engine.workspace import ChangeSet
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import GESTURE, IMPORT, OPEN, RERUN, RUN, Kind
from fewshot_gui.features.runs.run_controller import RunController
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.state import picture_ids_of
from fewshot_gui.shell.saved_settings import remember, remembered

DELAY_MS = 700
_KEY = "run/again"
_WAITED_FOR = (IMPORT, GESTURE, OPEN, RUN)


class Rerunner(QObject):
    """Waits until the person pauses and no long gesture is in progress, then starts the last run again.

    No run starts by itself while another project is being opened: it would delay that.
    """

    def __init__(
        self, hub: ProjectHub, bridge: Bridge, runs: RunController, switch: QAction, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._hub, self._tasks, self._runs, self._switch = hub, hub.tasks, runs, switch
        self._timer = QTimer(self, interval=DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self._run)
        switch.setChecked(remembered(_KEY) != "no")
        switch.toggled.connect(self._on_switch_toggled)
        hub.changed.connect(self._on_changed)
        hub.opened.connect(self.stop)
        runs.requested.connect(self.stop)  # the run follows all changes so far
        runs.postponed.connect(self._set_due)
        bridge.catalogue_ready.connect(self._wait)
        self._tasks.changed.connect(self._on_task)

    @property
    def due(self) -> bool:
        """Whether a change has not been followed by a run yet."""
        return self._tasks.is_running(RERUN)

    def stop(self) -> None:
        """Forget the change that a run was to follow."""
        self._timer.stop()
        self._tasks.end(RERUN)

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._switch.isChecked() and self._may_change_predictions(changes):
            self._set_due()
            self._wait()

    def _may_change_predictions(self, changes: ChangeSet) -> bool:
        """Whether labels have changed or pictures have come in; removing pictures without a label changes no
        prediction."""
        return changes.labels or bool(self._hub.queries.has(picture_ids_of(changes)).any())

    def _on_task(self, kind: Kind) -> None:
        if kind in _WAITED_FOR:
            self._wait()

    def _wait(self, _change: object = None) -> None:
        if self.due and not self._tasks.blocker_of(RERUN):
            self._timer.start()
        else:
            self._timer.stop()

    def _run(self) -> None:
        if self._runs.run_again():
            self.stop()

    def _cancel(self) -> None:
        """Forget the change, unless the run only waits for a project to be opened."""
        if self._tasks.is_running(RUN) or not self._tasks.is_running(OPEN):
            self.stop()

    def _set_due(self) -> None:
        """Make a run due. The tasks that it waits for report when they end."""
        if self._switch.isChecked() and not self.due:
            self._tasks.begin(RERUN, cancel=self._cancel)

    def _on_switch_toggled(self, on: bool) -> None:
        remember(_KEY, "yes" if on else "no")
        if not on:
            self.stop()
