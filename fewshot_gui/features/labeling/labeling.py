"""The actions that label the selected pictures, and which picture comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.workspace.commands import AcceptPredictions, LabelAsNewClass, LabelPictures, LongCommand
from engine.workspace.rows import UNKNOWN
from fewshot_gui.features.labeling.accept_dialog import AcceptDialog
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_grid import PictureGrid
from fewshot_gui.shell.actions import Actions
from fewshot_gui.shell.saved_settings import remember, remembered

MAX_UNASKED: Final = 30
"""The number of predictions that are accepted without a question: about those that fit on the screen."""
_ADVANCE = "review/go on"


class Labeling(QObject):
    """Applies one gesture to the selection, then advances to the next picture if the person has chosen so."""

    class_added = Signal(int)
    """The id of a class that was made of pictures; its name is made up."""
    nothing_done = Signal(str)
    """A sentence: why an action had nothing to do."""

    def __init__(self, hub: ProjectHub, grid: PictureGrid, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._hub = hub
        self._grid = grid
        self._advances = actions.advance
        self._advances.setChecked(remembered(_ADVANCE, "yes") == "yes")
        self._advances.toggled.connect(self._remember)
        actions.unknown.triggered.connect(self.label_unknown)
        actions.new_class.triggered.connect(self.label_selected_as_new_class)
        actions.accept.triggered.connect(self.accept)
        actions.accept_all.triggered.connect(self.ask_accept_all)
        actions.skip.triggered.connect(self._grid.advance)
        actions.remove_label.triggered.connect(self.remove_label)

    def label_pictures(self, class_id: int, ids: NDArray[np.int64]) -> None:
        """Give these pictures a class, wherever they are. The selection stays."""
        if len(ids):
            self._hub.commands.apply_to_many(LabelPictures(ids.tolist(), class_id))

    def label_as_new_class(self, ids: NDArray[np.int64]) -> None:
        """Make a class of these pictures; `class_added` follows."""
        if not len(ids):
            return
        name = self._hub.queries.free_class_name()
        self._hub.commands.apply_to_many(LabelAsNewClass(name, ids.tolist()))
        row = self._hub.queries.class_named(name)
        if row is not None:
            self.class_added.emit(row.id)

    def label_selected_as_new_class(self) -> None:
        self.label_as_new_class(self._grid.selected_ids())

    def label(self, class_id: int) -> None:
        selected = self._grid.selected_ids()
        if len(selected):
            self._apply_and_advance(LabelPictures(selected.tolist(), class_id))

    def label_unknown(self) -> None:
        self.label(UNKNOWN)

    def accept(self) -> None:
        """Accept the predictions of the selected pictures as their labels; ask before for more than
        `MAX_UNASKED`."""
        selected = self._grid.selected_ids()
        predicted = self._hub.queries.predictions_of(selected)
        if sum(map(len, predicted.values())) > MAX_UNASKED:
            self._ask_accept(selected)
        elif predicted:
            self._apply_and_advance(self._acceptance(predicted))
        else:
            self.nothing_done.emit(self.tr("Nothing to accept: no selected picture has a prediction."))

    def ask_accept_all(self) -> None:
        """Count the confident predictions in the grid, and accept them if the person agrees."""
        self._ask_accept(self._grid.shown_ids())

    def _ask_accept(self, shown: NDArray[np.int64]) -> None:
        """Count the confident predictions among these pictures, and accept them if the person agrees."""
        if not self._hub.can_change():
            return
        predicted = self._hub.queries.predictions_of(shown)
        unsure = len(predicted.get(UNKNOWN, []))
        if len(predicted) == (unsure > 0):
            self.nothing_done.emit(self.tr("Nothing to accept: no prediction in view is confident enough."))
            return
        sure = {class_id: ids for class_id, ids in predicted.items() if class_id != UNKNOWN}
        counts = {self._hub.queries.class_name(class_id): len(ids) for class_id, ids in sure.items()}
        dialog = AcceptDialog(self._grid.window(), counts, unsure, self._hub.queries.threshold)

        def accept() -> None:
            if self._hub.queries.predictions_of(shown) == predicted:
                self._hub.commands.apply_to_many(self._acceptance(sure))
            else:
                # A run that followed the last label may have ended while the question was open.
                self.nothing_done.emit(
                    self.tr("The predictions have changed meanwhile, so they were counted again.")
                )
                self._ask_accept(shown)

        dialog.accepted.connect(accept)
        dialog.open()

    def remove_label(self) -> None:
        selected = self._grid.selected_ids()
        if len(selected):
            self._hub.commands.apply_to_many(LabelPictures(selected.tolist(), None))

    def _acceptance(self, predicted: Mapping[int, Sequence[int]]) -> AcceptPredictions:
        return AcceptPredictions(predicted, self._hub.queries.runs_of(chain(*predicted.values())))

    def _apply_and_advance(self, command: LongCommand) -> None:
        next_picture = self._grid.next_picture()
        if (
            self._hub.commands.apply_to_many(command) is None
            or not self._advances.isChecked()
            or next_picture is None
        ):
            return
        # If the picture has left the view, the next one is selected already.
        if self._grid.selected_ids().tolist() != [next_picture]:
            self._grid.reveal(next_picture)

    def _remember(self, advances: bool) -> None:
        remember(_ADVANCE, "yes" if advances else "no")
