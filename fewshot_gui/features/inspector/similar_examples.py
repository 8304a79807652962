"""The labelled pictures that are most similar to the current one, with their similarity."""

from __future__ import annotations

from functools import partial
from itertools import compress
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSizePolicy, QWidget

from engine.errors import FewshotError
from engine.review.questions import Answered, EmbeddingIndex, PictureSet, Ranking, SimilarFirst
from engine.runs.events import Failed, Progress
from engine.workspace import ChangeSet
from engine.workspace.rows import UNKNOWN
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import RUN
from fewshot_gui.engine_link.question_handle import QuestionHandle
from fewshot_gui.project.choices import Choices
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_delegate import PictureDelegate
from fewshot_gui.project.picture_model import Index, PictureModel, PictureSource
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

COUNT = 6
_SIDE = 84
"""The least side of a thumbnail, in device-independent pixels."""
_DELAY_MS = 150
_DISPLAY = Qt.ItemDataRole.DisplayRole


class NearestFinder(QObject):
    """Asks the engine for the examples most similar to a picture; only the last question counts.

    The embeddings of the examples are kept between questions.
    """

    found = Signal(int, Ranking)
    """The picture, and the few examples that are most similar to it."""
    waiting = Signal(int, str)
    """The picture, and a text that says why there is no answer yet, or none at all."""

    def __init__(self, hub: ProjectHub, bridge: Bridge, choices: Choices, parent: QObject) -> None:
        super().__init__(parent)
        self._hub, self._bridge, self._choices = hub, bridge, choices
        self._picture_id: int | None = None
        self._handle: QuestionHandle | None = None
        self._embedding_index: EmbeddingIndex | None = None
        # A person who steps through pictures does not look at each.
        self._pause = QTimer(self, interval=_DELAY_MS, singleShot=True)
        self._pause.timeout.connect(self._ask)
        hub.changed.connect(self._on_changed)
        hub.opened.connect(self._reset)
        hub.replaced.connect(self._forget_embeddings)
        bridge.catalogue_ready.connect(self._pause_if_wanted)

    def find(self, picture_id: int) -> None:
        """Find the examples similar to this picture; `found` or `waiting` follows."""
        self.stop()
        self._picture_id = picture_id
        self._pause.start()

    def stop(self) -> None:
        """Drop the present question."""
        self._pause.stop()
        self._picture_id = None
        self._drop()

    def _drop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _pause_if_wanted(self) -> None:
        if self._picture_id is not None:
            self._pause.start()

    def _ask(self) -> None:
        self._drop()
        picture_id = self._picture_id
        if picture_id is None:
            return
        if not self._bridge.ready:
            self.waiting.emit(picture_id, self._bridge.problem or self.tr("The engine is still loading."))
            return
        try:
            every_id, every_path = self._hub.all_paths()
        except FewshotError as error:
            self.waiting.emit(picture_id, translated(error.message))
            return
        ids = np.array(every_id, np.int64)
        compared = (self._hub.queries.labels_of(ids) > UNKNOWN) | (ids == picture_id)
        if np.count_nonzero(compared) == 1:
            self.waiting.emit(picture_id, self.tr("No other picture has a label yet."))
            return
        backbone, device = self._choices.backbone_name, self._choices.device_name
        paths = list(compress(every_path, compared.tolist()))
        pictures = PictureSet(ids[compared], paths, backbone, device, self._embedding_index)
        handle = self._handle = QuestionHandle()  # no parent, so that it is deleted after the answer
        handle.answered.connect(partial(self._show_answer, picture_id))
        handle.failed.connect(partial(self._on_failed, picture_id))
        handle.progressed.connect(partial(self._show_progress, picture_id))
        self._bridge.ask(pictures, SimilarFirst(np.array([picture_id], np.int64)), handle)
        self.waiting.emit(
            picture_id,
            self.tr("Waiting for the run to end…")
            if self._hub.tasks.is_running(RUN)
            else self.tr("Comparing…"),
        )

    def _show_answer(self, picture_id: int, answered: Answered) -> None:
        self._embedding_index, self._handle = answered.embedding_index, None
        ranking = answered.answer
        assert isinstance(ranking, Ranking)
        others = np.flatnonzero(ranking.picture_ids != picture_id)[:COUNT]
        if others.size:
            self.found.emit(picture_id, Ranking(ranking.picture_ids[others], ranking.cosine[others]))
        else:
            self.waiting.emit(picture_id, self.tr("No picture that has a label can be read."))

    def _on_failed(self, picture_id: int, failed: Failed) -> None:
        self._handle = None
        self.waiting.emit(picture_id, translated(failed.message))

    def _show_progress(self, picture_id: int, progress: Progress) -> None:
        words = translated(progress.stage)
        if progress.total:
            words += f" {progress.done:,} / {progress.total:,}"
        self.waiting.emit(picture_id, words)

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.membership and self._embedding_index is not None:  # files may have been found again
            known = self._embedding_index
            self._embedding_index = EmbeddingIndex(known.backbone, known.picture_ids, known.embeddings, {})

    def _forget_embeddings(self) -> None:
        self._embedding_index = None

    def _reset(self) -> None:
        self.stop()
        self._embedding_index = None


