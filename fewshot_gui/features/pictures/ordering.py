"""The orders that the engine computes: representative pictures first, or similar to the selection first."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from engine.review.questions import Answered, DiverseFirst, Question, Ranking, SimilarFirst
from engine.runs.events import Failed
from fewshot_gui.engine_link.question_handle import QuestionHandle
from fewshot_gui.features.pictures.picture_pane import PicturePane
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import ASKED_FOR, Order
from fewshot_gui.project.questions import QuestionService
from fewshot_gui.shell.engine_texts import translated


class Ordering(QObject):
    """Asks the engine when such an order is chosen; until the answer arrives, the pictures stay in order of
    adding.

    Choosing the order again asks again, with the present labels or selection. If the answer is
    cancelled or fails, the menu returns to the order in force.
    """

    hint = Signal(str)
    """A sentence: what the order is based on, or why there is none."""

    def __init__(
        self,
        hub: ProjectHub,
        questions: QuestionService,
        pictures: PicturePane,
        similar: QAction,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._hub, self._questions, self._pictures = hub, questions, pictures
        self._handle: QuestionHandle | None = None
        self._in_force = pictures.order_menu.currentData()
        pictures.order_menu.currentIndexChanged.connect(self._on_order_shown)
        pictures.order_menu.activated.connect(self._on_chosen)
        similar.triggered.connect(self._sort_by_similarity)

    def _sort_by_similarity(self) -> None:
        place = list(Order).index(Order.SIMILAR)
        self._pictures.order_menu.setCurrentIndex(place)
        self._on_chosen(place)
        if self._handle is None:
            self._return_to_order_in_force()

    def _on_chosen(self, place: int) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.cancel()
        order = self._pictures.order_menu.itemData(place)
        if order not in ASKED_FOR:
            return
        question = self._question(order)
        reason = self._questions.unavailable_reason
        if question is None:
            reason = self.tr("Select one or more pictures first, then press M to find similar ones.")
        if reason or question is None:
            self.hint.emit(reason)
            return
        self._handle = handle = self._questions.ask(question)
        handle.answered.connect(self._on_answered)
        handle.failed.connect(self._on_failed)
        handle.cancelled.connect(self._on_cancelled)

    def _on_order_shown(self, place: int) -> None:
        order = self._pictures.order_menu.itemData(place)
        if order not in ASKED_FOR:
            self._in_force = order

    def _question(self, order: Order) -> Question | None:
        """The question for this order; `None` if it needs a selection and there is none."""
        if order is Order.DIVERSE:
            return DiverseFirst(self._hub.queries.labeled_ids())
        selected = self._pictures.grid.selected_ids()
        return SimilarFirst(np.sort(selected)) if len(selected) else None

    def _on_answered(self, event: Answered) -> None:
        self._handle = None
        if isinstance(event.answer, Ranking):
            order, ids = Order.SIMILAR, event.answer.picture_ids
            words = self.tr("The pictures most like the selection come first.")
        else:
            assert isinstance(event.answer, np.ndarray)
            order, ids = Order.DIVERSE, event.answer
            words = self.tr("Every picture has a label.")
            if len(ids):
                words = self.tr("First come {n} pictures unlike each other and unlike the labelled ones.")
        self._hub.set_ranking(order, ids)
        if self._pictures.order_menu.currentData() is not order:
            return  # the program has chosen another order meanwhile
        self._in_force = order
        self.hint.emit(words.format(n=f"{len(ids):,}"))
        self._pictures.rearrange()
        grid = self._pictures.grid
        if order is Order.DIVERSE and grid.in_use:
            grid.begin_at_top()
        else:  # what it is similar to stays selected
            grid.scrollToTop()

    def _on_failed(self, event: Failed) -> None:
        self._handle = None
        self.hint.emit(translated(event.message))
        self._return_to_order_in_force()

    def _on_cancelled(self) -> None:
        if self._handle is not None:  # else another order has been chosen
            self._handle = None
            self._return_to_order_in_force()

    def _return_to_order_in_force(self) -> None:
        if self._pictures.order_menu.currentData() in ASKED_FOR:
            self._pictures.order_menu.setCurrentIndex(list(Order).index(self._in_force))
