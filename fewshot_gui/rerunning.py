"""A run after every change of the labels, so that it is seen at once what a label teaches."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction

from engine.workspace import ChangeSet
from fewshot_gui.bridge import Bridge
from fewshot_gui.importing import Importer
from fewshot_gui.project import ProjectHub
from fewshot_gui.project_files import ProjectFiles
from fewshot_gui.run_controller import RunController
from fewshot_gui.settings import remember, remembered

DELAY_MS = 700
_KEY = "run/again"


class Rerunner(QObject):
    """Waits until the hand pauses and no long gesture is going on, then runs anew what is on or was on.

    Nothing is run by itself while another project is being opened: that would keep it from being shown.
    """

    def __init__(
        self,
        hub: ProjectHub,
        bridge: Bridge,
        runs: RunController,
        importer: Importer,
        files: ProjectFiles,
        switch: QAction,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.due = False
        """Whether a change has not been followed by a run yet."""
        self._hub, self._runs, self._files = hub, runs, files
        self._long = (importer, hub.long_gestures)
        self._switch = switch
        self._timer = QTimer(self, interval=DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self._run)
        switch.setChecked(remembered(_KEY) != "no")
        switch.toggled.connect(self._take_switch)
        hub.changed.connect(self._on_changed)
        hub.opened.connect(self.stop)
        runs.begun.connect(self.stop)  # it follows all changes so far
        runs.put_off.connect(self._take_back)
        waited_for = (bridge.catalogue_ready, bridge.state_changed, hub.going_back, files.opening_changed)
        for over in (*waited_for, *(gesture.busy_changed for gesture in self._long)):
            over.connect(self._wait)

    def stop(self) -> None:
        """Forget the change that a run was to follow."""
        self.due = False
        self._timer.stop()

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._switch.isChecked() and changes.pictures:
            self.due = True
            self._wait()

    def _wait(self, _change: object = None) -> None:
        busy = self._hub.is_going_back or any(gesture.busy for gesture in self._long)
        if self.due and not busy and not self._files.opening:
            self._timer.start()
        else:
            self._timer.stop()

    def _run(self) -> None:
        self.due = not self._runs.run_again()

    def _take_back(self) -> None:
        """The run that was settled is not to be yet: what it waits for tells when it has ended."""
        self.due = self._switch.isChecked()

    def _take_switch(self, on: bool) -> None:
        remember(_KEY, "yes" if on else "no")
        if not on:
            self.stop()