class _NeighbourModel(PictureModel):
    """Pictures with their similarity in place of their names."""

    def __init__(self, source: PictureSource, parent: QObject) -> None:
        super().__init__(source, parent)
        self._likeness: dict[int, float] = {}

    def set_neighbours(self, neighbours: Ranking) -> None:
        ids = neighbours.picture_ids
        self._likeness = dict(zip(ids.tolist(), neighbours.cosine.tolist(), strict=True))
        self.set_ids(ids)
        self.refresh()

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        text = super().data(index, role)
        if role == _DISPLAY and index.isValid():
            likeness = self._likeness.get(self.id_at(index.row()), 0.0)
            return self.tr("cosine {n}").format(n=f"{likeness:.2f}")
        if role == Qt.ItemDataRole.ToolTipRole and index.isValid():
            meaning = self.tr("Cosine of the angle between the two embeddings: 1 is the most alike.")
            return f"{text}\n{meaning}"
        return text


class NearestList(QListView):
    """Thumbnails of the similar examples, as in the grid; a click or Return chooses one."""

    chosen = Signal(int)
    """The id of the picture."""

    def __init__(
        self, source: PictureSource, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.neighbours = _NeighbourModel(source, self)
        self._delegate = PictureDelegate(thumbnails, self)
        self.setModel(self.neighbours)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        # A click leaves the focus with the picture that is being labelled.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAcceptDrops(False)
        self.setAccessibleName(self.tr("Most alike among the labelled pictures"))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        thumbnails.loaded.connect(self._repaint)
        thumbnails.capacity_available.connect(self.viewport().update)

    def show_neighbours(self, neighbours: Ranking) -> None:
        self.neighbours.set_neighbours(neighbours)
        self._adjust_height()

    def forget(self) -> None:
        """Clear the list: its pictures may not exist any more."""
        self.neighbours.set_ids([])
        self.hide()

    def refresh(self) -> None:
        """Repaint the thumbnails, because their classes may have changed."""
        self.neighbours.refresh()

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters and digits are shortcuts here."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._adjust_height()

    def _adjust_height(self) -> None:
        cell = self._delegate.cell_size(_SIDE, self.fontMetrics())
        width = self.viewport().width() - 1
        columns = max(1, width // cell.width())
        # As large as the columns allow: below it, the name of its class has no more room than a thumbnail.
        side = max(_SIDE, _SIDE + width // columns - cell.width())
        self.setIconSize(QSize(side, side))
        cell = self._delegate.cell_size(side, self.fontMetrics())
        rows = -(-self.neighbours.rowCount() // columns)
        self.setFixedHeight(rows * cell.height() + 2)

    def _choose(self, index: Index) -> None:
        self.chosen.emit(self.neighbours.id_at(index.row()))

    def _repaint(self, picture_id: int) -> None:
        row = self.neighbours.row_of(picture_id)
        if row is not None:
            self.update(self.neighbours.index(row))
